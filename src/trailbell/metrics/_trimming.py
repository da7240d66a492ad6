"""Trimmed statistics of a distribution: what lies between two bounds, and what winsorizing makes of the rest.

The rules are those of metrics-and-alarms section 2.4. Where it says too little (what is the middle of several
bins, and what winsorizing puts in place of a cut), the numbers that AWS was recorded to return for known
samples decided; they stand in the tests.
"""

import math
from collections.abc import Iterator, Sequence

import msgspec

from trailbell.metrics._distribution import ROUNDING, Bin, Distribution
from trailbell.metrics._statistic_name import TrimmedKind, TrimmedStatistic

__all__ = ["trimmed_value"]

# The upper edge of a bin by its lower one.
_GROWTH = 1.1


class _Cut(msgspec.Struct, frozen=True):
    """What is left between two bounds, how much was cut off, and what winsorizing puts in its place."""

    parts: Sequence[Bin]
    count_below: float
    count_above: float
    value_below: float
    value_above: float


def trimmed_value(distribution: Distribution, trimmed: TrimmedStatistic) -> float | None:
    """Returns a trimmed statistic of a distribution: None for the mean of no samples."""
    cut = (_cut_by_rank if trimmed.is_percent else _cut_by_value)(distribution, trimmed)
    count = math.fsum(part.count for part in cut.parts)
    if trimmed.kind is TrimmedKind.TRIMMED_COUNT:
        return count
    if trimmed.kind is TrimmedKind.PERCENTILE_RANK:
        return 100 * count / distribution.total
    total = _sum(cut.parts)
    if trimmed.kind is TrimmedKind.TRIMMED_SUM:
        return total
    if trimmed.kind is TrimmedKind.TRIMMED_MEAN:
        return total / count if count else None
    replaced = cut.count_below * cut.value_below + cut.count_above * cut.value_above
    return (total + replaced) / distribution.total


def _sum(parts: Sequence[Bin]) -> float:
    """Returns the sum of samples of which only the bins are known.

    AWS takes the arithmetic middle of the lowest and the highest of several bins, and the geometric middle of
    those in between. Zeros are no bin in this.
    """
    positive = [part for part in parts if part.high > 0]
    ends = (0, len(positive) - 1)
    return math.fsum(
        # The roots are taken one by one, since the product of two small edges would be 0.
        part.count
        * ((part.low + part.high) / 2 if at in ends else math.sqrt(part.low) * math.sqrt(part.high))
        for at, part in enumerate(positive)
    )


def _cut_by_value(distribution: Distribution, trimmed: TrimmedStatistic) -> _Cut:
    low = -math.inf if trimmed.low is None else trimmed.low
    high = math.inf if trimmed.high is None else trimmed.high
    parts, below, above = [], 0.0, 0.0
    for each in distribution.bins:
        share_below, share_above = _shares_outside(each, low, high)
        below += each.count * share_below
        above += each.count * share_above
        share = 1 - share_below - share_above
        if share > ROUNDING:
            parts.append(Bin(max(each.low, low), min(each.high, high), each.count * share))
    smallest, largest = distribution.minimum, distribution.maximum
    return _Cut(
        parts,
        count_below=below,
        count_above=above,
        value_below=min(max(low, smallest), largest),
        value_above=max(min(high, largest), smallest),
    )


def _shares_outside(each: Bin, low: float, high: float) -> tuple[float, float]:
    """Returns which share of a bin lies at or below the lower bound, and which above the upper."""
    width = each.high - each.low
    if width == 0:
        return float(each.low <= low), float(each.low > high)
    return min(max((low - each.low) / width, 0.0), 1.0), min(max((each.high - high) / width, 0.0), 1.0)


def _cut_by_rank(distribution: Distribution, trimmed: TrimmedStatistic) -> _Cut:
    low_rank = 0.0 if trimmed.low is None else distribution.rank_of(trimmed.low)
    high_rank = distribution.total if trimmed.high is None else distribution.rank_of(trimmed.high)
    return _Cut(
        list(_parts_between(distribution, low_rank, high_rank)),
        count_below=low_rank,
        count_above=distribution.total - high_rank,
        value_below=_value_below(distribution, low_rank),
        value_above=_value_above(distribution, high_rank),
    )


def _parts_between(distribution: Distribution, low_rank: float, high_rank: float) -> Iterator[Bin]:
    rounding = distribution.total * ROUNDING
    before = 0.0
    for each, after in zip(distribution.bins, distribution.ranks, strict=True):
        start, end = max(before, low_rank), min(after, high_rank)
        if end - start > rounding:
            step = (each.high - each.low) / each.count
            yield Bin(each.low + (start - before) * step, each.low + (end - before) * step, end - start)
        before = after


# What AWS puts in place of a cut is neither edge of the bin that it goes through, and it is the percentile
# only where that bin holds one sample. The rules of the next three functions were found from the recorded
# numbers and agree with all of them. None of those has a bin of two or more samples of which so little is
# left that the value is inside of the bin; there the rule is a guess.


def _value_below(distribution: Distribution, rank: float) -> float:
    position = distribution.position_of(rank)
    left = distribution.ranks[position] - rank
    is_whole_bin_cut = left <= distribution.total * ROUNDING
    return _value_inside(distribution, position, math.inf if is_whole_bin_cut else left)


def _value_above(distribution: Distribution, rank: float) -> float:
    position = distribution.position_of(rank)
    left = rank - (distribution.ranks[position] - distribution.bins[position].count)
    return _value_inside(distribution, position, left)


def _value_inside(distribution: Distribution, position: int, left: float) -> float:
    """Returns the value that stands for a cut through a bin of which ``left`` samples are left."""
    found = distribution.bins[position]
    share = min(max(left * found.count, 0.0), 1.0)
    return float(min(found.low * _GROWTH**share, distribution.maximum))
