"""What Terraform's AWS provider calls to create, read, update and delete the links of the chain.

The provider finds no difference when reading gives back what it was told, and takes a resource for gone by
the answers asked for here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.sns_hook import sns_hook

pytestmark = pytest.mark.client

GROUP_ARN = "arn:aws:logs:us-east-1:000000000000:log-group:audit"
TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:security-alarms"
PATTERN = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
TAGS = {"team": "security"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


def code_of(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def tags_of(listed: list[dict[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in listed}


def group_named(logs: Any, name: str) -> dict[str, Any] | None:
    """The provider looks through all groups with the prefix for the very name."""
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    found = [each for page in pages for each in page["logGroups"] if each["logGroupName"] == name]
    return found[0] if found else None


def test_the_provider_asks_who_it_is(server: AwsServer) -> None:
    assert "000000000000" == server.client("sts").get_caller_identity()["Account"]


def test_a_log_group_is_created_read_changed_and_deleted(server: AwsServer) -> None:
    logs = server.client("logs")
    logs.create_log_group(logGroupName="audit", tags=TAGS, logGroupClass="STANDARD")
    logs.create_log_group(logGroupName="audit-of-another")
    logs.put_retention_policy(logGroupName="audit", retentionInDays=30)
    read = [group_named(logs, "audit"), group_named(logs, "audit")]
    tags = logs.list_tags_for_resource(resourceArn=GROUP_ARN)["tags"]
    logs.tag_resource(resourceArn=GROUP_ARN, tags={"stage": "test"})
    logs.untag_resource(resourceArn=GROUP_ARN, tagKeys=["team"])
    logs.delete_retention_policy(logGroupName="audit")
    changed = group_named(logs, "audit")
    changed_tags = logs.list_tags_for_resource(resourceArn=GROUP_ARN)["tags"]
    logs.delete_log_group(logGroupName="audit")

    assert read[0] is not None
    assert read[0] == read[1]
    assert (f"{GROUP_ARN}:*", 30, "STANDARD") == tuple(
        read[0][name] for name in ("arn", "retentionInDays", "logGroupClass")
    )
    assert (TAGS, {"stage": "test"}) == (tags, changed_tags)
    assert changed is not None
    assert "retentionInDays" not in changed
    assert group_named(logs, "audit") is None
    assert "ResourceNotFoundException" == code_of(logs.delete_log_group, logGroupName="audit")


def test_a_metric_filter_is_created_read_changed_and_deleted(server: AwsServer) -> None:
    logs = server.client("logs")
    logs.create_log_group(logGroupName="audit")
    transformation = {"metricName": "denied", "metricNamespace": "CIS", "metricValue": "1", "unit": "None"}
    given = {"logGroupName": "audit", "filterName": "denied", "filterPattern": PATTERN}

    def read() -> list[dict[str, Any]]:
        pages = logs.get_paginator("describe_metric_filters").paginate(
            logGroupName="audit", filterNamePrefix="denied"
        )
        return [each for page in pages for each in page["metricFilters"] if each["filterName"] == "denied"]

    logs.put_metric_filter(**given, metricTransformations=[transformation])
    first = read()
    again = read()
    logs.put_metric_filter(**given, metricTransformations=[{**transformation, "defaultValue": 0.0}])
    changed = read()
    logs.delete_metric_filter(logGroupName="audit", filterName="denied")

    assert first == again
    assert [(PATTERN, [transformation])] == [
        (each["filterPattern"], each["metricTransformations"]) for each in first
    ]
    assert [[{**transformation, "defaultValue": 0.0}]] == [each["metricTransformations"] for each in changed]
    assert [] == read()
    assert "ResourceNotFoundException" == code_of(
        logs.delete_metric_filter, logGroupName="audit", filterName="denied"
    )


@pytest.mark.parametrize("protocol", ["json", "query", "smithy-rpc-v2-cbor"])
def test_an_alarm_is_created_read_changed_and_deleted(server: AwsServer, protocol: str) -> None:
    cloudwatch = server.client("cloudwatch", protocol)
    given: dict[str, Any] = {
        "AlarmName": "denied",
        "AlarmDescription": "somebody was refused",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "denied",
        "Namespace": "CIS",
        "Period": 300,
        "Statistic": "Sum",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC_ARN],
    }

    def read() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = cloudwatch.describe_alarms(
            AlarmNames=["denied"], AlarmTypes=["MetricAlarm"]
        )["MetricAlarms"]
        return found

    cloudwatch.put_metric_alarm(**given, Tags=[{"Key": "team", "Value": "security"}])
    first, again = read(), read()
    arn = first[0]["AlarmArn"]
    tags = tags_of(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"])
    cloudwatch.put_metric_alarm(**{**given, "Threshold": 5.0})
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "stage", "Value": "test"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
    changed = read()
    changed_tags = tags_of(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"])
    cloudwatch.delete_alarms(AlarmNames=["denied"])

    assert first == again
    assert given.items() <= first[0].items()
    assert ([], [], []) == tuple(
        first[0][name] for name in ("OKActions", "InsufficientDataActions", "Dimensions")
    )
    assert 5.0 == changed[0]["Threshold"]
    assert (TAGS, {"stage": "test"}) == (tags, changed_tags)
    assert [] == read()


def test_a_topic_is_created_read_changed_and_deleted(server: AwsServer) -> None:
    sns = server.client("sns")
    created = sns.create_topic(Name="security-alarms", Tags=[{"Key": "team", "Value": "security"}])
    policy = {"http": {"defaultHealthyRetryPolicy": {"numRetries": 5}}}
    changes = {
        "DisplayName": "Alarms",
        "SignatureVersion": "2",
        "DeliveryPolicy": json.dumps(policy),
        "TracingConfig": "PassThrough",
    }
    first = sns.get_topic_attributes(TopicArn=TOPIC_ARN)["Attributes"]
    for name, value in {**changes, "Policy": first["Policy"]}.items():
        sns.set_topic_attributes(TopicArn=TOPIC_ARN, AttributeName=name, AttributeValue=value)
    changed, again = (sns.get_topic_attributes(TopicArn=TOPIC_ARN)["Attributes"] for _ in range(2))
    tags = tags_of(sns.list_tags_for_resource(ResourceArn=TOPIC_ARN)["Tags"])
    sns.delete_topic(TopicArn=TOPIC_ARN)

    assert TOPIC_ARN == created["TopicArn"]
    assert changed == again
    assert ("Alarms", "2", "PassThrough") == tuple(
        changed[name] for name in ("DisplayName", "SignatureVersion", "TracingConfig")
    )
    assert 5 == json.loads(changed["DeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"]
    assert json.loads(first["Policy"]) == json.loads(changed["Policy"])
    assert TAGS == tags
    assert "NotFound" == code_of(sns.get_topic_attributes, TopicArn=TOPIC_ARN)


def test_a_subscription_is_created_confirmed_read_changed_and_deleted(server: AwsServer) -> None:
    sns = server.client("sns")
    sns.create_topic(Name="security-alarms")
    with sns_hook() as hook:
        arn = sns.subscribe(
            TopicArn=TOPIC_ARN,
            Protocol="http",
            Endpoint=hook.url,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
    first, again = (sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"] for _ in range(2))
    for name, value in {"RawMessageDelivery": "false", "FilterPolicy": '{"severity":["high"]}'}.items():
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
    changed = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    sns.unsubscribe(SubscriptionArn=arn)

    assert first == again
    assert (arn, TOPIC_ARN, "http", hook.url, "false", "true") == tuple(
        first[name]
        for name in (
            "SubscriptionArn", "TopicArn", "Protocol", "Endpoint", "PendingConfirmation", "RawMessageDelivery"
        )
    )  # fmt: skip
    assert ("false", {"severity": ["high"]}) == (
        changed["RawMessageDelivery"],
        json.loads(changed["FilterPolicy"]),
    )
    assert "NotFound" == code_of(sns.get_subscription_attributes, SubscriptionArn=arn)
