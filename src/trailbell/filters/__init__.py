"""Log groups and metric filters: a batch of log events in, datapoints with evidence out.

Follows "Creating metrics from log events using filters" of the CloudWatch Logs User Guide.
"""

from trailbell.filters._check import check_metric_value, holds_regex
from trailbell.filters._counts import RecordCounts
from trailbell.filters._definition import FilterSet, MetricFilter, MetricTransformation
from trailbell.filters._fold import Batch, LogEvent, Match, Partial, Unreadable, fold
from trailbell.filters._settle import Contribution, CountedMatch, SeriesMinute, Settled, identities_of, settle

__all__ = [
    "Batch",
    "Contribution",
    "CountedMatch",
    "FilterSet",
    "LogEvent",
    "Match",
    "MetricFilter",
    "MetricTransformation",
    "Partial",
    "RecordCounts",
    "SeriesMinute",
    "Settled",
    "Unreadable",
    "check_metric_value",
    "fold",
    "holds_regex",
    "identities_of",
    "settle",
]
