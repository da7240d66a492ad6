"""What the evaluations of an alarm on metric math see: the values of all slots.

An expression may look at several slots and metrics, so that nothing less tells what it says.
"""

import math
from array import array
from collections.abc import Hashable, Iterator

import msgspec

from trailbell.alarms import Alarm, AlarmData, reads_clock
from trailbell.metrics import Datapoint, MetricKey, MetricStat, statistic_by_name, told_statistic
from trailbell.replay._minutes import Minutes
from trailbell.replay._slot_contents import SlotGrid, filled_slots
from trailbell.replay._slot_look import MetricRead, starts_of

__all__ = ["MathLook"]


class MathLook:
    """An alarm on metric math: each slot of each metric is worth its value."""

    def __init__(self, alarm: Alarm, minutes: Minutes) -> None:
        self._stats = dict.fromkeys(alarm.metric_stats)
        self.is_timeless = not reads_clock(alarm)
        extended = {each.metric for each in self._stats if told_statistic(each.stat) is None}
        self._read = {
            metric: MetricRead(metric, minutes, unit=None, with_histograms=metric in extended)
            for metric in alarm.watched
        }
        self.starts = starts_of(self._read.values())

    @property
    def can_know(self) -> bool:
        return all(each.is_of_one_unit for each in self._read.values())

    def over(self, grid: SlotGrid) -> "_MathGrid":
        held = {metric: _HeldSlots(read, grid) for metric, read in self._read.items()}
        return _MathGrid([held[stat.metric].values(stat) for stat in self._stats], held, grid)

    def what_rules_see(self, content: bytes) -> Hashable:
        return content


class _MathGrid(msgspec.Struct):
    values: "list[array[float]]"
    held: "dict[MetricKey, _HeldSlots]"
    grid: SlotGrid

    def contents(self) -> Iterator[bytes]:
        return (b"".join(each[part].tobytes() for each in self.values) for part in self.grid.slices())

    def data(self, number: int, span: tuple[int, int]) -> AlarmData:
        part = self.grid.slice_of(number)
        return {metric: [*held.datapoints(part, span[0])] for metric, held in self.held.items()}


class _HeldSlots:
    """Which minutes of a metric each slot of a grid holds."""

    def __init__(self, read: MetricRead, grid: SlotGrid) -> None:
        self._series, self._unit = read.series, read.unit
        self._grid = grid
        self._firsts, self._ends = (array("I", [0]) * grid.number for _ in range(2))
        for slots, (first, end) in filled_slots(read.series, grid):
            self._firsts[slots] = array("I", [first]) * (slots.stop - slots.start)
            self._ends[slots] = array("I", [end]) * (slots.stop - slots.start)

    def values(self, stat: MetricStat) -> "array[float]":
        """Returns a statistic for each slot, which is no number where there is none."""
        values = array("d", [math.nan]) * self._grid.number
        if stat.unit not in {None, self._unit}:
            return values
        for slots, (first, end) in filled_slots(self._series, self._grid):
            samples = self._series.samples(first, end)
            # Where every count was 0 there are no samples.
            value = statistic_by_name(stat.stat, *samples) if samples[0].sample_count else None
            if value is not None:
                values[slots] = array("d", [value]) * (slots.stop - slots.start)
        return values

    def datapoints(self, part: slice, start_ms: int) -> Iterator[Datapoint]:
        """Yields what some slots hold, of which the first begins at an instant, a datapoint each."""
        for first, end in zip(self._firsts[part], self._ends[part], strict=True):
            if first < end:
                statistics, histogram = self._series.samples(first, end)
                yield Datapoint(start_ms, statistics, self._unit, histogram)
            start_ms += self._grid.period_ms
