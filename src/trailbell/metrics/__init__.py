"""Metrics: what a series is, and what its datapoints say.

Identity, statistic sets, statistics and the period grid of CloudWatch metrics, as values and functions.
"""

from trailbell.metrics._data_question import (
    DataPlan,
    MetricDataQuery,
    MetricStat,
    Series,
    SeriesQuery,
    read_queries,
    series_of,
)
from trailbell.metrics._datapoint import Datapoint
from trailbell.metrics._datum import MetricDatum, check_name, check_size, datapoint_of
from trailbell.metrics._extended_statistics import extended_statistic, least_sample_count
from trailbell.metrics._histogram import DamagedHistogramError, Histogram
from trailbell.metrics._java_double import java_double
from trailbell.metrics._keeping import KEPT_DAYS, RollUp, is_period_kept, roll_ups
from trailbell.metrics._key import MetricKey
from trailbell.metrics._math_errors import MathError, UnsupportedMathError
from trailbell.metrics._math_evaluate import MathSeries, SlotValues, evaluate_math
from trailbell.metrics._math_parser import parse_expression, referenced_ids
from trailbell.metrics._math_plan import MathPlan, MathQuery, plan_math
from trailbell.metrics._math_printer import print_expression
from trailbell.metrics._math_signature import MathType
from trailbell.metrics._math_values import MathGrid
from trailbell.metrics._period import floor_to
from trailbell.metrics._samples import (
    Samples,
    is_told_by,
    known_histogram,
    merge_samples,
    statistic_by_name,
    sum_up,
)
from trailbell.metrics._statistic_name import is_extended_statistic, is_statistic, percent_of, told_statistic
from trailbell.metrics._statistics import Statistic, StatisticSet, statistic_of
from trailbell.metrics._statistics_question import (
    StatisticsPoint,
    StatisticsQuestion,
    points_of,
    windows_of_question,
)
from trailbell.metrics._unit import NO_UNIT, STANDARD_UNITS
from trailbell.metrics._windows import Windows, is_period, windowed, windows_between

__all__ = [
    "KEPT_DAYS",
    "NO_UNIT",
    "STANDARD_UNITS",
    "DamagedHistogramError",
    "DataPlan",
    "Datapoint",
    "Histogram",
    "MathError",
    "MathGrid",
    "MathPlan",
    "MathQuery",
    "MathSeries",
    "MathType",
    "MetricDataQuery",
    "MetricDatum",
    "MetricKey",
    "MetricStat",
    "RollUp",
    "Samples",
    "Series",
    "SeriesQuery",
    "SlotValues",
    "Statistic",
    "StatisticSet",
    "StatisticsPoint",
    "StatisticsQuestion",
    "UnsupportedMathError",
    "Windows",
    "check_name",
    "check_size",
    "datapoint_of",
    "evaluate_math",
    "extended_statistic",
    "floor_to",
    "is_extended_statistic",
    "is_period",
    "is_period_kept",
    "is_statistic",
    "is_told_by",
    "java_double",
    "known_histogram",
    "least_sample_count",
    "merge_samples",
    "parse_expression",
    "percent_of",
    "plan_math",
    "points_of",
    "print_expression",
    "read_queries",
    "referenced_ids",
    "roll_ups",
    "series_of",
    "statistic_by_name",
    "statistic_of",
    "sum_up",
    "told_statistic",
    "windowed",
    "windows_between",
    "windows_of_question",
]
