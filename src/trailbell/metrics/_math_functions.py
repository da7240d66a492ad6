"""The functions of metric math, by name: those there are, and those only AWS has."""

from trailbell.metrics._math_array_functions import ARRAY_FUNCTIONS
from trailbell.metrics._math_choices import CHOOSING_FUNCTIONS
from trailbell.metrics._math_series_functions import SERIES_FUNCTIONS
from trailbell.metrics._math_signature import SeriesFunction
from trailbell.metrics._math_summaries import SUMMARY_FUNCTIONS

__all__ = ["FUNCTIONS", "METRICS", "PERIOD", "UNSUPPORTED_FUNCTIONS"]

METRICS = "METRICS"
"""The function that stands for the metrics of the request; like ``PERIOD`` it asks about queries."""
PERIOD = "PERIOD"
"""The function that gives the period of a metric in seconds."""

FUNCTIONS: dict[str, SeriesFunction] = {
    function.name: function
    for function in (*SERIES_FUNCTIONS, *SUMMARY_FUNCTIONS, *ARRAY_FUNCTIONS, *CHOOSING_FUNCTIONS)
}
"""Every other function."""

UNSUPPORTED_FUNCTIONS = frozenset(
    {
        "ANOMALY_DETECTION_BAND",
        "DB_PERF_INSIGHTS",
        "INSIGHT_RULE_METRIC",
        "LAMBDA",
        "SEARCH",
        "SERVICE_QUOTA",
    }
)
"""The functions of AWS that need more than the metrics of the request."""
