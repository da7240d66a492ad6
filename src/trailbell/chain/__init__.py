"""The running system: ingest, evaluate, deliver; owns the transactions and the loops."""

from trailbell.chain._announce import Announcer
from trailbell.chain._chain import Chain
from trailbell.chain._clock import Clock, SystemClock
from trailbell.chain._commit import Filtering
from trailbell.chain._deliver import Deliverer
from trailbell.chain._errors import ChainError, UnknownAlarmError, UnknownRejectedError
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._ingest import Ingest
from trailbell.chain._instants import parse_instant
from trailbell.chain._report import (
    AlarmDetail,
    AlarmSummary,
    EventLine,
    HistoryLine,
    RecordClasses,
    RejectedLine,
    Report,
    SourceStatus,
    Status,
    TableStatus,
    instant_text,
)
from trailbell.chain._retry import Retried
from trailbell.chain._set_up import LOG_GROUP, TOPIC_NAME

__all__ = [
    "LOG_GROUP",
    "TOPIC_NAME",
    "AlarmDetail",
    "AlarmSummary",
    "Announcer",
    "Chain",
    "ChainError",
    "Clock",
    "Deliverer",
    "Evaluator",
    "EventLine",
    "Filtering",
    "HistoryLine",
    "Ingest",
    "RecordClasses",
    "RejectedLine",
    "Report",
    "Retried",
    "SourceStatus",
    "Status",
    "SystemClock",
    "TableStatus",
    "UnknownAlarmError",
    "UnknownRejectedError",
    "instant_text",
    "parse_instant",
]
