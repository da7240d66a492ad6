"""Log groups and metric filters: a batch of log events in, datapoints with evidence out.

Follows "Creating metrics from log events using filters" of the CloudWatch Logs User Guide.
"""

from trailbell.filters._check import check_filter, holds_regex
from trailbell.filters._counts import RecordCounts
from trailbell.filters._document import Documents, Locate
from trailbell.filters._extraction import Extracted
from trailbell.filters._filter_set import FilterSet
from trailbell.filters._fold import Batch, LogEvent, Match, Partial, Unreadable, fold
from trailbell.filters._series_limit import SeriesLimit
from trailbell.filters._settle import Contribution, CountedMatch, SeriesMinute, Settled, identities_of, settle
from trailbell.filters._transformation import SYSTEM_DIMENSIONS, MetricFilter, MetricTransformation

__all__ = [
    "SYSTEM_DIMENSIONS",
    "Batch",
    "Contribution",
    "CountedMatch",
    "Documents",
    "Extracted",
    "FilterSet",
    "Locate",
    "LogEvent",
    "Match",
    "MetricFilter",
    "MetricTransformation",
    "Partial",
    "RecordCounts",
    "SeriesLimit",
    "SeriesMinute",
    "Settled",
    "Unreadable",
    "check_filter",
    "fold",
    "holds_regex",
    "identities_of",
    "settle",
]
