"""What the running system tells about itself; every answer is read in one transaction."""

import datetime
from typing import Any

import msgspec

from trailbell._version import __version__
from trailbell.alarms import alarm_arn
from trailbell.chain._clock import Clock
from trailbell.chain._errors import UnknownAlarmError, UnknownRejectedError
from trailbell.chain._trouble import Troubles
from trailbell.evidence import to_json
from trailbell.filters import RecordCounts
from trailbell.settings import Settings
from trailbell.store import (
    Bounds,
    EventQuery,
    FileState,
    HistoryItem,
    MatchedEvent,
    Store,
    StoredAlarm,
    StoredRejected,
    StoredSource,
)

__all__ = [
    "AlarmDetail",
    "AlarmSummary",
    "EventLine",
    "HistoryLine",
    "RecordClasses",
    "RejectedLine",
    "Report",
    "SourceStatus",
    "Status",
    "TableStatus",
    "instant_text",
]

_HISTORY_SHOWN = 50


class RecordClasses(msgspec.Struct, frozen=True):
    """The four classes and their sum."""

    read: int
    matched: int
    unmatched: int
    duplicate: int
    rejected: int


class AlarmSummary(msgspec.Struct, frozen=True):
    """An alarm in a list."""

    name: str
    state: str
    since: str
    reason: str
    description: str


class HistoryLine(msgspec.Struct, frozen=True):
    """An entry of an alarm's history; evidence stands with state updates."""

    at: str
    type: str
    summary: str
    data: Any
    evidence: dict[str, Any] | None


class AlarmDetail(msgspec.Struct, frozen=True):
    """An alarm with its definition, the evidence of its present or last ALARM, and its history."""

    name: str
    arn: str
    state: str
    since: str
    reason: str
    definition: dict[str, Any]
    evidence: dict[str, Any]
    history: list[HistoryLine]


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
            alarms = [_summary(each) for each in transaction.alarms.all()]
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
            store_path=str(self._store.path),
            store_bytes=self._store.size_bytes(),
            tables=[
                TableStatus(each.table, each.rows, each.bound.days, each.bound.rows, each.bound.why)
                for each in sizes
            ],
        )

    def alarms(self) -> list[AlarmSummary]:
        """Lists the alarms by name."""
        with self._store.read() as transaction:
            return [_summary(each) for each in transaction.alarms.all()]

    def alarm(self, name: str) -> AlarmDetail:
        """Shows one alarm.

        Raises:
            UnknownAlarmError: There is no such alarm.
        """
        with self._store.read() as transaction:
            stored = transaction.alarms.find(name)
            if stored is None:
                raise UnknownAlarmError(name)
            spans = []
            if stored.episode_start_ms is not None:
                spans = [(stored.episode_start_ms, self._clock.now_ms() + 1)]
            evidence = transaction.datapoints.evidence_within(stored.definition.metric, spans)
            history = transaction.alarms.history(name, _HISTORY_SHOWN)
        return AlarmDetail(
            name=name,
            arn=alarm_arn(self._settings.region, self._settings.account_id, name),
            state=stored.state.value,
            since=instant_text(stored.state_updated_ms),
            reason=stored.reason,
            definition=msgspec.to_builtins(stored.definition),
            evidence=to_json(evidence),
            history=[_history_line(each) for each in history],
        )

    def events(
        self, query: EventQuery, alarm_name: str = "", *, with_record: bool = False
    ) -> list[EventLine]:
        """Lists matched events, newest first; of one alarm's metric where a name is given.

        Raises:
            UnknownAlarmError: There is no such alarm.
        """
        with self._store.read() as transaction:
            if alarm_name:
                stored = transaction.alarms.find(alarm_name)
                if stored is None:
                    raise UnknownAlarmError(alarm_name)
                query = msgspec.structs.replace(query, metric=stored.definition.metric)
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


def instant_text(at_ms: int) -> str:
    """Writes an instant as ISO 8601 in UTC, to the millisecond."""
    at = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


def _summary(stored: StoredAlarm) -> AlarmSummary:
    return AlarmSummary(
        name=stored.definition.name,
        state=stored.state.value,
        since=instant_text(stored.state_updated_ms),
        reason=stored.reason,
        description=stored.definition.description or "",
    )


def _history_line(item: HistoryItem) -> HistoryLine:
    return HistoryLine(
        at=instant_text(item.at_ms),
        type=item.item_type,
        summary=item.summary,
        data=msgspec.json.decode(item.data),
        evidence=None if item.evidence is None else to_json(item.evidence),
    )


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
