"""What `trailbell alarm` says of composite alarms, and of alarms on other than a plain statistic."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.aws_clients import client
from support.server import RunningServer, cli, running_server
from trailbell.cli import ExitCode

LOUD: dict[str, Any] = {
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
METRIC = {"Namespace": "App", "MetricName": "m"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("server")
    with running_server("--data", str(folder / "data")) as running:
        cloudwatch = client("cloudwatch", running.url)
        cloudwatch.put_metric_alarm(AlarmName="plain", Statistic="Sum", **METRIC, **LOUD)
        cloudwatch.put_metric_alarm(AlarmName="tail", ExtendedStatistic="p99", **METRIC, **LOUD)
        stat = {"Metric": METRIC, "Period": 300, "Stat": "Sum"}
        cloudwatch.put_metric_alarm(
            AlarmName="maths",
            Metrics=[
                {"Id": "a", "MetricStat": stat, "ReturnData": False},
                {"Id": "b", "Expression": "a * 2"},
            ],
            **{name: value for name, value in LOUD.items() if name != "Period"},
        )
        cloudwatch.put_composite_alarm(
            AlarmName="page somebody",
            AlarmRule="NOT OK(plain) AND\nNOT ALARM(tail)",
            AlarmDescription="worth waking up for",
            ActionsSuppressor="tail",
            ActionsSuppressorWaitPeriod=3600,
            ActionsSuppressorExtensionPeriod=0,
        )
        yield running


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list"], ["page somebody", "composite", "metric", "plain"]),
        (
            ["show", "page somebody"],
            [
                "NOT OK(plain) AND",
                "worth waking up for",
                "held back by  tail",
                "Actions suppressed by WaitPeriod",
                "plain",
                "INSUFFICIENT_DATA",
                'Alarm "page somebody" created',
            ],
        ),
        (["show", "plain"], ["Sum GreaterThanThreshold 1.0 in 300 s", "App/m"]),
        (["show", "tail"], ["p99 GreaterThanThreshold 1.0"]),
        (["show", "maths"], ["The expression GreaterThanThreshold 1.0"]),
    ],
)
def test_the_tables_say_what_people_ask(
    server: RunningServer, arguments: list[str], words: list[str]
) -> None:
    done = cli("alarm", *arguments, TRAILBELL_URL=server.url)

    assert [] == [word for word in words if word not in done.stdout], done.stdout
    assert done.returncode == ExitCode.DONE, done.stderr
