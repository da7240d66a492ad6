"""What is kept: schema, migrations, one module per aggregate over one SQL layer; no business rules."""

from trailbell.store._alarms import AlarmQuery, Alarms, HistoryItem, HistoryQuery, StoredAlarm
from trailbell.store._composites import AlarmStanding, Composites, StoredComposite
from trailbell.store._datapoints import Datapoints
from trailbell.store._errors import LockedError, NewerSchemaError, StoreError
from trailbell.store._events import EventQuery, Events, MatchedEvent, NewEvent
from trailbell.store._filters import FilterQuery, Filters, StoredFilter
from trailbell.store._log_content import EVENT_OVERHEAD_BYTES, pack_events, unpack_events
from trailbell.store._log_events import BatchPlace, LogBatch, LogBatches, NewBatch, Scope
from trailbell.store._log_groups import GroupQuery, LogGroups, StoredGroup
from trailbell.store._log_streams import LogStreams, StoredStream, StreamOrder, StreamQuery
from trailbell.store._metrics import MetricQuery, Metrics
from trailbell.store._outbox import Attempt, DeliveryState, NewMessage, Outbox, OutboxMessage, Promise
from trailbell.store._retention import (
    MOST_BATCHES,
    MOST_COUNTED,
    MOST_STREAMS,
    Bound,
    Bounds,
    Retention,
    TableSize,
)
from trailbell.store._sources import (
    FileState,
    LedgerFile,
    RejectedEntry,
    Sources,
    StoredRejected,
    StoredSource,
)
from trailbell.store._store import Store
from trailbell.store._tags import Tags
from trailbell.store._topics import Topics
from trailbell.store._transaction import Transaction
from trailbell.store._verifications import StoredVerification, Verifications

__all__ = [
    "EVENT_OVERHEAD_BYTES",
    "MOST_BATCHES",
    "MOST_COUNTED",
    "MOST_STREAMS",
    "AlarmQuery",
    "AlarmStanding",
    "Alarms",
    "Attempt",
    "BatchPlace",
    "Bound",
    "Bounds",
    "Composites",
    "Datapoints",
    "DeliveryState",
    "EventQuery",
    "Events",
    "FileState",
    "FilterQuery",
    "Filters",
    "GroupQuery",
    "HistoryItem",
    "HistoryQuery",
    "LedgerFile",
    "LockedError",
    "LogBatch",
    "LogBatches",
    "LogGroups",
    "LogStreams",
    "MatchedEvent",
    "MetricQuery",
    "Metrics",
    "NewBatch",
    "NewEvent",
    "NewMessage",
    "NewerSchemaError",
    "Outbox",
    "OutboxMessage",
    "Promise",
    "RejectedEntry",
    "Retention",
    "Scope",
    "Sources",
    "Store",
    "StoreError",
    "StoredAlarm",
    "StoredComposite",
    "StoredFilter",
    "StoredGroup",
    "StoredRejected",
    "StoredSource",
    "StoredStream",
    "StoredVerification",
    "StreamOrder",
    "StreamQuery",
    "TableSize",
    "Tags",
    "Topics",
    "Transaction",
    "Verifications",
    "pack_events",
    "unpack_events",
]
