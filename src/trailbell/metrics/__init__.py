"""Metrics: what a series is, and what its datapoints say.

Identity, statistic sets, statistics and the period grid of CloudWatch metrics, as values and functions.
"""

from trailbell.metrics._data_question import (
    MetricDataQuery,
    MetricStat,
    Series,
    SeriesQuery,
    read_queries,
    series_of,
)
from trailbell.metrics._datum import MetricDatum, check_name, check_size, datapoint_of
from trailbell.metrics._java_double import java_double
from trailbell.metrics._key import MetricKey
from trailbell.metrics._period import floor_to
from trailbell.metrics._statistic_name import is_extended_statistic, is_statistic, told_statistic
from trailbell.metrics._statistics import Datapoint, Statistic, StatisticSet, statistic_of
from trailbell.metrics._statistics_question import (
    StatisticsPoint,
    StatisticsQuestion,
    points_of,
    windows_of_question,
)
from trailbell.metrics._unit import NO_UNIT, STANDARD_UNITS
from trailbell.metrics._windows import Windows, is_period, is_period_kept, windowed, windows_between

__all__ = [
    "NO_UNIT",
    "STANDARD_UNITS",
    "Datapoint",
    "MetricDataQuery",
    "MetricDatum",
    "MetricKey",
    "MetricStat",
    "Series",
    "SeriesQuery",
    "Statistic",
    "StatisticSet",
    "StatisticsPoint",
    "StatisticsQuestion",
    "Windows",
    "check_name",
    "check_size",
    "datapoint_of",
    "floor_to",
    "is_extended_statistic",
    "is_period",
    "is_period_kept",
    "is_statistic",
    "java_double",
    "points_of",
    "read_queries",
    "series_of",
    "statistic_of",
    "told_statistic",
    "windowed",
    "windows_between",
    "windows_of_question",
]
