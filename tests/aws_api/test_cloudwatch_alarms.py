"""Alarms through real AWS clients, over every protocol they speak."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock

pytestmark = pytest.mark.client

PROTOCOLS = ["json", "query", "smithy-rpc-v2-cbor"]
START = datetime.datetime.fromtimestamp(START_MS / 1000, datetime.UTC)
ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"
TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
LOUD: dict[str, Any] = {
    "AlarmName": "loud",
    "Namespace": "App",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}
FULL: dict[str, Any] = {
    **LOUD,
    "AlarmName": 'full "<&> \u2603',
    "AlarmDescription": "rings\nloudly",
    "ActionsEnabled": False,
    "OKActions": [TOPIC],
    "AlarmActions": [TOPIC, f"{TOPIC}2"],
    "InsufficientDataActions": [f"{TOPIC}3"],
    "Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}],
    "Unit": "Count",
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "TreatMissingData": "notBreaching",
    "Threshold": -2.5,
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture(params=PROTOCOLS)
def cloudwatch(server: AwsServer, request: pytest.FixtureRequest) -> Any:
    return server.client("cloudwatch", request.param)


def refused(call: Any, **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error, answer = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return error["Code"], error.get("Message", ""), answer["HTTPStatusCode"]


def names(alarms: list[dict[str, Any]]) -> list[str]:
    return [each["AlarmName"] for each in alarms]


def put_all(client: Any, *alarm_names: str, **changes: Any) -> None:
    for each in alarm_names:
        client.put_metric_alarm(**{**LOUD, "AlarmName": each, **changes})


def test_an_alarm_with_everything_is_described_as_it_was_put(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**FULL)
    answer = cloudwatch.describe_alarms()

    assert ([], []) == (answer["CompositeAlarms"], answer["LogAlarms"])
    assert answer["MetricAlarms"] == [
        {
            **FULL,
            "AlarmArn": ARN + FULL["AlarmName"],
            "AlarmConfigurationUpdatedTimestamp": START,
            "StateValue": "INSUFFICIENT_DATA",
            "StateReason": "Unchecked: Initial alarm creation",
            "StateUpdatedTimestamp": START,
            "StateTransitionedTimestamp": START,
        }
    ]


def test_what_was_not_set_is_absent_and_lists_are_empty(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**LOUD)
    [alarm] = cloudwatch.describe_alarms(AlarmNames=["loud"])["MetricAlarms"]
    lists = ("OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions")
    empty: dict[str, list[str]] = {each: [] for each in lists}

    assert {**LOUD, **empty, "ActionsEnabled": True}.items() <= alarm.items()
    assert {
        "AlarmDescription",
        "StateReasonData",
        "ExtendedStatistic",
        "Unit",
        "DatapointsToAlarm",
        "TreatMissingData",
        "EvaluateLowSampleCountPercentile",
        "Metrics",
        "EvaluationState",
    }.isdisjoint(alarm)


def test_members_come_in_awss_order_over_json(server: AwsServer) -> None:
    client = server.client("cloudwatch", "json")
    client.put_metric_alarm(**FULL)
    client.set_alarm_state(
        AlarmName=FULL["AlarmName"], StateValue="OK", StateReason="r", StateReasonData="{}"
    )
    [alarm] = client.describe_alarms()["MetricAlarms"]

    assert list(alarm) == [
        "AlarmName",
        "AlarmArn",
        "AlarmDescription",
        "AlarmConfigurationUpdatedTimestamp",
        "ActionsEnabled",
        "OKActions",
        "AlarmActions",
        "InsufficientDataActions",
        "StateValue",
        "StateReason",
        "StateReasonData",
        "StateUpdatedTimestamp",
        "MetricName",
        "Namespace",
        "Statistic",
        "Dimensions",
        "Period",
        "Unit",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "Threshold",
        "ComparisonOperator",
        "TreatMissingData",
        "StateTransitionedTimestamp",
    ]


def test_a_put_that_aws_refuses_is_refused_with_its_text(cloudwatch: Any) -> None:
    answer = refused(cloudwatch.put_metric_alarm, **{**LOUD, "DatapointsToAlarm": 2})

    assert (
        "ValidationError",
        "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
        400,
    ) == answer
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_the_state_is_set_by_hand_and_its_history_is_told(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**LOUD, AlarmActions=[TOPIC])
    cloudwatch.set_alarm_state(
        AlarmName="loud", StateValue="ALARM", StateReason="drill \u2603", StateReasonData='{"a": 1}'
    )
    [alarm] = cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
    items = cloudwatch.describe_alarm_history(AlarmName="loud")["AlarmHistoryItems"]

    assert ("drill \u2603", '{"a": 1}') == (alarm["StateReason"], alarm["StateReasonData"])
    assert [(each["HistoryItemType"], each["HistorySummary"]) for each in items] == [
        ("Action", f'Failed to execute action {TOPIC}. Received error: "the topic does not exist"'),
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to ALARM"),
        ("ConfigurationUpdate", 'Alarm "loud" created'),
    ]
    assert {("loud", "MetricAlarm", START)} == {
        (each["AlarmName"], each["AlarmType"], each["Timestamp"]) for each in items
    }
    assert json.loads(items[1]["HistoryData"])["newState"] == {
        "stateValue": "ALARM",
        "stateReason": "drill \u2603",
        "stateReasonData": {"a": 1},
    }


def test_the_state_of_no_alarm_cannot_be_set(cloudwatch: Any) -> None:
    answer = refused(cloudwatch.set_alarm_state, AlarmName="no", StateValue="OK", StateReason="r")

    assert ("ResourceNotFound", "", 404) == answer


def test_reason_data_must_be_json(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**LOUD)
    wrong = {"StateValue": "OK", "StateReason": "r", "StateReasonData": "{"}
    answer = refused(cloudwatch.set_alarm_state, AlarmName="loud", **wrong)

    assert ("InvalidFormat", "", 400) == answer


def test_an_unknown_state_is_refused_with_awss_own_list(cloudwatch: Any) -> None:
    answer = refused(cloudwatch.set_alarm_state, AlarmName="a", StateValue="X", StateReason="r")

    assert (
        "ValidationError",
        "1 validation error detected: Value 'X' at 'stateValue' failed to satisfy constraint: Member must "
        "satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
        400,
    ) == answer


def test_actions_are_disabled_and_enabled(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**LOUD)
    cloudwatch.disable_alarm_actions(AlarmNames=["loud", "nobody"])
    [disabled] = cloudwatch.describe_alarms()["MetricAlarms"]
    cloudwatch.enable_alarm_actions(AlarmNames=["loud"])
    [enabled] = cloudwatch.describe_alarms()["MetricAlarms"]

    assert (False, True) == (disabled["ActionsEnabled"], enabled["ActionsEnabled"])


@pytest.mark.parametrize("operation", ["enable_alarm_actions", "disable_alarm_actions", "delete_alarms"])
def test_a_list_with_a_name_too_long_is_refused_whole(cloudwatch: Any, operation: str) -> None:
    cloudwatch.put_metric_alarm(**LOUD)
    code, message, status = refused(getattr(cloudwatch, operation), AlarmNames=["loud", "x" * 256])

    assert ("ValidationError", 400) == (code, status)
    assert message.endswith(
        "at 'alarmNames' failed to satisfy constraint: Member must satisfy constraint: [Member must have "
        "length less than or equal to 255, Member must have length greater than or equal to 1]"
    )
    assert names(cloudwatch.describe_alarms()["MetricAlarms"]) == ["loud"]


def test_alarms_are_deleted_and_unknown_names_are_no_matter(cloudwatch: Any) -> None:
    put_all(cloudwatch, "a", "b", "c")
    cloudwatch.delete_alarms(AlarmNames=["a", "c", "nobody", "a"])
    history = cloudwatch.describe_alarm_history(AlarmName="a")["AlarmHistoryItems"]

    assert names(cloudwatch.describe_alarms()["MetricAlarms"]) == ["b"]
    assert [each["HistorySummary"] for each in history] == ['Alarm "a" deleted', 'Alarm "a" created']


def test_alarms_on_a_metric_are_found_by_its_exact_dimensions(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**FULL)
    metric = {"Namespace": "App", "MetricName": "m"}
    exact = cloudwatch.describe_alarms_for_metric(**metric, Dimensions=FULL["Dimensions"][::-1])
    fewer = cloudwatch.describe_alarms_for_metric(**metric, Dimensions=FULL["Dimensions"][:1])

    assert names(exact["MetricAlarms"]) == [FULL["AlarmName"]]
    assert fewer["MetricAlarms"] == []


def test_a_metric_asked_for_by_an_unknown_unit_is_refused(cloudwatch: Any) -> None:
    code, message, status = refused(
        cloudwatch.describe_alarms_for_metric, Namespace="App", MetricName="m", Unit="Bananas"
    )

    assert ("ValidationError", 400) == (code, status)
    assert "Value 'Bananas' at 'unit' failed to satisfy constraint" in message


def test_tags_are_set_at_the_making_and_later(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(
        **LOUD, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}, {"Key": "a", "Value": "2"}]
    )
    cloudwatch.put_metric_alarm(**LOUD, Tags=[{"Key": "late", "Value": "1"}])
    at_first = cloudwatch.list_tags_for_resource(ResourceARN=f"{ARN}loud")["Tags"]
    cloudwatch.tag_resource(ResourceARN=f"{ARN}loud", Tags=[{"Key": "c", "Value": "\u2603"}])
    cloudwatch.untag_resource(ResourceARN=f"{ARN}loud", TagKeys=["a", "absent"])
    later = cloudwatch.list_tags_for_resource(ResourceARN=f"{ARN}loud")["Tags"]

    assert [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}] == at_first
    assert [{"Key": "b", "Value": ""}, {"Key": "c", "Value": "\u2603"}] == later


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("list_tags_for_resource", {}),
        ("tag_resource", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_resource", {"TagKeys": ["a"]}),
    ],
)
@pytest.mark.parametrize("arn", [f"{ARN}nobody", f"{ARN}loud".replace("us-east-1", "eu-west-1")])
def test_tags_of_no_alarm_are_not_found(
    cloudwatch: Any, operation: str, parameters: dict[str, Any], arn: str
) -> None:
    cloudwatch.put_metric_alarm(**LOUD)
    answer = refused(getattr(cloudwatch, operation), ResourceARN=arn, **parameters)

    assert ("ResourceNotFoundException", "", 404) == answer
