"""Early alarms: judging data the moment it arrives, where waiting for the tick cannot change the outcome."""

from collections.abc import Sequence

from trailbell.alarms._alarm import Alarm, AlarmState, ComparisonOperator
from trailbell.alarms._decision import decide
from trailbell.alarms._evaluate import Verdict, verdict_of
from trailbell.alarms._readings import AlarmData, Reading, readings_at
from trailbell.alarms._reason import reason_data_of
from trailbell.alarms._slots import coming_tick
from trailbell.metrics import Statistic

__all__ = ["evaluate_eagerly"]

_RISING_STATISTICS = (Statistic.SUM, Statistic.SAMPLE_COUNT, Statistic.MAXIMUM)
_UPWARD_COMPARISONS = (
    ComparisonOperator.GREATER_THAN_THRESHOLD,
    ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
)


def evaluate_eagerly(
    alarm: Alarm,
    datapoints: AlarmData,
    previous: AlarmState,
    now_ms: int,
    tick_offset_seconds: int = 0,
) -> Verdict | None:
    """Judges an alarm at once, as its coming tick will; returns a verdict only for a lasting move to ALARM.

    The slots are those of the coming tick, so the newest one holds the open minute.
    `datapoints` cover `evaluation_range(alarm, coming_tick(alarm, now_ms, tick_offset_seconds))`.
    A verdict is returned when all of this holds, otherwise None:

    * The alarm is not in ALARM, its period is at least 60 seconds, its statistic is Sum, SampleCount or
      Maximum and its operator `>` or `>=`. Then samples can only lift a slot, never bring it back.
    * For Sum, no sample in the range is negative.
    * The newest slot breaches, so that data with an old timestamp waits for the tick.
    * Of the EvaluationPeriods newest slots, gaps included, at least DatapointsToAlarm breach. Late data may
      fill any gap with good points, but these slots stay among the newest EvaluationPeriods real ones, so
      they reach DatapointsToAlarm under every treatment of missing data.

    The tick then finds ALARM whatever has arrived meanwhile and whatever the state was.
    So every state after a tick is the same as without early judgement, and ALARM only begins earlier.
    This rests on three premises:

    * Every tick due by `now_ms` has been done. A caller whose ticks come some seconds after the whole minute
      says so with `tick_offset_seconds`, and judges again right after each tick, for data of the new minute.
    * For Sum, samples yet to come are not negative either.
    * The series keeps to one unit, or the alarm names its unit.
    """
    if previous == AlarmState.ALARM or not _only_rises(alarm):
        return None
    tick_ms = coming_tick(alarm, now_ms, tick_offset_seconds)
    readings = readings_at(alarm, datapoints, tick_ms)
    if not _is_lasting(alarm, readings):
        return None
    decision = decide(alarm, readings, previous)
    return verdict_of(alarm, decision, previous, reason_data_of(alarm, decision, readings, now_ms, tick_ms))


def _only_rises(alarm: Alarm) -> bool:
    return (
        alarm.period_seconds >= 60
        and alarm.statistic in _RISING_STATISTICS
        and alarm.comparison_operator in _UPWARD_COMPARISONS
    )


def _is_lasting(alarm: Alarm, readings: Sequence[Reading]) -> bool:
    if not readings or readings[0].position != 0 or not readings[0].breaches:
        return False
    if alarm.statistic == Statistic.SUM and any(reading.lowest < 0 for reading in readings):
        return False
    lasting = sum(reading.breaches for reading in readings if reading.position < alarm.evaluation_periods)
    return lasting >= alarm.breaches_to_alarm
