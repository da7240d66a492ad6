"""Matched events: what was counted, searchable by who, what, where and when, with the raw record."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, tuple_

from trailbell.cloudtrail import RecordFacts
from trailbell.metrics import MetricKey
from trailbell.store._schema import event, event_filter, metric, metric_filter

__all__ = ["EventQuery", "Events", "MatchedEvent", "NewEvent"]


class NewEvent(msgspec.Struct, frozen=True):
    """A matched event to keep; ``filter_ids`` are the row numbers of the filters that counted it."""

    facts: RecordFacts
    delivered_ms: int
    stored_ms: int
    file_name: str
    record: bytes
    filter_ids: tuple[int, ...]


class MatchedEvent(msgspec.Struct, frozen=True):
    """A matched event as it is kept; ``at_ms`` is the call's own time, or the delivery where it has none."""

    id: int
    at_ms: int
    delivered_ms: int
    event_id: str
    account_id: str
    region: str
    principal_kind: str
    principal: str
    session: str
    call: str
    error_code: str
    address: str
    file_name: str
    record: bytes


class EventQuery(msgspec.Struct, frozen=True):
    """Which matched events to list, newest first.

    A text matches the whole value or its last part after ``/`` or ``:``; ``*`` stands for any text.
    ``metrics`` are those that an event counted for one of; None asks for all events.
    """

    metrics: tuple[MetricKey, ...] | None = None
    principal: str = ""
    call: str = ""
    error: str = ""
    address: str = ""
    account: str = ""
    event_id: str = ""
    since_ms: int | None = None
    until_ms: int | None = None
    limit: int = 50


class Events:
    """The matched events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, events: Sequence[NewEvent]) -> None:
        """Keeps matched events with the filters that counted them."""
        if not events:
            return
        numbers = self._connection.execute(
            insert(event).returning(event.c.id, sort_by_parameter_order=True),
            [_values(each) for each in events],
        ).scalars()
        links = [
            {"metric_filter_id": filter_id, "event_id": number}
            for number, each in zip(numbers, events, strict=True)
            for filter_id in each.filter_ids
        ]
        self._connection.execute(insert(event_filter), links)

    def find(self, query: EventQuery) -> list[MatchedEvent]:
        """Lists matched events, newest first."""
        wanted = select(event).order_by(event.c.at_ms.desc(), event.c.id.desc()).limit(query.limit)
        for column, text in (
            (event.c.principal, query.principal),
            (event.c.call, query.call),
            (event.c.error_code, query.error),
            (event.c.address, query.address),
            (event.c.account_id, query.account),
            (event.c.event_id, query.event_id),
        ):
            if text:
                wanted = wanted.where(_matches(column, text))
        if query.since_ms is not None:
            wanted = wanted.where(event.c.at_ms >= query.since_ms)
        if query.until_ms is not None:
            wanted = wanted.where(event.c.at_ms < query.until_ms)
        if query.metrics is not None:
            wanted = wanted.where(self._counted_for(query.metrics))
        return [_event(row) for row in self._connection.execute(wanted)]

    def newcomers(self, key: MetricKey, start_ms: int, told_ms: int) -> list[tuple[str, str]]:
        """Lists the (principal, call) pairs of an episode that were first stored after ``told_ms``."""
        first = func.min(event.c.stored_ms)
        found = self._connection.execute(
            select(event.c.principal, event.c.call)
            .where(event.c.delivered_ms >= start_ms, self._counted_for((key,)))
            .group_by(event.c.principal, event.c.call)
            .having(first > told_ms)
            .order_by(event.c.principal, event.c.call)
        )
        return [(each.principal, each.call) for each in found]

    def delete(self, event_id: str, file_name: str) -> int:
        """Deletes what was kept of an event that a file brought; returns how many rows."""
        unwanted = delete(event).where(event.c.event_id == event_id, event.c.file_name == file_name)
        return self._connection.execute(unwanted).rowcount

    def count(self) -> int:
        """Counts the matched events kept."""
        return self._connection.execute(select(func.count()).select_from(event)).scalar_one()

    def _counted_for(self, keys: Iterable[MetricKey]) -> ColumnElement[bool]:
        # By name alone: which series of a filter an event fed is said by its evidence, not kept with it.
        filters = (
            select(metric_filter.c.id)
            .join(metric, metric.c.id == metric_filter.c.metric_id)
            .where(tuple_(metric.c.namespace, metric.c.name).in_([(key.namespace, key.name) for key in keys]))
        )
        return event.c.id.in_(
            select(event_filter.c.event_id).where(event_filter.c.metric_filter_id.in_(filters))
        )


def _matches(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    if "*" in text:
        return column.like(escaped.replace("*", "%"), escape="\\")
    return or_(
        column == text, column.like(f"%/{escaped}", escape="\\"), column.like(f"%:{escaped}", escape="\\")
    )


def _values(new: NewEvent) -> dict[str, object]:
    facts = new.facts
    return {
        "at_ms": new.delivered_ms if facts.event_time_ms is None else facts.event_time_ms,
        "delivered_ms": new.delivered_ms,
        "stored_ms": new.stored_ms,
        "event_id": facts.event_id,
        "account_id": facts.account_id,
        "region": facts.region,
        "principal_kind": facts.principal.kind.value,
        "principal": facts.principal.key,
        "session": facts.principal.session,
        "call": facts.call,
        "error_code": facts.error_code,
        "address": facts.address,
        "file_name": new.file_name,
        "size_bytes": len(new.record),
        "record": new.record,
    }


def _event(row: Row[Any]) -> MatchedEvent:
    return MatchedEvent(**{name: getattr(row, name) for name in MatchedEvent.__struct_fields__})
