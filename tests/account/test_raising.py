"""Would one event raise the alarm? What is said of it is what its evaluation does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.account._alarm_definition import watcher_of
from trailbell.account._raising import Background, Sample, raising
from trailbell.account._snapshot import FoundAlarm
from trailbell.alarms import Alarm
from trailbell.metrics import MetricKey

METRIC = MetricKey("N", "m")
SAMPLE = Sample(METRIC, 1.0, "None")
ZEROS = (Background(METRIC, 0.0, "None"),)


def alarm(**more: Any) -> Alarm:
    definition = {
        "MetricName": "m",
        "Namespace": "N",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        **more,
    }
    given = {name: value for name, value in definition.items() if value is not None}
    made = watcher_of(FoundAlarm("arn:aws:cloudwatch:us-east-1:111122223333:alarm:a", given)).alarm
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("more", "alone", "amid_zeros"),
    [
        ({}, True, True),
        ({"Statistic": "Average"}, True, False),
        ({"Statistic": "Minimum"}, True, False),
        ({"Statistic": "Maximum"}, True, True),
        ({"Statistic": "SampleCount"}, True, False),
        ({"Statistic": None, "ExtendedStatistic": "p99"}, True, True),
        ({"Threshold": 2.0}, False, False),
        ({"Threshold": 0.0}, True, False),
        ({"Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold"}, True, True),
        ({"ComparisonOperator": "LessThanThreshold"}, False, False),
        ({"EvaluationPeriods": 2, "DatapointsToAlarm": 1}, True, True),
        ({"EvaluationPeriods": 2, "DatapointsToAlarm": 2}, False, False),
        ({"TreatMissingData": "breaching"}, False, False),
        ({"TreatMissingData": "missing"}, True, True),
        ({"TreatMissingData": "ignore"}, True, True),
        ({"Period": 10}, True, True),
        ({"Period": 86_400}, True, True),
        ({"Period": 604_800}, True, True),
        ({"Period": 60, "EvaluationPeriods": 1440, "DatapointsToAlarm": 1}, True, True),
    ],
)
def test_an_alarm_is_raised_or_not(more: dict[str, Any], alone: bool, amid_zeros: bool) -> None:
    made = alarm(**more)
    told = (raising(made, SAMPLE, ()), raising(made, SAMPLE, ZEROS))

    assert (alone, amid_zeros) == (told[0].is_raised, told[1].is_raised)
    assert all(bool(each.reason) != each.is_raised for each in told)


def test_an_alarm_that_ignores_missing_data_rings_once() -> None:
    assert raising(alarm(TreatMissingData="ignore"), SAMPLE, ()).stays
    assert not raising(alarm(TreatMissingData="ignore"), SAMPLE, ZEROS).stays
    assert not raising(alarm(), SAMPLE, ()).stays


@given(
    threshold=st.floats(0.5, 20),
    value=st.floats(0.5, 20),
    period=st.sampled_from([10, 60, 300, 3600]),
    periods=st.integers(1, 5),
)
def test_a_sum_of_one_datapoint_is_raised_by_what_reaches_its_threshold(
    threshold: float, value: float, period: int, periods: int
) -> None:
    made = alarm(Threshold=threshold, Period=period, EvaluationPeriods=periods, DatapointsToAlarm=1)
    told = raising(made, Sample(METRIC, value, "None"), ZEROS)

    assert (value >= threshold) == told.is_raised
