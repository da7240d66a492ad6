"""What `trailbell alarm show` says of a change of state beside AWS's words."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from support.aws_server import aws_server
from support.clock import START_MS, ManualClock
from trailbell.cli import main
from trailbell.settings import Evaluation

pytestmark = pytest.mark.client


def test_a_gap_stands_beside_the_change_that_came_after_it(tmp_path: Path) -> None:
    clock = ManualClock(START_MS + 5_000)
    with aws_server(tmp_path, clock, evaluation=Evaluation.AWS) as server:
        cloudwatch = server.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName="a",
            Namespace="App",
            MetricName="m",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        server.chain.tick()
        clock.turn(minutes=60)
        cloudwatch.put_metric_data(
            Namespace="App",
            MetricData=[{"MetricName": "m", "Value": 2, "Timestamp": (START_MS // 1000) + 3540}],
        )
        server.chain.tick()
        shown = CliRunner().invoke(main, ["alarm", "show", "a", "--url", server.url], terminal_width=400)

    words = " ".join(shown.output.split())
    assert "Alarm updated from INSUFFICIENT_DATA to ALARM" in words
    assert "Not judged for 1:00:00, since 2026-09-14T05:40:05.000Z" in words
