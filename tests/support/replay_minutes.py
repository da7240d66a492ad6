"""Minutes of metrics as a replay holds them, made up, and an alarm judged over them at every tick."""

import sqlite3
from collections.abc import Mapping, Sequence

from support.clock import MINUTE_MS, START_MS
from trailbell.alarms import Alarm, AlarmState, evaluate, evaluation_range, tick_interval_seconds
from trailbell.metrics import Histogram, MetricKey, sum_up
from trailbell.replay._alarm_run import Move
from trailbell.replay._minutes import Minutes
from trailbell.replay._parts import Delta

__all__ = ["filled", "one_by_one"]


def filled(
    database: sqlite3.Connection,
    values: Mapping[MetricKey, Mapping[int, Sequence[float]]],
    units: tuple[str, ...] = ("None",),
) -> Minutes:
    """Minutes that hold values of metrics, each in its unit in turn, as several parts bring them."""
    minutes = Minutes(database, [(metric, unit) for metric in values for unit in units])
    for position, samples_of in enumerate(values.values()):
        for number, (minute, samples) in enumerate(samples_of.items()):
            series = position * len(units) + number % len(units)
            for part in (samples[:2], samples[2:]):
                if part:
                    minutes.add([_delta(series, START_MS + minute * MINUTE_MS, part)])
    minutes.close()
    return minutes


def _delta(series: int, minute_ms: int, samples: Sequence[float]) -> Delta:
    statistics, histogram = sum_up({value: float(samples.count(value)) for value in samples})
    assert histogram is None or isinstance(histogram, Histogram)
    return Delta(
        series,
        minute_ms,
        statistics.sample_count,
        statistics.sum,
        statistics.minimum,
        statistics.maximum,
        None if histogram is None else histogram.to_bytes(),
        None,
        None,
    )


def one_by_one(definition: Alarm, minutes: Minutes, start_ms: int, end_ms: int) -> list[Move]:
    """Makes every evaluation there is."""
    interval_ms = tick_interval_seconds(definition) * 1000
    state = AlarmState.INSUFFICIENT_DATA
    moves = []
    for at_ms in range(start_ms + 5000, end_ms, 10_000):
        is_first = at_ms == start_ms + 5000
        if not is_first and (at_ms - 5000) % interval_ms:
            continue
        span = evaluation_range(definition, at_ms)
        datapoints = {metric: minutes.datapoints(metric, span) for metric in definition.watched}
        verdict = evaluate(definition, datapoints, state, at_ms)
        if verdict.changed:
            moves.append(Move(at_ms, state, verdict))
            state = verdict.state
    return moves
