"""Samples summed up: a statistic set, and a histogram beside it only where that says more.

The histogram is left out (None) where the statistic set says all there is to say: that every sample has the
same value, or that nobody knows how they are distributed (metrics-and-alarms 2.5).
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from trailbell.metrics._extended_statistics import extended_statistic
from trailbell.metrics._histogram import Histogram
from trailbell.metrics._statistic_name import told_statistic
from trailbell.metrics._statistics import StatisticSet, statistic_of

__all__ = ["Samples", "is_told_by", "known_histogram", "merge_samples", "statistic_by_name", "sum_up"]

Samples: TypeAlias = tuple[StatisticSet, Histogram | None]
"""A statistic set with the histogram beside it."""


def is_told_by(statistics: StatisticSet) -> bool:
    """Returns whether a statistic set leaves nothing for a histogram to say, whatever its samples are."""
    # Of samples of which one is negative there is no percentile, however the others are distributed.
    return statistics.minimum < 0 or statistics.is_of_one_value


def sum_up(counts: Mapping[float, float]) -> Samples:
    """Sums up values by how often they were seen; a count of 0 moves the extremes only."""
    statistics = StatisticSet(
        float(sum(counts.values())),
        float(sum(value * count for value, count in counts.items())),
        float(min(counts)),
        float(max(counts)),
    )
    if is_told_by(statistics):
        return statistics, None
    return statistics, Histogram.merge(*(Histogram.of(value, count) for value, count in counts.items()))


def merge_samples(parts: Sequence[Samples]) -> Samples:
    """Sums up the samples of all parts, of which there is at least one."""
    if len(parts) == 1:
        return parts[0]
    statistics = StatisticSet.merge(*(each for each, _ in parts))
    if is_told_by(statistics):
        return statistics, None
    histogram = Histogram.merge(*(known_histogram(*each) for each in parts))
    return statistics, histogram if histogram.is_complete else None


def known_histogram(statistics: StatisticSet, histogram: Histogram | None) -> Histogram:
    """Returns the histogram of samples, also where it was left out."""
    return Histogram.of_statistics(statistics) if histogram is None else histogram


def statistic_by_name(name: str, statistics: StatisticSet, histogram: Histogram | None) -> float | None:
    """Returns a statistic, plain or extended, by the name AWS has for it; None where it has no value.

    Raises:
        ValueError: There is no statistic of this name.
    """
    told = told_statistic(name)
    if told is not None:
        return statistic_of(statistics, told)
    return extended_statistic(name, statistics, known_histogram(statistics, histogram))
