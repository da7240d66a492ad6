"""The less usual turns of Terraform's AWS provider: what it gives up, puts back, or finds gone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.sns_hook import SnsHook, sns_hook

pytestmark = pytest.mark.client

PROTOCOLS = ["json", "query", "smithy-rpc-v2-cbor"]
TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:security-alarms"
# As a configuration has it: many lines, and a break at the end.
POLICY = (
    json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "alarms",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": TOPIC_ARN,
                }
            ],
        },
        indent=2,
    )
    + "\n"
)
DELIVERY_POLICY = {
    "http": {
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20,
            "maxDelayTarget": 20,
            "numRetries": 3,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "disableSubscriptionOverrides": False,
        "defaultThrottlePolicy": {"maxReceivesPerSecond": 1},
    }
}
ALARM: dict[str, Any] = {
    "AlarmName": "denied",
    "ActionsEnabled": False,
    "ComparisonOperator": "GreaterThanThreshold",
    "DatapointsToAlarm": 1,
    "EvaluationPeriods": 2,
    "MetricName": "denied",
    "Namespace": "CIS",
    "Period": 300,
    "Statistic": "Sum",
    "Threshold": 0.0,
    "TreatMissingData": "missing",
    "Unit": "Count",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture
def topic(server: AwsServer) -> Any:
    """An SNS client, and on the server the topic of these tests."""
    sns = server.client("sns")
    sns.create_topic(Name="security-alarms")
    return sns


@pytest.fixture
def silent_hook() -> Iterator[SnsHook]:
    with sns_hook(confirms=False) as hook:
        yield hook


def error_of(call: Any, **parameters: Any) -> dict[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error: dict[str, str] = caught.value.response["Error"]
    return error


def shown_by(sns: Any) -> dict[str, str]:
    shown: dict[str, str] = sns.get_topic_attributes(TopicArn=TOPIC_ARN)["Attributes"]
    return shown


def set_on_topic(sns: Any, name: str, value: str) -> None:
    sns.set_topic_attributes(TopicArn=TOPIC_ARN, AttributeName=name, AttributeValue=value)


def test_a_group_is_found_among_more_of_its_prefix_than_a_page_holds(server: AwsServer) -> None:
    logs = server.client("logs")
    names = [f"audit{number:02}" for number in range(60)]
    for name in names:
        logs.create_log_group(logGroupName=name)
    pages = list(logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="audit"))

    assert [50, 10] == [len(page["logGroups"]) for page in pages]
    assert names == [group["logGroupName"] for page in pages for group in page["logGroups"]]


def test_the_filters_of_a_group_that_is_gone_are_not_found(server: AwsServer) -> None:
    error = error_of(
        server.client("logs").describe_metric_filters, logGroupName="audit", filterNamePrefix="denied"
    )

    assert "ResourceNotFoundException" == error["Code"]


def test_a_filter_of_all_events_and_its_default_value_are_read_as_given(server: AwsServer) -> None:
    logs = server.client("logs")
    logs.create_log_group(logGroupName="audit")
    transformation = {
        "metricName": "all",
        "metricNamespace": "CIS",
        "metricValue": "1",
        "defaultValue": 0.0,
        "unit": "None",
    }
    logs.put_metric_filter(
        logGroupName="audit", filterName="all", filterPattern="", metricTransformations=[transformation]
    )
    [read] = logs.describe_metric_filters(logGroupName="audit", filterNamePrefix="all")["metricFilters"]

    assert ("", [transformation]) == (read["filterPattern"], read["metricTransformations"])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_member_of_an_alarm_is_read_as_given(server: AwsServer, protocol: str) -> None:
    cloudwatch = server.client("cloudwatch", protocol)
    dimensions = [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}]
    cloudwatch.put_metric_alarm(**ALARM, Dimensions=dimensions)
    [read] = cloudwatch.describe_alarms(AlarmNames=["denied"], AlarmTypes=["MetricAlarm"])["MetricAlarms"]

    assert ALARM.items() <= read.items()
    # The provider takes them as a map.
    assert {"a": "1", "b": "2"} == {each["Name"]: each["Value"] for each in read["Dimensions"]}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_tags_that_an_update_of_an_alarm_carries_change_nothing(server: AwsServer, protocol: str) -> None:
    cloudwatch = server.client("cloudwatch", protocol)
    for value in ("first", "second"):
        cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "k", "Value": value}])
    arn = cloudwatch.describe_alarms(AlarmNames=["denied"])["MetricAlarms"][0]["AlarmArn"]

    assert [{"Key": "k", "Value": "first"}] == cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_alarm_deleted_behind_the_provider_can_be_deleted_again(server: AwsServer, protocol: str) -> None:
    cloudwatch = server.client("cloudwatch", protocol)
    cloudwatch.put_metric_alarm(**ALARM)
    for _ in range(2):
        cloudwatch.delete_alarms(AlarmNames=["denied"])

    assert [] == cloudwatch.describe_alarms(AlarmNames=["denied"])["MetricAlarms"]


def test_a_policy_of_many_lines_is_read_as_the_same_policy(topic: Any) -> None:
    set_on_topic(topic, "Policy", POLICY)

    assert json.loads(POLICY) == json.loads(shown_by(topic)["Policy"])


def test_the_policy_that_stands_for_none_is_accepted(topic: Any) -> None:
    # No policy can be taken away: the provider puts one back that also names an action no default has.
    none = json.loads(shown_by(topic)["Policy"])
    none["Statement"][0]["Action"].append("SNS:Receive")
    set_on_topic(topic, "Policy", POLICY)
    set_on_topic(topic, "Policy", json.dumps(none, indent=2))

    assert none == json.loads(shown_by(topic)["Policy"])


def test_attributes_taken_out_of_a_topic_are_gone_from_it(topic: Any) -> None:
    before = shown_by(topic)
    given = {
        "DisplayName": "Alarms",
        "SignatureVersion": "2",
        "DeliveryPolicy": json.dumps(DELIVERY_POLICY),
        "TracingConfig": "PassThrough",
    }
    for name, value in given.items():
        set_on_topic(topic, name, value)
    kept = json.loads(shown_by(topic)["DeliveryPolicy"])
    for name in given:
        set_on_topic(topic, name, "")

    assert DELIVERY_POLICY == kept
    assert before == shown_by(topic)


def test_a_topic_that_is_gone_has_no_tags_and_can_be_deleted_again(topic: Any) -> None:
    for _ in range(2):
        topic.delete_topic(TopicArn=TOPIC_ARN)

    assert "ResourceNotFound" == error_of(topic.list_tags_for_resource, ResourceArn=TOPIC_ARN)["Code"]


def test_a_pending_subscription_is_read_as_pending_and_given_up_by_its_error(
    topic: Any, silent_hook: SnsHook
) -> None:
    arn = topic.subscribe(
        TopicArn=TOPIC_ARN, Protocol="http", Endpoint=silent_hook.url, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    read = topic.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    error = error_of(topic.unsubscribe, SubscriptionArn=arn)

    assert ("true", "false", arn) == tuple(
        read[name] for name in ("PendingConfirmation", "ConfirmationWasAuthenticated", "SubscriptionArn")
    )
    # The provider looks for these words, and takes the subscription for deleted.
    assert "InvalidParameter" == error["Code"]
    assert "Cannot unsubscribe a subscription that is pending confirmation" in error["Message"]


def test_a_filter_policy_changes_its_scope_in_the_order_the_provider_has(
    topic: Any, silent_hook: SnsHook
) -> None:
    flat, nested = {"severity": ["high"]}, {"detail": {"severity": ["high"]}}
    arn = topic.subscribe(
        TopicArn=TOPIC_ARN,
        Protocol="http",
        Endpoint=silent_hook.url,
        ReturnSubscriptionArn=True,
        Attributes={"FilterPolicy": json.dumps(flat)},
    )["SubscriptionArn"]

    def change(*changes: tuple[str, str]) -> tuple[Any, str]:
        for name, value in changes:
            topic.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
        read = topic.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return json.loads(read["FilterPolicy"]), read["FilterPolicyScope"]

    # The wider scope goes first and the narrower last, so that no policy is ever in a scope too narrow.
    assert (flat, "MessageAttributes") == change()
    assert (nested, "MessageBody") == change(
        ("FilterPolicyScope", "MessageBody"), ("FilterPolicy", json.dumps(nested))
    )
    assert (flat, "MessageAttributes") == change(
        ("FilterPolicy", json.dumps(flat)), ("FilterPolicyScope", "MessageAttributes")
    )


def test_policies_taken_out_of_a_subscription_are_gone_from_it(topic: Any, silent_hook: SnsHook) -> None:
    arn = topic.subscribe(
        TopicArn=TOPIC_ARN, Protocol="http", Endpoint=silent_hook.url, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    before = topic.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    retries = {"minDelayTarget": 5, "maxDelayTarget": 20, "numRetries": 5}
    topic.set_subscription_attributes(
        SubscriptionArn=arn,
        AttributeName="DeliveryPolicy",
        AttributeValue=json.dumps({"healthyRetryPolicy": retries}),
    )
    given = topic.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["DeliveryPolicy"]
    topic.set_subscription_attributes(SubscriptionArn=arn, AttributeName="DeliveryPolicy", AttributeValue="")
    # A filter policy is taken away by one without a rule.
    for policy in ('{"severity":["high"]}', "{}"):
        topic.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=policy
        )
    # Of a queue for dead letters the provider sends no value at all.
    topic.set_subscription_attributes(SubscriptionArn=arn, AttributeName="RedrivePolicy")

    assert retries.items() <= json.loads(given)["healthyRetryPolicy"].items()
    assert before == topic.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
