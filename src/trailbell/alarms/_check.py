"""Whether AWS would take an alarm: the limits of PutMetricAlarm (metrics-and-alarms section 3)."""

import math
import re
from collections.abc import Iterator, Sequence

from trailbell.alarms._alarm import Alarm, AlarmDefinitionError
from trailbell.metrics import STANDARD_UNITS

__all__ = ["check_alarm"]

_DAY_SECONDS = 86_400
_WEEK_SECONDS = 604_800
_HIGH_RESOLUTION_PERIODS = (10, 20, 30)
_ARN = re.compile(r"arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S.*")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")

_Violations = Iterator[tuple[str, str]]


def check_alarm(alarm: Alarm) -> None:
    """Raises AlarmDefinitionError for the first thing AWS would refuse; corrects nothing.

    Violated lengths and ranges are reported together, as AWS does; `field` then names the first of them.
    Where AWS's own text is not known the message is a plain sentence.
    """
    violations = list(_violations(alarm))
    if violations:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected: "
        raise AlarmDefinitionError(violations[0][0], count + "; ".join(text for _, text in violations))
    _check_names(alarm)
    _check_window(alarm)
    _check_actions(alarm)


def _violations(alarm: Alarm) -> _Violations:
    yield from _length("AlarmName", alarm.name, 1, 255)
    yield from _length("AlarmDescription", alarm.description or "", 0, 1024)
    yield from _length("Namespace", alarm.metric.namespace, 1, 255)
    yield from _length("MetricName", alarm.metric.name, 1, 255)
    yield from _size("Dimensions", [name for name, _ in alarm.metric.dimensions], 30)
    yield from _at_least_one("Period", alarm.period_seconds)
    yield from _at_least_one("EvaluationPeriods", alarm.evaluation_periods)
    if alarm.datapoints_to_alarm is not None:
        yield from _at_least_one("DatapointsToAlarm", alarm.datapoints_to_alarm)
    if alarm.unit is not None and alarm.unit not in STANDARD_UNITS:
        allowed = ", ".join(STANDARD_UNITS)
        yield "Unit", _violation("Unit", alarm.unit, f"Member must satisfy enum value set: [{allowed}]")
    for parameter, actions in _actions(alarm):
        yield from _size(parameter, actions, 5)
        yield from _member_lengths(parameter, actions)


def _violation(parameter: str, value: str, constraint: str) -> str:
    path = parameter[0].lower() + parameter[1:]
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _length(parameter: str, value: str, shortest: int, longest: int) -> _Violations:
    if len(value) < shortest:
        text = f"Member must have length greater than or equal to {shortest}"
        yield parameter, _violation(parameter, value, text)
    if len(value) > longest:
        yield (
            parameter,
            _violation(parameter, value, f"Member must have length less than or equal to {longest}"),
        )


def _size(parameter: str, members: Sequence[str], most: int) -> _Violations:
    if len(members) > most:
        listed = f"[{', '.join(members)}]"
        yield (
            parameter,
            _violation(parameter, listed, f"Member must have length less than or equal to {most}"),
        )


def _member_lengths(parameter: str, members: Sequence[str]) -> _Violations:
    if any(not 1 <= len(member) <= 1024 for member in members):
        constraint = (
            "Member must satisfy constraint: [Member must have length less than or equal to 1024, "
            "Member must have length greater than or equal to 1]"
        )
        yield parameter, _violation(parameter, f"[{', '.join(members)}]", constraint)


def _at_least_one(parameter: str, value: int) -> _Violations:
    if value < 1:
        yield (
            parameter,
            _violation(parameter, str(value), "Member must have value greater than or equal to 1"),
        )


def _check_names(alarm: Alarm) -> None:
    if _CONTROL_CHARACTER.search(alarm.name):
        raise AlarmDefinitionError("AlarmName", "AlarmName must not contain ASCII control characters.")
    names = [name for name, _ in alarm.metric.dimensions]
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


def _check_actions(alarm: Alarm) -> None:
    for parameter, actions in _actions(alarm):
        for action in actions:
            if not _ARN.fullmatch(action):
                raise AlarmDefinitionError(parameter, f"Invalid arn syntax: {action}")


def _actions(alarm: Alarm) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("OKActions", alarm.ok_actions),
        ("AlarmActions", alarm.alarm_actions),
        ("InsufficientDataActions", alarm.insufficient_data_actions),
    )
