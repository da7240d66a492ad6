"""The running system: ingest, evaluate, deliver; owns the transactions and the loops."""

from trailbell.chain._alarm_book import AlarmBook, HistoryPage, MetricQuestion
from trailbell.chain._alarm_listing import AlarmPage, AlarmSearch
from trailbell.chain._alarm_report import AlarmDetail, AlarmSummary, ChildLine, HistoryLine
from trailbell.chain._announce import Announcer
from trailbell.chain._chain import Chain
from trailbell.chain._clock import Clock, SystemClock
from trailbell.chain._commit import Filtering
from trailbell.chain._deliver import Deliverer
from trailbell.chain._errors import (
    ChainError,
    UnknownAlarmError,
    UnknownRejectedError,
    UnknownVerificationError,
)
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._ingest import Ingest
from trailbell.chain._instants import instant_text, parse_instant
from trailbell.chain._log_events import EventSearch, FoundEvents, LogEvents, StreamEvents, StreamQuestion
from trailbell.chain._log_groups import GroupPage, LogGroups, NewGroup
from trailbell.chain._log_put import LogEventsPut, PutAnswer
from trailbell.chain._log_reading import ReadEvent
from trailbell.chain._log_streams import LogStreams, StreamPage
from trailbell.chain._metric_book import MOST_METRICS, MetricBook, MetricPage, MetricSearch, MetricsPut
from trailbell.chain._metric_data import MetricDataPage, MetricDataQuestion, SeriesPart, SeriesStatus
from trailbell.chain._metric_filters import FilterPage, MetricFilters
from trailbell.chain._publisher import BatchOutcome, Publisher
from trailbell.chain._report import (
    EventLine,
    RecordClasses,
    RejectedLine,
    Report,
    SourceStatus,
    Status,
    TableStatus,
)
from trailbell.chain._retry import Retried
from trailbell.chain._set_up import LOG_GROUP, TOPIC_NAME
from trailbell.chain._subscription_book import SubscriptionBook, SubscriptionPage
from trailbell.chain._topic_book import TopicBook, TopicPage
from trailbell.chain._trails import Trail, Trails
from trailbell.chain._verification import Verification, VerificationLink, VerificationState
from trailbell.chain._verification_file import FILE_MARK
from trailbell.chain._verification_report import LinkLine, VerificationReport, verification_report
from trailbell.chain._verifications import VerificationOrder, Verifications

__all__ = [
    "FILE_MARK",
    "LOG_GROUP",
    "MOST_METRICS",
    "TOPIC_NAME",
    "AlarmBook",
    "AlarmDetail",
    "AlarmPage",
    "AlarmSearch",
    "AlarmSummary",
    "Announcer",
    "BatchOutcome",
    "Chain",
    "ChainError",
    "ChildLine",
    "Clock",
    "Deliverer",
    "Evaluator",
    "EventLine",
    "EventSearch",
    "FilterPage",
    "Filtering",
    "FoundEvents",
    "GroupPage",
    "HistoryLine",
    "HistoryPage",
    "Ingest",
    "LinkLine",
    "LogEvents",
    "LogEventsPut",
    "LogGroups",
    "LogStreams",
    "MetricBook",
    "MetricDataPage",
    "MetricDataQuestion",
    "MetricFilters",
    "MetricPage",
    "MetricQuestion",
    "MetricSearch",
    "MetricsPut",
    "NewGroup",
    "Publisher",
    "PutAnswer",
    "ReadEvent",
    "RecordClasses",
    "RejectedLine",
    "Report",
    "Retried",
    "SeriesPart",
    "SeriesStatus",
    "SourceStatus",
    "Status",
    "StreamEvents",
    "StreamPage",
    "StreamQuestion",
    "SubscriptionBook",
    "SubscriptionPage",
    "SystemClock",
    "TableStatus",
    "TopicBook",
    "TopicPage",
    "Trail",
    "Trails",
    "UnknownAlarmError",
    "UnknownRejectedError",
    "UnknownVerificationError",
    "Verification",
    "VerificationLink",
    "VerificationOrder",
    "VerificationReport",
    "VerificationState",
    "Verifications",
    "instant_text",
    "parse_instant",
    "verification_report",
]
