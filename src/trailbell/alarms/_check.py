"""Whether AWS would take an alarm: the limits of PutMetricAlarm (metrics-and-alarms section 3)."""

import math

from trailbell.alarms._alarm import Alarm, AlarmDefinitionError
from trailbell.alarms._limits import (
    Violations,
    action_violations,
    at_least_one,
    check_action_arns,
    check_name,
    length,
    one_of,
    refuse_violations,
    size,
)
from trailbell.alarms._metrics_list import metrics_violations
from trailbell.metrics import STANDARD_UNITS

__all__ = ["check_alarm"]

_DAY_SECONDS = 86_400
_WEEK_SECONDS = 604_800
_HIGH_RESOLUTION_PERIODS = (10, 20, 30)


def check_alarm(alarm: Alarm) -> None:
    """Raises AlarmDefinitionError for the first thing AWS would refuse; corrects nothing.

    Violated lengths and ranges are reported together, as AWS does; `field` then names the first of them.
    Where AWS's own text is not known the message is a plain sentence.
    """
    refuse_violations(_violations(alarm))
    check_name(alarm.name)
    _check_dimensions(alarm)
    _check_window(alarm)
    check_action_arns(alarm)


def _violations(alarm: Alarm) -> Violations:
    yield from length("AlarmName", alarm.name, 1, 255)
    yield from length("AlarmDescription", alarm.description or "", 0, 1024)
    yield from length("Namespace", alarm.metric.namespace, 1, 255)
    yield from length("MetricName", alarm.metric.name, 1, 255)
    yield from size("Dimensions", [name for name, _ in alarm.metric.dimensions], 30)
    yield from at_least_one("Period", alarm.period_seconds)
    yield from at_least_one("EvaluationPeriods", alarm.evaluation_periods)
    if alarm.datapoints_to_alarm is not None:
        yield from at_least_one("DatapointsToAlarm", alarm.datapoints_to_alarm)
    if alarm.unit is not None:
        yield from one_of("Unit", alarm.unit, STANDARD_UNITS)
    yield from metrics_violations(alarm.metrics)
    yield from action_violations(alarm)


def _check_dimensions(alarm: Alarm) -> None:
    for metric in alarm.watched:
        names = [name for name, _ in metric.dimensions]
        if len(set(names)) < len(names):
            raise AlarmDefinitionError("Dimensions", "No metric may specify the same dimension name twice.")


def _check_window(alarm: Alarm) -> None:
    period, periods = alarm.period_seconds, alarm.evaluation_periods
    if period not in _HIGH_RESOLUTION_PERIODS and period % 60:
        raise AlarmDefinitionError(
            "Period", f"The period {period} is not valid: it must be 10, 20, 30 or a multiple of 60 seconds."
        )
    longest = _WEEK_SECONDS if period >= 3600 else _DAY_SECONDS
    if period * periods > longest:
        raise AlarmDefinitionError(
            "EvaluationPeriods",
            f"EvaluationPeriods x Period is {period * periods} seconds; it must be at most {_DAY_SECONDS} "
            f"for a period below 3600 seconds and at most {_WEEK_SECONDS} otherwise.",
        )
    if alarm.breaches_to_alarm > periods:
        raise AlarmDefinitionError(
            "DatapointsToAlarm", "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
        )
    if not math.isfinite(alarm.threshold):
        raise AlarmDefinitionError("Threshold", f"The threshold {alarm.threshold} is not a finite number.")
