"""Alarms on percentiles and on metric math through a real AWS client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock

pytestmark = pytest.mark.client

RULE = {
    "EvaluationPeriods": 1,
    "Threshold": 0.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}
METRICS = [
    {
        "Id": "m1",
        "MetricStat": {
            "Metric": {
                "Namespace": "App",
                "MetricName": "errors",
                "Dimensions": [{"Name": "Op", "Value": "Get"}],
            },
            "Period": 60,
            "Stat": "Sum",
        },
        "ReturnData": False,
    },
    {
        "Id": "m2",
        "MetricStat": {
            "Metric": {"Namespace": "App", "MetricName": "calls", "Dimensions": []},
            "Period": 60,
            "Stat": "p90",
            "Unit": "Count",
        },
        "ReturnData": False,
        "Label": "calls",
    },
    {"Id": "e1", "Expression": "m1 / m2", "Label": "share", "ReturnData": True},
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock(), evaluation="aws") as running:
        yield running


@pytest.fixture(params=["json", "query", "smithy-rpc-v2-cbor"])
def cloudwatch(server: AwsServer, request: pytest.FixtureRequest) -> Any:
    return server.client("cloudwatch", request.param)


def described(cloudwatch: Any, name: str) -> dict[str, Any]:
    [found] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert isinstance(found, dict)
    return found


def test_an_alarm_on_metric_math_is_described_with_its_metrics_and_nothing_of_one_metric(
    cloudwatch: Any,
) -> None:
    cloudwatch.put_metric_alarm(AlarmName="share", Metrics=METRICS, **RULE)
    found = described(cloudwatch, "share")

    assert METRICS == found["Metrics"]
    assert [] == found["Dimensions"]
    assert not {"MetricName", "Namespace", "Statistic", "Period", "Unit", "ExtendedStatistic"} & set(found)


def test_an_alarm_on_a_percentile_is_described_as_it_was_put(cloudwatch: Any) -> None:
    given = {"Namespace": "App", "MetricName": "ms", "ExtendedStatistic": "p99.9", "Period": 300}
    cloudwatch.put_metric_alarm(AlarmName="slow", EvaluateLowSampleCountPercentile="ignore", **given, **RULE)
    found = described(cloudwatch, "slow")

    assert given == {name: found[name] for name in given}
    assert ("ignore", None) == (found["EvaluateLowSampleCountPercentile"], found.get("Statistic"))


def test_alarms_of_every_kind_are_judged(server: AwsServer) -> None:
    cloudwatch = server.client("cloudwatch")
    metric = {"Namespace": "App", "MetricName": "ms", "Period": 60}
    cloudwatch.put_metric_alarm(
        AlarmName="slow", ExtendedStatistic="p50", **metric, **{**RULE, "Threshold": 9.8}
    )
    cloudwatch.put_metric_alarm(
        AlarmName="even", ExtendedStatistic="p50", **metric, **{**RULE, "Threshold": 9.9}
    )
    cloudwatch.put_metric_alarm(AlarmName="share", Metrics=METRICS, **RULE)
    at = START_MS / 1000 - 60
    operation = [{"Name": "Op", "Value": "Get"}]
    cloudwatch.put_metric_data(
        Namespace="App",
        MetricData=[
            {"MetricName": "ms", "Timestamp": at, "Values": [2, 10], "Counts": [2, 3]},
            {"MetricName": "errors", "Timestamp": at, "Value": 6, "Dimensions": operation},
            {"MetricName": "calls", "Timestamp": at, "Value": 10, "Unit": "Count"},
        ],
    )
    server.chain.tick()
    states = {each["AlarmName"]: each for each in cloudwatch.describe_alarms()["MetricAlarms"]}

    assert {"slow": "ALARM", "even": "OK", "share": "ALARM"} == {
        name: states[name]["StateValue"] for name in ("slow", "even", "share")
    }
    assert "[9.874619498547" in states["slow"]["StateReason"]
    assert "[0.6 (" in states["share"]["StateReason"]


def test_alarms_on_one_metric_are_found_by_their_statistic(server: AwsServer) -> None:
    cloudwatch = server.client("cloudwatch")
    metric = {"Namespace": "App", "MetricName": "errors", "Period": 60}
    operation = [{"Name": "Op", "Value": "Get"}]
    cloudwatch.put_metric_alarm(
        AlarmName="p", ExtendedStatistic="p90", Dimensions=operation, **metric, **RULE
    )
    cloudwatch.put_metric_alarm(AlarmName="s", Statistic="Sum", Dimensions=operation, **metric, **RULE)
    cloudwatch.put_metric_alarm(AlarmName="math", Metrics=METRICS, **RULE)
    asked = {"Namespace": "App", "MetricName": "errors", "Dimensions": operation}

    def names(**given: Any) -> list[str]:
        found = cloudwatch.describe_alarms_for_metric(**asked, **given)["MetricAlarms"]
        return [each["AlarmName"] for each in found]

    assert ["p", "s"] == names()
    assert ["p"] == names(ExtendedStatistic="p90")
    assert ["s"] == names(Statistic="Sum")
