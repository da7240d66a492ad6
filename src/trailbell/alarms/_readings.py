"""What an evaluation sees: one value for each slot of its range that has one.

Slots and range are those of metrics-and-alarms section 6; metric math follows section 7.1.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from trailbell.alarms._alarm import Alarm
from trailbell.alarms._comparison import breaches
from trailbell.alarms._slots import newest_slot_end, slot_count
from trailbell.metrics import (
    Datapoint,
    MathGrid,
    MathPlan,
    MathQuery,
    MetricDataQuery,
    MetricKey,
    Samples,
    evaluate_math,
    merge_samples,
    plan_math,
    statistic_by_name,
)

__all__ = ["AlarmData", "Reading", "readings_at", "reads_clock"]

_PLANS_KEPT = 1024

AlarmData: TypeAlias = Iterable[Datapoint] | Mapping[MetricKey, Iterable[Datapoint]]
"""Datapoints of the one metric of an alarm, or of each metric that it watches."""


class Reading(msgspec.Struct, frozen=True):
    """One slot with a value: its position counted from the newest (0), its samples, and how it compares.

    `lowest` is below 0 where a sample was negative. Of metric math `sample_count` is 0: it has no samples.
    """

    position: int
    start_ms: int
    sample_count: float
    lowest: float
    value: float
    breaches: bool


def readings_at(alarm: Alarm, data: AlarmData, at_ms: int) -> list[Reading]:
    """Returns the real datapoints of the evaluation range of `at_ms`, newest first.

    A slot whose statistic has no value, such as a percentile of negative samples, counts as empty.

    Raises:
        MathError: An expression cannot be evaluated.
    """
    by_metric = data if isinstance(data, Mapping) else {alarm.metric: data}
    if alarm.metrics:
        return _math_readings(alarm, by_metric, at_ms)
    filled = _filled(alarm, by_metric.get(alarm.metric, ()), alarm.unit, at_ms)
    readings = []
    for position, (statistics, histogram) in filled.items():
        value = statistic_by_name(alarm.statistic_name, statistics, histogram)
        if value is not None:
            lowest = min(statistics.minimum, statistics.sum)
            readings.append(_reading(alarm, at_ms, position, value, (statistics.sample_count, lowest)))
    return readings


def _math_readings(
    alarm: Alarm, by_metric: Mapping[MetricKey, Iterable[Datapoint]], at_ms: int
) -> list[Reading]:
    end, period_ms, count = newest_slot_end(alarm, at_ms), alarm.period_seconds * 1000, slot_count(alarm)
    series = {}
    for query in alarm.metrics:
        stat = query.metric_stat
        if stat is not None:
            filled = _filled(alarm, by_metric.get(stat.metric, ()), stat.unit, at_ms)
            told = {
                end - (position + 1) * period_ms: statistic_by_name(stat.stat, *samples)
                for position, samples in filled.items()
            }
            series[query.id] = {start_ms: value for start_ms, value in told.items() if value is not None}
    starts = tuple(end - position * period_ms for position in range(count, 0, -1))
    returned = _returned_id(alarm)
    plan = _plan_of(alarm.metrics, alarm.period_seconds)
    [result] = evaluate_math(plan, series, MathGrid(starts, alarm.period_seconds), [returned])[returned]
    return [
        _reading(alarm, at_ms, (end - start_ms) // period_ms - 1, value, (0.0, 0.0))
        for start_ms, value in reversed(result.points)
    ]


def reads_clock(alarm: Alarm) -> bool:
    """Returns whether an alarm may move though its slots hold what they held before, as by ``HOUR``."""
    if not alarm.metrics:
        return False
    return _plan_of(alarm.metrics, alarm.period_seconds).reads_clock(_returned_id(alarm))


def _returned_id(alarm: Alarm) -> str:
    [returned] = [each.id for each in alarm.metrics if each.is_returned]
    return returned


# To plan takes as long as to evaluate.
@functools.lru_cache(_PLANS_KEPT)
def _plan_of(metrics: tuple[MetricDataQuery, ...], period_seconds: int) -> MathPlan:
    return plan_math([MathQuery(each.id, each.expression, None, period_seconds) for each in metrics])


def _filled(
    alarm: Alarm, datapoints: Iterable[Datapoint], unit: str | None, at_ms: int
) -> dict[int, Samples]:
    """Returns the samples of the slots that hold any, by position, newest first.

    A slot in which every count was 0 holds no samples. Without a unit, the alphabetically first in the range
    is read (6.7).
    """
    last_ms = newest_slot_end(alarm, at_ms) - 1
    period_ms, count = alarm.period_seconds * 1000, slot_count(alarm)
    by_unit: dict[str, dict[int, list[Samples]]] = {}
    for datapoint in datapoints:
        if unit is not None and datapoint.unit != unit:
            continue
        position = (last_ms - datapoint.start_ms) // period_ms
        if 0 <= position < count:
            slots = by_unit.setdefault(datapoint.unit, {})
            slots.setdefault(position, []).append((datapoint.statistics, datapoint.histogram))
    if not by_unit:
        return {}
    slots = by_unit[min(by_unit)]
    merged = ((position, merge_samples(slots[position])) for position in sorted(slots))
    return {position: samples for position, samples in merged if samples[0].sample_count}


def _reading(alarm: Alarm, at_ms: int, position: int, value: float, samples: tuple[float, float]) -> Reading:
    start_ms = newest_slot_end(alarm, at_ms) - (position + 1) * alarm.period_seconds * 1000
    sample_count, lowest = samples
    crosses = breaches(value, alarm.comparison_operator, alarm.threshold)
    return Reading(position, start_ms, sample_count, lowest, value, crosses)
