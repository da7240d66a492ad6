"""Percentiles and trimmed statistics through real AWS clients: AWS's own numbers, or no value."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.alarm_runner import records_of
from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock

pytestmark = pytest.mark.client

PROTOCOLS = ("json", "query", "smithy-rpc-v2-cbor")
START = datetime.datetime.fromtimestamp(START_MS / 1000, datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
SPAN = {"StartTime": START - 10 * MINUTE, "EndTime": START + 10 * MINUTE}
CASES = records_of("stat")

# What AWS returned for two samples of 2 and three of 10: native captures.
RECORDED = {
    "p0": 2.0,
    "p50": 9.874619498547638,
    "p90": 9.974797183077614,
    "p100": 10.0,
    "tm90": 6.427655324937657,
    "tc90": 4.5,
    "ts90": 28.924448962219458,
    "wm90": 6.784889792443892,
    "IQM": 7.5604922241921155,
    "PR(2:10)": 100.0,
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture(params=PROTOCOLS)
def cloudwatch(request: pytest.FixtureRequest, server: AwsServer) -> Any:
    return server.client("cloudwatch", request.param)


def put(cloudwatch: Any, *data: dict[str, Any], name: str = "m") -> None:
    cloudwatch.put_metric_data(Namespace="App", MetricData=[{"MetricName": name, **each} for each in data])


def told(cloudwatch: Any, *names: str, period: int = 60, metric: str = "m") -> list[dict[str, float]]:
    """The extended statistics of every datapoint, oldest first."""
    answer = cloudwatch.get_metric_statistics(
        Namespace="App", MetricName=metric, Period=period, ExtendedStatistics=list(names), **SPAN
    )
    found = sorted(answer["Datapoints"], key=lambda each: each["Timestamp"])
    return [each.get("ExtendedStatistics", {}) for each in found]


def series(cloudwatch: Any, *names: str, period: int = 60, metric: str = "m") -> list[tuple[str, Any]]:
    """The label and the values of every statistic, oldest first."""
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {"Namespace": "App", "MetricName": metric},
                "Period": period,
                "Stat": name,
            },
        }
        for number, name in enumerate(names)
    ]
    answer = cloudwatch.get_metric_data(MetricDataQueries=queries, ScanBy="TimestampAscending", **SPAN)
    return [(each["Label"], each["Values"]) for each in answer["MetricDataResults"]]


def test_the_numbers_are_those_of_aws_however_the_samples_were_put(cloudwatch: Any) -> None:
    put(cloudwatch, {"MetricName": "at_once", "Values": [2.0, 10.0], "Counts": [2.0, 3.0]})
    for value in (10.0, 2.0, 10.0, 2.0, 10.0):
        put(cloudwatch, {"Value": value}, name="one_by_one")
    put(
        cloudwatch,
        {"StatisticValues": {"SampleCount": 2, "Sum": 4, "Minimum": 2, "Maximum": 2}},
        {"Values": [10.0, 10.0, 10.0]},
        name="in_sets",
    )
    expected = [pytest.approx(RECORDED, rel=1e-12)]

    assert [expected] * 3 == [
        told(cloudwatch, *RECORDED, metric=metric) for metric in ("at_once", "one_by_one", "in_sets")
    ]
    assert [(f"at_once {name}", [pytest.approx(value, rel=1e-12)]) for name, value in RECORDED.items()] == (
        series(cloudwatch, *RECORDED, metric="at_once")
    )


@pytest.mark.parametrize("case", [pytest.param(record, id=record["id"]) for record in CASES])
def test_a_statistic_is_what_the_case_says(server: AwsServer, case: dict[str, Any]) -> None:
    cloudwatch = server.client("cloudwatch")
    values, counts = zip(*case["values"], strict=True)
    put(cloudwatch, {"Values": values, "Counts": counts})
    [(_, found)] = series(cloudwatch, case["stat"])

    assert ([] if case["expect"] is None else [pytest.approx(case["expect"], rel=1e-9)]) == found


def test_samples_of_several_minutes_make_one_percentile(cloudwatch: Any) -> None:
    put(
        cloudwatch,
        {"Value": 2.0, "Timestamp": START - 5 * MINUTE},
        {"Values": [2.0, 10.0], "Counts": [1.0, 2.0], "Timestamp": START - 3 * MINUTE},
        {"Value": 10.0, "Timestamp": START - MINUTE},
    )
    [minutes] = [values for _, values in series(cloudwatch, "p50")]

    assert [2.0, 10.0] == [minutes[0], minutes[-1]]
    assert [{"p50": pytest.approx(RECORDED["p50"], rel=1e-12)}] == told(cloudwatch, "p50", period=300)
    assert [("m", [pytest.approx(RECORDED["p50"], rel=1e-12)])] == series(cloudwatch, "p50", period=300)


@pytest.mark.parametrize(
    "untold",
    [
        {"Value": -1.0},
        {"Values": [-1.0, 4.0], "Counts": [1.0, 2.0]},
        {"Values": [-1.0], "Counts": [0.0]},
        {"StatisticValues": {"SampleCount": 2, "Sum": 6, "Minimum": 2.5, "Maximum": 3.5}},
    ],
    ids=["negative", "negative among others", "negative and never", "set"],
)
def test_beside_a_negative_sample_or_a_set_of_different_values_only_the_extremes_are_told(
    cloudwatch: Any, untold: dict[str, Any]
) -> None:
    put(cloudwatch, {"Value": 3.0}, {"Value": 5.0}, untold)
    put(cloudwatch, {"Value": 3.0, "Timestamp": START - MINUTE})
    minimum = -1.0 if "StatisticValues" not in untold else 2.5

    assert [{"p0": 3.0, "p50": 3.0, "tm90": 3.0, "p100": 3.0}, {"p0": minimum, "p100": 5.0}] == told(
        cloudwatch, "p0", "p50", "tm90", "p100"
    )
    assert [("m p50", [3.0]), ("m p100", [3.0, 5.0])] == series(cloudwatch, "p50", "p100")


def test_where_nothing_has_a_value_there_is_no_key_beside_the_plain_statistics(cloudwatch: Any) -> None:
    put(cloudwatch, {"Value": -3.0})
    [point] = cloudwatch.get_metric_statistics(
        Namespace="App",
        MetricName="m",
        Period=60,
        Statistics=["Sum"],
        ExtendedStatistics=["p99", "IQM"],
        **SPAN,
    )["Datapoints"]

    assert -3.0 == point["Sum"]
    assert "ExtendedStatistics" not in point


def test_percentiles_come_by_unit(cloudwatch: Any) -> None:
    put(
        cloudwatch,
        {"Values": [2.0, 10.0], "Counts": [2.0, 3.0], "Unit": "Seconds"},
        {"Values": [1.0, -1.0], "Unit": "Count"},
    )
    answer = cloudwatch.get_metric_statistics(
        Namespace="App", MetricName="m", Period=60, ExtendedStatistics=["p50"], Unit="Seconds", **SPAN
    )

    assert [{"p50": pytest.approx(RECORDED["p50"])}] == [
        each["ExtendedStatistics"] for each in answer["Datapoints"]
    ]


def test_values_read_by_a_metric_filter_have_percentiles(server: AwsServer, cloudwatch: Any) -> None:
    logs = server.client("logs")
    at = {"logGroupName": "g", "logStreamName": "s"}
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(**at)
    for name, value, default in (("latency", "$.latency", {}), ("slow", "1", {"defaultValue": 0.0})):
        logs.put_metric_filter(
            logGroupName="g",
            filterName=name,
            filterPattern="{ $.latency > 0 }" if name == "latency" else "{ $.latency > 5 }",
            metricTransformations=[
                {"metricName": name, "metricNamespace": "App", "metricValue": value, **default}
            ],
        )
    for part in ([2, 10, 10], [10, 2]):
        logs.put_log_events(
            **at,
            logEvents=[{"timestamp": START_MS, "message": json.dumps({"latency": each})} for each in part],
        )

    assert [pytest.approx(RECORDED, rel=1e-12)] == told(cloudwatch, *RECORDED, metric="latency")
    # Two zeros and three ones.
    assert [{"p40": 0.0, "p41": 1.0, "tc90": 4.5}] == told(cloudwatch, "p40", "p41", "tc90", metric="slow")
