"""When and over what an alarm is evaluated: ticks, sliding slots and the evaluation range.

They are those of metrics-and-alarms section 6.
"""

from collections.abc import Iterable

import msgspec

from trailbell.alarms._alarm import Alarm
from trailbell.metrics import Datapoint, StatisticSet, floor_to

__all__ = [
    "Slot",
    "coming_tick",
    "evaluation_range",
    "newest_slot_end",
    "slot_count",
    "slots_at",
    "tick_interval_seconds",
]

_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3600
_DAY_SECONDS = 86_400
_HIGH_RESOLUTION_TICK_SECONDS = 10
_HIGH_RESOLUTION_LAG_MS = 10_000


class Slot(msgspec.Struct, frozen=True):
    """One period of the evaluation range, `[start_ms, end_ms)`; `statistics` is None where it is empty."""

    start_ms: int
    end_ms: int
    statistics: StatisticSet | None


def tick_interval_seconds(alarm: Alarm) -> int:
    """Returns how often AWS evaluates the alarm.

    That is every minute, every 10 seconds for a period below a minute, and every hour where
    EvaluationPeriods x Period is more than a day.
    """
    if alarm.period_seconds < _MINUTE_SECONDS:
        return _HIGH_RESOLUTION_TICK_SECONDS
    if alarm.period_seconds * alarm.evaluation_periods > _DAY_SECONDS:
        return _HOUR_SECONDS
    return _MINUTE_SECONDS


def coming_tick(alarm: Alarm, now_ms: int, tick_offset_seconds: int = 0) -> int:
    """Returns the whole tick the next evaluation after `now_ms` will look back from.

    `tick_offset_seconds` is how long after the whole minute this alarm is evaluated.
    """
    interval = tick_interval_seconds(alarm)
    return floor_to(now_ms - tick_offset_seconds * 1000, interval) + interval * 1000


def slot_count(alarm: Alarm) -> int:
    """Returns how many slots an evaluation fetches: more than EvaluationPeriods, to look past gaps (6.5)."""
    if alarm.period_seconds < _MINUTE_SECONDS:
        return alarm.evaluation_periods + _MINUTE_SECONDS // alarm.period_seconds
    return alarm.evaluation_periods + 2


def newest_slot_end(alarm: Alarm, at_ms: int) -> int:
    """Returns where the newest slot of an evaluation at `at_ms` ends.

    That is the last whole tick, so the open minute is left out; periods below a minute lag 10 seconds more.
    """
    end = floor_to(at_ms, tick_interval_seconds(alarm))
    return end - _HIGH_RESOLUTION_LAG_MS if alarm.period_seconds < _MINUTE_SECONDS else end


def evaluation_range(alarm: Alarm, at_ms: int) -> tuple[int, int]:
    """Returns what to fetch for an evaluation at `at_ms`: start (inclusive) and end (exclusive), in ms."""
    end = newest_slot_end(alarm, at_ms)
    return end - slot_count(alarm) * alarm.period_seconds * 1000, end


def slots_at(alarm: Alarm, datapoints: Iterable[Datapoint], at_ms: int) -> tuple[Slot, ...]:
    """Returns the slots of an evaluation at `at_ms`, newest first, empty ones included.

    Datapoints may come in any order and may lie outside the range.
    An alarm with a unit reads that unit only; one without reads the alphabetically first in the range (6.7).
    """
    filled = _filled_slots(alarm, datapoints, at_ms)
    end, period_ms = newest_slot_end(alarm, at_ms), alarm.period_seconds * 1000
    return tuple(
        Slot(end - (position + 1) * period_ms, end - position * period_ms, filled.get(position))
        for position in range(slot_count(alarm))
    )


def _filled_slots(alarm: Alarm, datapoints: Iterable[Datapoint], at_ms: int) -> dict[int, StatisticSet]:
    """Returns the statistics of the slots that hold samples, by position (0 is the newest), newest first.

    A slot in which every count was 0 holds no samples and is left out.
    """
    last_ms = newest_slot_end(alarm, at_ms) - 1
    period_ms, count = alarm.period_seconds * 1000, slot_count(alarm)
    by_unit: dict[str, dict[int, list[StatisticSet]]] = {}
    for datapoint in datapoints:
        if alarm.unit is not None and datapoint.unit != alarm.unit:
            continue
        position = (last_ms - datapoint.start_ms) // period_ms
        if 0 <= position < count:
            by_unit.setdefault(datapoint.unit, {}).setdefault(position, []).append(datapoint.statistics)
    if not by_unit:
        return {}
    slots = by_unit[min(by_unit)]
    merged = ((position, StatisticSet.merge(*slots[position])) for position in sorted(slots))
    return {position: statistics for position, statistics in merged if statistics.sample_count}
