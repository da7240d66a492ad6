"""What the slots of an alarm hold, for all slots that its evaluations look at, worked out once.

Slots slide: each evaluation looks at slots that those before it have not looked at. But there are only as
many different slots as there are instants at which one may begin, and of each only matters whether it has no
value, a value, or one that breaches.
"""

import functools
import operator
from array import array
from collections.abc import Callable, Iterable, Sequence

from trailbell.metrics import Histogram, Samples, StatisticSet, merge_samples
from trailbell.replay._minutes import Minute

__all__ = ["BREACHING", "EMPTY", "HELD", "Series", "slot_contents"]

EMPTY, HELD, BREACHING = 0, 1, 2
"""No value, a value that does not breach, one that does."""

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


def slot_contents(
    series: Series, grid: tuple[int, int, int], period_ms: int, content_of: Callable[[Samples], int]
) -> bytearray:
    """Returns what each slot holds that begins on a grid.

    Args:
        series: The data.
        grid: Where the first slot begins, how far apart they begin, and how many there are.
        period_ms: How long a slot is.
        content_of: Tells what a slot of these samples holds.
    """
    base_ms, step_ms, number = grid
    starts, total = series.starts, len(series.starts)
    contents = bytearray(number)
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
            content = content_of(series.samples(first, end))
            contents[slot:following] = bytes((content,)) * (following - slot)
        slot = following
    return contents
