"""Statistic sets: what is kept of the samples of one window, and the five plain statistics read from it."""

import math
from enum import StrEnum

import msgspec

__all__ = ["Statistic", "StatisticSet", "statistic_of"]


class Statistic(StrEnum):
    """The plain statistics of CloudWatch, by AWS's names."""

    SAMPLE_COUNT = "SampleCount"
    AVERAGE = "Average"
    SUM = "Sum"
    MINIMUM = "Minimum"
    MAXIMUM = "Maximum"


class StatisticSet(msgspec.Struct, frozen=True):
    """Sums up the samples of one window and one unit (StatisticSet in the CloudWatch API reference).

    The count may be fractional, and may be 0 for a value that only moves the extremes.
    """

    sample_count: float
    sum: float
    minimum: float
    maximum: float

    @classmethod
    def of(cls, value: float, count: float = 1) -> "StatisticSet":
        """Returns the set of one value that was seen `count` times."""
        return cls(float(count), float(value * count), float(value), float(value))

    @property
    def is_of_one_value(self) -> bool:
        """Whether the set is that of samples which all have the same value.

        Such a set stands for its samples as well as they themselves would (metrics-and-alarms 2.5).
        """
        # How closely AWS compares the sum is not known: a client that added 0.1 ten times should not lose.
        return self.minimum == self.maximum and math.isclose(
            self.sum, self.minimum * self.sample_count, rel_tol=1e-9
        )

    def merge(self, *others: "StatisticSet") -> "StatisticSet":
        """Returns the set of all samples of this set and the others; also as `StatisticSet.merge(*sets)`."""
        if not others:
            return self
        sample_count, total = self.sample_count, self.sum
        minimum, maximum = self.minimum, self.maximum
        for other in others:
            sample_count += other.sample_count
            total += other.sum
            minimum = min(minimum, other.minimum)
            maximum = max(maximum, other.maximum)
        return StatisticSet(sample_count, total, minimum, maximum)


def statistic_of(statistics: StatisticSet, statistic: Statistic) -> float:
    """Returns the value of one statistic.

    The average of no samples (every count was 0) is given as 0.0: AWS's answer is not recorded, and a number
    that JSON can carry is safer than NaN.
    """
    if statistic == Statistic.SUM:
        return statistics.sum
    if statistic == Statistic.SAMPLE_COUNT:
        return statistics.sample_count
    if statistic == Statistic.MAXIMUM:
        return statistics.maximum
    if statistic == Statistic.MINIMUM:
        return statistics.minimum
    return statistics.sum / statistics.sample_count if statistics.sample_count else 0.0
