"""Metrics: what a series is, and what its datapoints say.

Identity, statistic sets, statistics and the period grid of CloudWatch metrics, as values and functions.
"""

from trailbell.metrics._java_double import java_double
from trailbell.metrics._key import MetricKey
from trailbell.metrics._period import floor_to
from trailbell.metrics._statistics import Datapoint, Statistic, StatisticSet, statistic_of
from trailbell.metrics._unit import NO_UNIT, STANDARD_UNITS

__all__ = [
    "NO_UNIT",
    "STANDARD_UNITS",
    "Datapoint",
    "MetricKey",
    "Statistic",
    "StatisticSet",
    "floor_to",
    "java_double",
    "statistic_of",
]
