"""What the door says to alarms and tags that AWS, or this version, does not take; and what it takes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from trailbell.alarms import ComparisonOperator, TreatMissingData
from trailbell.metrics import STANDARD_UNITS, Statistic

pytestmark = pytest.mark.client

CASES = Path(__file__).parent.parent / "cases" / "alarm-cases.jsonl"
OPERATIONS = {"PutMetricAlarm": "put_metric_alarm"}
ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:t"
TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
VALID: dict[str, Any] = {
    "AlarmName": "t",
    "Namespace": "App",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}
STAT = {"Metric": {"Namespace": "App", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}


def _cases() -> list[dict[str, Any]]:
    records = map(json.loads, CASES.read_text(encoding="utf-8").splitlines())
    return [each for each in records if each.get("kind") == "validation" and each["operation"] in OPERATIONS]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    with aws_server(tmp_path_factory.mktemp("alarms"), ManualClock()) as running:
        yield running


@pytest.fixture(scope="module")
def cloudwatch(server: AwsServer) -> Any:
    return server.client("cloudwatch")


@pytest.fixture(autouse=True)
def _no_alarms(cloudwatch: Any) -> None:
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[each["AlarmName"] for each in alarms])


def refused(call: Any, **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error, answer = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return error["Code"], error.get("Message", ""), answer["HTTPStatusCode"]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["id"])
def test_the_recorded_cases_are_answered_as_by_aws(cloudwatch: Any, case: dict[str, Any]) -> None:
    call = getattr(cloudwatch, OPERATIONS[case["operation"]])
    expected = case["expect_error"]
    if expected is None:
        call(**case["params"])

        assert len(cloudwatch.describe_alarms()["MetricAlarms"]) == 1
        return
    code, message, status = refused(call, **case["params"])
    codes = [expected["code"]] if isinstance(expected["code"], str) else expected["code"]

    assert code in codes
    assert expected.get("message", message) == message
    assert expected.get("status", 400) == status
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"MetricName": None}, "MetricName must not be null"),
        ({"Period": None}, "Period must not be null"),
        ({"AlarmActions": ["arn:aws:sns"]}, "Invalid arn syntax: arn:aws:sns"),
        (
            {"TreatMissingData": "Missing"},
            "The value Missing is not supported for TreatMissingData parameter. Supported values are "
            "[breaching, notBreaching, ignore, missing].",
        ),
        (
            {"EvaluateLowSampleCountPercentile": "x"},
            "Option x is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are "
            "evaluate and ignore.",
        ),
        (
            {"Metrics": [{"Id": "m1", "MetricStat": STAT}]},
            "MetricName should not be set if list of Metrics is set.",
        ),
        (
            {
                "Metrics": [{"Id": "m1", "MetricStat": STAT, "ReturnData": False}],
                **dict.fromkeys(("MetricName", "Namespace", "Statistic", "Period")),
            },
            "Exactly one element of the metrics list should return data.",
        ),
        (
            {"Tags": [{"Key": f"k{number}", "Value": "v"} for number in range(51)]},
            "The resultant tag set must not have more than 50 user tags.",
        ),
        (
            {"Statistic": "Median"},
            "1 validation error detected: Value 'Median' at 'statistic' failed to satisfy constraint: Member "
            "must satisfy enum value set: [SampleCount, Average, Sum, Minimum, Maximum]",
        ),
        (
            {"AlarmName": "x" * 256, "AlarmActions": [TOPIC] * 6},
            f"2 validation errors detected: Value '{'x' * 256}' at 'alarmName' failed to satisfy constraint: "
            "Member must have length less than or equal to 255; "
            f"Value '[{', '.join([TOPIC] * 6)}]' at 'alarmActions' failed to satisfy constraint: Member must "
            "have length less than or equal to 5",
        ),
    ],
)
def test_an_alarm_is_refused_in_awss_words_and_not_stored(
    cloudwatch: Any, changes: dict[str, Any], message: str
) -> None:
    given_ = {name: value for name, value in {**VALID, **changes}.items() if value is not None}
    answer = refused(cloudwatch.put_metric_alarm, **given_)

    assert ("ValidationError", message, 400) == answer
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ComparisonOperator": "LessThanLowerThreshold"}, "anomaly detection"),
        ({"ThresholdMetricId": "ad1"}, "ThresholdMetricId"),
        ({"EvaluationWindow": {"WallClockWindow": {}}}, "EvaluationWindow"),
        ({"EvaluationCriteria": {"PromQLCriteria": {"Query": "up"}}}, "EvaluationCriteria"),
        ({"EvaluationInterval": 60}, "EvaluationInterval"),
        (
            {
                "Metrics": [
                    {"Id": "m1", "MetricStat": STAT, "ReturnData": False, "Label": "l"},
                    {"Id": "e1", "Expression": "ANOMALY_DETECTION_BAND(m1)", "Period": 60},
                ],
                **dict.fromkeys(("MetricName", "Namespace", "Statistic", "Period")),
            },
            "ANOMALY_DETECTION_BAND",
        ),
    ],
)
def test_an_alarm_that_cannot_be_evaluated_is_refused_and_not_stored(
    cloudwatch: Any, changes: dict[str, Any], words: str
) -> None:
    given_ = {name: value for name, value in {**VALID, **changes}.items() if value is not None}
    code, message, status = refused(cloudwatch.put_metric_alarm, **given_)

    assert ("ValidationError", 400) == (code, status)
    assert words in message
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_reserved_tags_are_refused_and_the_alarm_is_not_made(cloudwatch: Any) -> None:
    expected = ("AccessDenied", 'The provided tag keys must not start with any case of "aws:"', 403)
    reserved = [{"Key": "AwS:x", "Value": "v"}]
    at_making = refused(cloudwatch.put_metric_alarm, **VALID, Tags=reserved)
    made = cloudwatch.describe_alarms()["MetricAlarms"]
    cloudwatch.put_metric_alarm(**VALID)

    assert expected == at_making
    assert made == []
    assert expected == refused(cloudwatch.tag_resource, ResourceARN=ARN, Tags=reserved)


def test_an_alarm_takes_fifty_tags_and_no_more(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**VALID)
    tags = [{"Key": f"k{number:02}", "Value": "v"} for number in range(50)]
    cloudwatch.tag_resource(ResourceARN=ARN, Tags=tags)
    answer = refused(cloudwatch.tag_resource, ResourceARN=ARN, Tags=[{"Key": "one more", "Value": "v"}])

    assert ("InvalidParameterValue", "tags are invalid.", 400) == answer
    assert tags == cloudwatch.list_tags_for_resource(ResourceARN=ARN)["Tags"]


def test_what_is_no_arn_has_no_tags(cloudwatch: Any) -> None:
    answer = refused(cloudwatch.list_tags_for_resource, ResourceARN="loud")

    assert ("InvalidParameterValue", "The value loud for parameter ResourceARN is invalid.", 400) == answer


def _texts(longest: int) -> st.SearchStrategy[str]:
    shown = st.characters(exclude_categories=("Cs", "Cc"))
    return st.text(shown, min_size=1, max_size=longest).filter(lambda text: bool(text.strip()))


def _windows() -> st.SearchStrategy[dict[str, int]]:
    periods = st.sampled_from([10, 20, 30, 60, 300, 3600, 86_400])
    return periods.flatmap(
        lambda period: st.fixed_dictionaries(
            {
                "Period": st.just(period),
                "EvaluationPeriods": st.integers(1, (604_800 if period >= 3600 else 86_400) // period),
            }
        )
    )


_ACTIONS = st.lists(st.text("aZ0-_:", max_size=20).map(TOPIC.__add__), max_size=5)
_ALARMS = st.fixed_dictionaries(
    {
        "AlarmName": _texts(40),
        "Namespace": _texts(20),
        "MetricName": _texts(20),
        "Statistic": st.sampled_from([each.value for each in Statistic]),
        "Threshold": st.floats(allow_nan=False, allow_infinity=False),
        "ComparisonOperator": st.sampled_from([each.value for each in ComparisonOperator]),
        "Dimensions": st.dictionaries(_texts(10), _texts(10), max_size=4).map(
            lambda pairs: [{"Name": name, "Value": value} for name, value in sorted(pairs.items())]
        ),
        "ActionsEnabled": st.booleans(),
        "OKActions": _ACTIONS,
        "AlarmActions": _ACTIONS,
        "InsufficientDataActions": _ACTIONS,
    },
    optional={
        "AlarmDescription": st.one_of(st.just(""), _texts(30)),
        "Unit": st.sampled_from(STANDARD_UNITS),
        "DatapointsToAlarm": st.just(1),
        "TreatMissingData": st.sampled_from([each.value for each in TreatMissingData]),
    },
)
_PROTOCOLS = st.sampled_from(["json", "query", "smithy-rpc-v2-cbor"])


@given(alarm=_ALARMS, window=_windows(), protocol=_PROTOCOLS)
@settings(max_examples=60)
def test_whatever_valid_alarm_is_put_is_described_as_it_is(
    server: AwsServer, alarm: dict[str, Any], window: dict[str, int], protocol: str
) -> None:
    client = server.client("cloudwatch", protocol)
    put = alarm | window
    client.put_metric_alarm(**put)
    [described] = client.describe_alarms(AlarmNames=[put["AlarmName"]])["MetricAlarms"]
    optional = {"AlarmDescription", "Unit", "DatapointsToAlarm", "TreatMissingData"}

    assert put == {name: value for name, value in described.items() if name in put}
    assert optional & put.keys() == optional & described.keys()
