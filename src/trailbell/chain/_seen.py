"""What the last evaluation of each alarm saw, so that data which came after it can be told from the rest."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from trailbell.alarms import Alarm, evaluation_range
from trailbell.metrics import Datapoint, MetricKey

__all__ = ["AlarmDatapoints", "LateSlot", "Seen", "late_slots", "seen_in"]

# How many slots, the newest first, are remembered of one alarm. Older ones decide little.
_MOST_SLOTS = 100

AlarmDatapoints = Mapping[MetricKey, Collection[Datapoint]]
"""Datapoints of each metric that an alarm watches."""


class Seen(msgspec.Struct, frozen=True):
    """How many samples the slots of one evaluation held, the newest slot first; what is left out held none.

    ``alarm_hash`` tells another definition of the same name.
    """

    at_ms: int
    alarm_hash: int
    counts: tuple[float, ...]


class LateSlot(msgspec.Struct, frozen=True):
    """A slot that holds more samples than when it was last judged."""

    start_ms: int
    count_then: float
    count: float


def seen_in(alarm: Alarm, datapoints: AlarmDatapoints, at_ms: int) -> Seen:
    """Sums up what an evaluation at an instant looks at."""
    start_ms, end_ms = evaluation_range(alarm, at_ms)
    period_ms = alarm.period_seconds * 1000
    most = min((end_ms - start_ms) // period_ms, _MOST_SLOTS)
    counts: list[float] = []
    for series in datapoints.values():
        for each in series:
            position = (end_ms - 1 - each.start_ms) // period_ms
            if 0 <= position < most and alarm.unit in {None, each.unit}:
                counts.extend([0.0] * (position + 1 - len(counts)))
                counts[position] += each.statistics.sample_count
    return Seen(at_ms, hash(alarm), tuple(counts))


def late_slots(alarm: Alarm, seen: Seen, datapoints: AlarmDatapoints, since_ms: int) -> Sequence[LateSlot]:
    """Lists the slots of an evaluation that data has come to since, newest first.

    Args:
        alarm: The definition.
        seen: What the evaluation saw.
        datapoints: What its slots hold now.
        since_ms: Slots that end before that are left out.
    """
    _, end_ms = evaluation_range(alarm, seen.at_ms)
    period_ms = alarm.period_seconds * 1000
    late = []
    for position, count in enumerate(seen_in(alarm, datapoints, seen.at_ms).counts):
        then = seen.counts[position] if position < len(seen.counts) else 0.0
        start_ms = end_ms - (position + 1) * period_ms
        if count > then and start_ms + period_ms > since_ms:
            late.append(LateSlot(start_ms, then, count))
    return late
