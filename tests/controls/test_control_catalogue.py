"""The catalogue says what the benchmark's transcriptions say."""

import json
from pathlib import Path
from typing import Any

import pytest

from trailbell.alarms import ComparisonOperator, TreatMissingData, check_alarm
from trailbell.controls import CATALOGUE, UnknownControlError, control_of, provision, watched_controls
from trailbell.patterns import parse_pattern

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "cis-controls.json").read_text()
)["controls"]


def test_every_control_is_there_in_order() -> None:
    assert [case["key"] for case in CASES] == [control.key for control in CATALOGUE]


@pytest.mark.parametrize("case", CASES, ids=[case["key"] for case in CASES])
def test_a_control_has_its_names_ids_and_newest_text(case: dict[str, Any]) -> None:
    control = control_of(case["key"])
    newest = [
        each["pattern"]
        for each in case["patterns"]
        if "7.0.0" in each["versions"] and "remediation" in each["role"]
    ]

    assert case["ids"] == control.ids()
    assert (newest[0] if newest else None) == control.pattern
    assert (case.get("metric_name"), case.get("alarm_name")) == (control.metric_name, control.alarm_name)
    assert (case["severity"], tuple(case["known_gaps"])) == (control.severity.value, control.gaps)


def test_fifteen_controls_are_watched_and_each_provision_is_valid() -> None:
    watched = watched_controls()
    for control in watched:
        made = provision(control, "CloudTrail/logs", ("arn:aws:sns:us-east-1:000000000000:security-alarms",))
        parse_pattern(made.metric_filter.pattern)
        check_alarm(made.alarm)

    assert len(watched) == 15


def test_a_provision_has_the_benchmarks_values() -> None:
    made = provision(control_of("unauthorized_api_calls"), "CloudTrail/logs")

    assert made.metric_filter.name == "unauthorized-api-calls"
    assert made.metric_filter.transformation.metric == made.alarm.metric
    assert (made.alarm.metric.namespace, made.alarm.metric.name) == (
        "CISBenchmark",
        "unauthorized_api_calls_metric",
    )
    assert (300, 1, 1.0) == (made.alarm.period_seconds, made.alarm.evaluation_periods, made.alarm.threshold)
    assert ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD == made.alarm.comparison_operator
    assert TreatMissingData.NOT_BREACHING == made.alarm.treat_missing_data


def test_a_key_may_be_written_with_hyphens_and_a_wrong_one_names_the_nearest() -> None:
    assert control_of("root-usage") is control_of("root_usage")

    with pytest.raises(UnknownControlError, match="did you mean root_usage"):
        control_of("root_use")
