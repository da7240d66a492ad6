"""Which state an alarm is in: the rules of M out of N, missing data and premature alarms.

They are those of metrics-and-alarms section 7.
Nothing but the present state is remembered between evaluations.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from trailbell.alarms._alarm import Alarm, AlarmState, LowSampleCount, TreatMissingData
from trailbell.alarms._readings import Reading
from trailbell.metrics import least_sample_count, percent_of

__all__ = ["Decision", "VerdictCause", "decide"]


class VerdictCause(StrEnum):
    """Names the rule that decided."""

    ENOUGH_DATA = "enough_data"
    """At least EvaluationPeriods real datapoints: the newest of them decide, TreatMissingData is not used."""
    NO_DATA = "no_data"
    """No real datapoint in the range: TreatMissingData alone decides."""
    FILLED = "filled"
    """Some real datapoints, the missing ones counted as breaching or as not breaching."""
    PARTIAL_DATA = "partial_data"
    """Some real datapoints, gaps not filled: enough of them breach, or one of them does not."""
    PREMATURE = "premature"
    """Only breaches among gaps, the oldest of them as old as DatapointsToAlarm (the premature-alarm rule)."""
    IGNORED = "ignored"
    """The state is kept because missing data is to be ignored."""
    YOUNG = "young"
    """The state is kept because all real datapoints breach, but too lately for the premature-alarm rule."""
    LOW_SAMPLES = "low_samples"
    """The state is kept because the newest percentile is that of too few samples."""
    FAILED = "failed"
    """The state is kept because an expression could not be evaluated."""
    SET = "set"
    """No rule: somebody set the state by hand."""


class Decision(msgspec.Struct, frozen=True):
    """The state the rules lead to, the rule, the readings it looked at and those that speak for the state.

    Readings are newest first; there are none where the state is kept.
    """

    state: AlarmState
    cause: VerdictCause
    considered: Sequence[Reading] = ()
    supporting: Sequence[Reading] = ()


def decide(alarm: Alarm, readings: Sequence[Reading], previous: AlarmState) -> Decision:
    """Applies the rules to the readings of one evaluation range, newest first."""
    if _has_low_samples(alarm, readings):
        return Decision(previous, VerdictCause.LOW_SAMPLES)
    if len(readings) >= alarm.evaluation_periods:
        considered = readings[: alarm.evaluation_periods]
        return _decided(VerdictCause.ENOUGH_DATA, considered, _count(considered) >= alarm.breaches_to_alarm)
    if not readings:
        return _without_data(alarm.missing_data_treatment, previous)
    return _with_gaps(alarm, readings, previous)


def _has_low_samples(alarm: Alarm, readings: Sequence[Reading]) -> bool:
    """Says whether the newest slot with data decides that nothing is decided (3.8, uncertain point U16)."""
    if alarm.evaluate_low_sample_count_percentile is not LowSampleCount.IGNORE or not readings:
        return False
    percent = percent_of(alarm.statistic_name)
    return percent is not None and readings[0].sample_count < least_sample_count(percent)


def _without_data(treatment: TreatMissingData, previous: AlarmState) -> Decision:
    if treatment == TreatMissingData.IGNORE:
        return Decision(previous, VerdictCause.IGNORED)
    states = {
        TreatMissingData.MISSING: AlarmState.INSUFFICIENT_DATA,
        TreatMissingData.BREACHING: AlarmState.ALARM,
        TreatMissingData.NOT_BREACHING: AlarmState.OK,
    }
    return Decision(states[treatment], VerdictCause.NO_DATA)


def _with_gaps(alarm: Alarm, readings: Sequence[Reading], previous: AlarmState) -> Decision:
    treatment, needed = alarm.missing_data_treatment, alarm.breaches_to_alarm
    breaching = _count(readings)
    if treatment == TreatMissingData.BREACHING:
        missing = alarm.evaluation_periods - len(readings)
        return _decided(VerdictCause.FILLED, readings, breaching + missing >= needed)
    if treatment == TreatMissingData.NOT_BREACHING:
        return _decided(VerdictCause.FILLED, readings, breaching >= needed)
    if breaching >= needed or breaching < len(readings):
        return _decided(VerdictCause.PARTIAL_DATA, readings, breaching >= needed)
    if readings[-1].position + 1 < needed:
        return Decision(previous, VerdictCause.YOUNG)
    if treatment == TreatMissingData.IGNORE:
        return Decision(previous, VerdictCause.IGNORED)
    return _decided(VerdictCause.PREMATURE, readings, alarming=True)


def _decided(cause: VerdictCause, considered: Sequence[Reading], alarming: bool) -> Decision:
    supporting = [reading for reading in considered if reading.breaches == alarming]
    return Decision(AlarmState.ALARM if alarming else AlarmState.OK, cause, considered, supporting)


def _count(readings: Sequence[Reading]) -> int:
    return sum(reading.breaches for reading in readings)
