"""The minutes of a metric, and which of them each slot holds, for all slots that evaluations look at.

Slots slide: each evaluation looks at slots that those before it have not looked at. But there are only as
many different slots as there are instants at which one may begin.
"""

import functools
import math
import operator
from array import array
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from trailbell.metrics import Histogram, Samples, StatisticSet, merge_samples
from trailbell.replay._minutes import Minute

__all__ = ["Series", "SlotGrid", "filled_slots"]

# Sums of whole numbers below are exact in any order.
_MOST_EXACT = 2.0**53


class Series:
    """The minutes of one metric in one unit, oldest first, in little memory.

    Args:
        minutes: They.
        with_histograms: Whether their histograms are needed.
    """

    def __init__(self, minutes: Iterable[Minute], *, with_histograms: bool) -> None:
        self.starts = array("q")
        self._counts, self._sums = array("d"), array("d")
        self._lowest, self._highest = array("d"), array("d")
        self._with_histograms = with_histograms
        self._histograms: dict[int, Histogram] = {}
        for position, minute in enumerate(minutes):
            statistics = minute.statistics
            self.starts.append(minute.start_ms)
            self._counts.append(statistics.sample_count)
            self._sums.append(statistics.sum)
            self._lowest.append(statistics.minimum)
            self._highest.append(statistics.maximum)
            if with_histograms and minute.histogram is not None:
                self._histograms[position] = minute.histogram
        self._is_one_value = bool(self.starts) and min(self._lowest) == max(self._highest)
        self._counts_before = _exact_prefix(self._counts)
        self._sums_before = _exact_prefix(self._sums)

    def samples(self, first: int, end: int) -> Samples:
        """Sums up the minutes from one position up to another; there is at least one."""
        if self._with_histograms and not self._is_one_value:
            return merge_samples([self._at(position) for position in range(first, end)])
        if self._is_one_value:
            lowest = highest = self._lowest[0]
        else:
            lowest, highest = min(self._lowest[first:end]), max(self._highest[first:end])
        statistics = StatisticSet(
            _total(self._counts, self._counts_before, first, end),
            _total(self._sums, self._sums_before, first, end),
            lowest,
            highest,
        )
        return statistics, None

    def _at(self, position: int) -> Samples:
        statistics = StatisticSet(
            self._counts[position], self._sums[position], self._lowest[position], self._highest[position]
        )
        return statistics, self._histograms.get(position)


def _exact_prefix(values: Sequence[float]) -> "array[float] | None":
    """Returns the sums of all values before each, None where rounding would make a difference."""
    if not all(map(float.is_integer, values)) or sum(map(abs, values)) >= _MOST_EXACT:
        return None
    prefix = array("d", [0.0])
    total = 0.0
    for value in values:
        total += value
        prefix.append(total)
    return prefix


def _total(values: Sequence[float], before: "array[float] | None", first: int, end: int) -> float:
    if before is not None:
        return before[end] - before[first]
    # From front to back, as sets are merged; sum() may round otherwise.
    return functools.reduce(operator.add, values[first:end])


class SlotGrid(msgspec.Struct, frozen=True):
    """The slots that evaluations in a row look at, by where they begin.

    Attributes:
        base_ms: Where the first slot begins.
        step_ms: How far apart slots begin.
        number: How many there are.
        slots: How many each evaluation looks at.
        stride: How many steps long a slot is.
        pace: How many steps lie between two evaluations.
        evaluations: How many evaluations there are.
    """

    base_ms: int
    step_ms: int
    number: int
    slots: int
    stride: int
    pace: int
    evaluations: int

    @classmethod
    def of(cls, ends_ms: range, period_ms: int, slots: int) -> "SlotGrid":
        """Returns the grid of evaluations by where the newest slot of each ends."""
        step_ms = math.gcd(period_ms, ends_ms.step)
        base_ms = ends_ms[0] - slots * period_ms
        number = (ends_ms[-1] - period_ms - base_ms) // step_ms + 1
        stride, pace = period_ms // step_ms, ends_ms.step // step_ms
        return cls(base_ms, step_ms, number, slots, stride, pace, len(ends_ms))

    def slices(self) -> Iterator[slice]:
        """Yields what each evaluation looks at, the oldest slot first."""
        return map(self.slice_of, range(self.evaluations))

    def slice_of(self, number: int) -> slice:
        """Returns what one evaluation looks at, by its number."""
        oldest = number * self.pace
        return slice(oldest, oldest + (self.slots - 1) * self.stride + 1, self.stride)

    @property
    def period_ms(self) -> int:
        """How long a slot is."""
        return self.stride * self.step_ms


def filled_slots(series: Series, grid: SlotGrid) -> Iterator[tuple[slice, tuple[int, int]]]:
    """Yields which slots in a row hold the same minutes, and which: the position of the first and the end."""
    base_ms, step_ms, number, period_ms = grid.base_ms, grid.step_ms, grid.number, grid.period_ms
    starts, total = series.starts, len(series.starts)
    first = end = 0
    slot = 0
    while slot < number:
        start_ms = base_ms + slot * step_ms
        while first < total and starts[first] < start_ms:
            first += 1
        end = max(end, first)
        while end < total and starts[end] < start_ms + period_ms:
            end += 1
        # The next slot that holds other minutes: without the first one of these, or with one more.
        following = number
        if first < end:
            following = (starts[first] - base_ms) // step_ms + 1
        if end < total:
            following = min(following, (starts[end] - period_ms - base_ms) // step_ms + 1)
        following = min(max(following, slot + 1), number)
        if first < end:
            yield slice(slot, following), (first, end)
        slot = following
