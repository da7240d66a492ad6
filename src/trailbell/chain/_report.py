"""What the running system tells about itself; every answer is read in one transaction."""

import os
from typing import Any

import msgspec

from trailbell._version import __version__
from trailbell.chain._alarm_report import AlarmDetail, AlarmSummary, alarm_detail, alarm_summaries, watched_by
from trailbell.chain._clock import Clock
from trailbell.chain._errors import UnknownRejectedError
from trailbell.chain._instants import instant_text
from trailbell.chain._trouble import Troubles
from trailbell.filters import RecordCounts
from trailbell.settings import Settings
from trailbell.store import (
    Bounds,
    EventQuery,
    FileState,
    MatchedEvent,
    Store,
    StoredRejected,
    StoredSource,
)

__all__ = [
    "EventLine",
    "RecordClasses",
    "RejectedLine",
    "Report",
    "SourceStatus",
    "Status",
    "TableStatus",
]


class RecordClasses(msgspec.Struct, frozen=True):
    """The four classes and their sum."""

    read: int
    matched: int
    unmatched: int
    duplicate: int
    rejected: int


class SourceStatus(msgspec.Struct, frozen=True):
    """A source with what it brought; lag is from first seeing a file to its commit, at the last read."""

    location: str
    log_group: str
    is_caught_up: bool
    files: int
    files_waiting: int
    files_unreadable: int
    records: RecordClasses
    last_read: str | None
    lag_seconds: float | None


class TableStatus(msgspec.Struct, frozen=True):
    """A table beside its bound."""

    table: str
    rows: int
    keeps_days: int | None
    keeps_rows: int | None
    note: str


class Status(msgspec.Struct, frozen=True):
    """Everything `trailbell status` shows."""

    version: str
    now: str
    account_id: str
    region: str
    evaluation: str
    troubles: dict[str, str]
    alarms: list[AlarmSummary]
    sources: list[SourceStatus]
    messages: dict[str, int]
    store_path: str
    store_bytes: int
    tables: list[TableStatus]


class EventLine(msgspec.Struct, frozen=True):
    """A matched event; ``record`` is the raw CloudTrail record, only where it was asked for."""

    at: str
    delivered: str
    event_id: str
    account: str
    region: str
    principal: str
    principal_kind: str
    session: str
    call: str
    error: str
    address: str
    file: str
    record: Any = None


class RejectedLine(msgspec.Struct, frozen=True):
    """A record or file that could not be read; offset -1 is unknown, ``excerpt`` is how it begins."""

    id: int
    at: str
    file: str
    offset: int
    reason: str
    excerpt: str


class Report:
    """Answers questions about a store."""

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, bounds: Bounds, troubles: Troubles
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._bounds = bounds
        self._troubles = troubles

    def status(self) -> Status:
        """Says how everything stands."""
        with self._store.read() as transaction:
            sources = [
                _source_status(each, transaction.sources.file_counts(each.id))
                for each in transaction.sources.all()
            ]
            alarms = alarm_summaries(transaction)
            messages = {state.value: number for state, number in transaction.outbox.counts().items()}
            sizes = transaction.retention.sizes(self._bounds)
        return Status(
            version=__version__,
            now=instant_text(self._clock.now_ms()),
            account_id=self._settings.account_id,
            region=self._settings.region,
            evaluation=self._settings.evaluation.value,
            troubles=self._troubles.reasons(),
            alarms=alarms,
            sources=sources,
            messages=messages,
            store_path=os.fsencode(self._store.path).decode(errors="backslashreplace"),
            store_bytes=self._store.size_bytes(),
            tables=[
                TableStatus(each.table, each.rows, each.bound.days, each.bound.rows, each.bound.why)
                for each in sizes
            ],
        )

    def alarms(self) -> list[AlarmSummary]:
        """Lists the alarms by name."""
        with self._store.read() as transaction:
            return alarm_summaries(transaction)

    def alarm(self, name: str) -> AlarmDetail:
        """Shows one alarm.

        Raises:
            UnknownAlarmError: There is no such alarm.
        """
        with self._store.read() as transaction:
            return alarm_detail(transaction, self._settings, name, self._clock.now_ms())

    def events(
        self, query: EventQuery, alarm_name: str = "", *, with_record: bool = False
    ) -> list[EventLine]:
        """Lists matched events, newest first; of one alarm's metrics where a name is given.

        Raises:
            UnknownAlarmError: There is no such alarm.
        """
        with self._store.read() as transaction:
            if alarm_name:
                metrics = watched_by(transaction, self._settings, alarm_name)
                query = msgspec.structs.replace(query, metrics=metrics)
            found = transaction.events.find(query)
        return [_event_line(each, with_record=with_record) for each in found]

    def rejected(self, limit: int = 100, file_name: str = "") -> list[RejectedLine]:
        """Lists what could not be read, newest first, of one file where it is named."""
        with self._store.read() as transaction:
            found = transaction.sources.rejected(limit, file_name)
        return [_rejected_line(each) for each in found]

    def rejected_one(self, rejected_id: int) -> RejectedLine:
        """Shows one of them.

        Raises:
            UnknownRejectedError: There is none of this number.
        """
        with self._store.read() as transaction:
            found = transaction.sources.find_rejected(rejected_id)
        if found is None:
            raise UnknownRejectedError(rejected_id)
        return _rejected_line(found)


def _source_status(stored: StoredSource, files: dict[FileState, int]) -> SourceStatus:
    return SourceStatus(
        location=stored.location,
        log_group=stored.log_group,
        is_caught_up=stored.caught_up_ms is not None,
        files=stored.files,
        files_waiting=files.get(FileState.PENDING, 0) + files.get(FileState.SEEN, 0),
        files_unreadable=files.get(FileState.UNREADABLE, 0),
        records=_classes(stored.counts),
        last_read=None if stored.last_read_ms is None else instant_text(stored.last_read_ms),
        lag_seconds=None if stored.last_lag_ms is None else stored.last_lag_ms / 1000,
    )


def _classes(counts: RecordCounts) -> RecordClasses:
    return RecordClasses(
        read=counts.read,
        matched=counts.matched,
        unmatched=counts.unmatched,
        duplicate=counts.duplicate,
        rejected=counts.rejected,
    )


def _event_line(event: MatchedEvent, *, with_record: bool) -> EventLine:
    return EventLine(
        at=instant_text(event.at_ms),
        delivered=instant_text(event.delivered_ms),
        event_id=event.event_id,
        account=event.account_id,
        region=event.region,
        principal=event.principal,
        principal_kind=event.principal_kind,
        session=event.session,
        call=event.call,
        error=event.error_code,
        address=event.address,
        file=event.file_name,
        record=msgspec.json.decode(event.record) if with_record else None,
    )


def _rejected_line(entry: StoredRejected) -> RejectedLine:
    return RejectedLine(
        id=entry.id,
        at=instant_text(entry.at_ms),
        file=entry.file_name,
        offset=entry.offset,
        reason=entry.reason,
        excerpt=entry.excerpt.decode("utf-8", "backslashreplace"),
    )
