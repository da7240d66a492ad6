"""Percentiles and trimmed statistics of one window, told from its statistic set and its histogram.

The rules are those of metrics-and-alarms sections 2.3 to 2.7 and 3.8.
"""

import math
from fractions import Fraction

from trailbell.metrics._distribution import distribution_of
from trailbell.metrics._histogram import Histogram
from trailbell.metrics._statistic_name import (
    is_extended_statistic,
    percent_of,
    told_statistic,
    trimmed_statistic_of,
)
from trailbell.metrics._statistics import StatisticSet, statistic_of
from trailbell.metrics._trimming import trimmed_value

__all__ = ["extended_statistic", "least_sample_count"]


def extended_statistic(name: str, statistics: StatisticSet, histogram: Histogram) -> float | None:
    """Returns a statistic of one window, or None where it has no value.

    A value is in the unit of the samples, but a count for TC and per cent for PR.
    The statistics that a statistic set alone tells (p0 and p100 among them) always have one.
    All others have none if there are no samples, if one of them is negative or hidden in a statistic set of
    different values, or if the histogram holds less samples than the statistic set (2.5). Percentiles and
    bounds in per cent need one whole sample, and the trimmed mean needs samples that are not cut off.

    Raises:
        ValueError: There is no statistic of this name.
    """
    told = told_statistic(name)
    if told is not None:
        return statistic_of(statistics, told)
    if not is_extended_statistic(name):
        raise ValueError(f"{name!r} is not the name of a statistic")
    percent, trimmed = percent_of(name), trimmed_statistic_of(name)
    # As recorded: half a sample has a PR, but no median.
    is_by_rank = trimmed is None or trimmed.is_percent
    if is_by_rank and statistics.sample_count < 1:
        return None
    if percent is not None and 0 <= statistics.minimum == statistics.maximum:
        return statistics.minimum
    distribution = distribution_of(statistics, histogram)
    if distribution is None:
        return None
    if percent is not None:
        return distribution.percentile(percent)
    return None if trimmed is None else trimmed_value(distribution, trimmed)


def least_sample_count(percentile: float) -> float:
    """Returns how many samples a datapoint needs for this percentile to mean something (3.8).

    ``percentile`` is from 0 to 100: p90, given as 90.0, needs 100.0 samples. For 0 and 100 it is infinite, as
    the rule has it; whether AWS spares those two, which are exact for any count, is not recorded.
    """
    # Exact, since 1 - 0.9 is less than 0.1 and would ask for more than 100 samples.
    percent = Fraction(repr(float(percentile)))
    rest = min(percent, 100 - percent)
    return float(1000 / rest) if rest > 0 else math.inf
