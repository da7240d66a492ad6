"""What is kept: schema, migrations, one module per aggregate over one SQL layer; no business rules."""

from trailbell.store._alarms import Alarms, HistoryItem, StoredAlarm
from trailbell.store._datapoints import Datapoints
from trailbell.store._errors import LockedError, NewerSchemaError, StoreError
from trailbell.store._events import EventQuery, Events, MatchedEvent, NewEvent
from trailbell.store._filters import Filters, StoredFilter
from trailbell.store._outbox import Attempt, DeliveryState, NewMessage, Outbox, OutboxMessage
from trailbell.store._retention import MOST_COUNTED, Bound, Bounds, Retention, TableSize
from trailbell.store._sources import (
    FileState,
    LedgerFile,
    RejectedEntry,
    Sources,
    StoredRejected,
    StoredSource,
)
from trailbell.store._store import Store
from trailbell.store._topics import Topics
from trailbell.store._transaction import Transaction

__all__ = [
    "MOST_COUNTED",
    "Alarms",
    "Attempt",
    "Bound",
    "Bounds",
    "Datapoints",
    "DeliveryState",
    "EventQuery",
    "Events",
    "FileState",
    "Filters",
    "HistoryItem",
    "LedgerFile",
    "LockedError",
    "MatchedEvent",
    "NewEvent",
    "NewMessage",
    "NewerSchemaError",
    "Outbox",
    "OutboxMessage",
    "RejectedEntry",
    "Retention",
    "Sources",
    "Store",
    "StoreError",
    "StoredAlarm",
    "StoredFilter",
    "StoredRejected",
    "StoredSource",
    "TableSize",
    "Topics",
    "Transaction",
]
