"""The distribution of the samples of one window: its bins, clamped to the extremes, in order of rank.

Ranks count samples from the lowest. The rules are those of metrics-and-alarms section 2.3.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

import msgspec

from trailbell.metrics._histogram import Histogram, bin_edges
from trailbell.metrics._statistics import StatisticSet

__all__ = ["ROUNDING", "Bin", "Distribution", "distribution_of"]

ROUNDING = 1e-12
"""A share below this is taken for rounding: a rank at the very end of a bin does not reach the next."""

# How far the counts of a histogram and a statistic set that were summed in different order may differ.
_DRIFT = 1e-6


class Bin(msgspec.Struct, frozen=True):
    """Samples of which it is known only how many there are, and between which values; or a part of them."""

    low: float
    high: float
    count: float


class Distribution(msgspec.Struct, frozen=True):
    """The bins that hold samples, lowest first; ``ranks`` are where each of them ends."""

    bins: Sequence[Bin]
    ranks: Sequence[float]
    minimum: float
    maximum: float

    @property
    def total(self) -> float:
        """The count of all samples."""
        return self.ranks[-1]

    def rank_of(self, percent: float) -> float:
        """Returns the rank below which so many per cent of the samples lie."""
        return percent * self.total / 100

    def position_of(self, rank: float) -> int:
        """Returns which bin a rank falls into: the first that ends at it or above."""
        found = bisect_left(self.ranks, rank - self.total * ROUNDING)
        return min(found, len(self.bins) - 1)

    def percentile(self, percent: float) -> float:
        """Returns the value at a percentile, interpolated geometrically inside its bin."""
        rank = self.rank_of(percent)
        position = self.position_of(rank)
        found = self.bins[position]
        if found.low == found.high:
            return found.low
        before = self.ranks[position] - found.count
        share = min(max((rank - before) / found.count, 0.0), 1.0)
        return float(min(max(found.low * (found.high / found.low) ** share, found.low), found.high))


def distribution_of(statistics: StatisticSet, histogram: Histogram) -> Distribution | None:
    """Returns the distribution of a window, or None where it is not known (2.5).

    That is where there are no samples, where one is negative or hidden in a statistic set of different
    values, and where the histogram does not hold as many samples as the statistic set. If all samples have
    one value, the statistic set is enough.
    """
    if statistics.is_of_one_value:
        histogram = Histogram.of_statistics(statistics)
    minimum, maximum = statistics.minimum, statistics.maximum
    if not histogram.is_complete or minimum < 0:
        return None
    # Where zeros stand was recorded for percentiles, for PR, and for TM and TC between values.
    bins = [Bin(0.0, 0.0, histogram.zeros)] if histogram.zeros > 0 else []
    for index, count in histogram.bins:
        low, high = bin_edges(index)
        bins.append(Bin(min(max(low, minimum), maximum), max(min(high, maximum), minimum), count))
    ranks = list(accumulate(each.count for each in bins))
    if not ranks or not math.isclose(ranks[-1], statistics.sample_count, rel_tol=_DRIFT):
        return None
    return Distribution(bins, ranks, minimum, maximum)
