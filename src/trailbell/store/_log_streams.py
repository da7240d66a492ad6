"""Log streams of a log group, and when each had its events."""

import enum
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from trailbell.store._log_names import begins_with
from trailbell.store._schema import log_batch, log_stream

__all__ = ["LogStreams", "StoredStream", "StreamOrder", "StreamQuery"]

_NEVER_MS = -1


class StreamOrder(enum.StrEnum):
    """By what streams are ordered, in AWS's words."""

    NAME = "LogStreamName"
    LAST_EVENT = "LastEventTime"


class StoredStream(msgspec.Struct, frozen=True):
    """A log stream; the instants of its events are None until there are any."""

    id: int
    name: str
    created_ms: int
    first_event_ms: int | None
    last_event_ms: int | None
    last_ingestion_ms: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where the stream stands among the others by its last event; without events it is the oldest."""
        return (_NEVER_MS if self.last_event_ms is None else self.last_event_ms), self.name


class StreamQuery(msgspec.Struct, frozen=True):
    """Which streams to list: those after a place (see ``StoredStream.place``) in the order given."""

    after: tuple[int, str] | None = None
    prefix: str = ""
    order: StreamOrder = StreamOrder.NAME
    is_descending: bool = False
    limit: int = 50


class LogStreams:
    """The log streams."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, group_id: int, name: str, now_ms: int) -> bool:
        """Makes a stream; False if the group had one of this name."""
        if self.find(group_id, name) is not None:
            return False
        self._connection.execute(
            insert(log_stream).values(log_group_id=group_id, name=name, created_ms=now_ms)
        )
        return True

    def is_full(self, most: int) -> bool:
        """Tells whether there are as many streams as there may be."""
        newest = self._connection.execute(select(func.max(log_stream.c.id))).scalar()
        # Row numbers only grow, so most of the time nothing need be counted.
        if newest is None or newest < most:
            return False
        return self._connection.execute(select(func.count()).select_from(log_stream)).scalar_one() >= most

    def find(self, group_id: int, name: str) -> StoredStream | None:
        """Finds a stream of a group by its name."""
        found = self._connection.execute(_FIND, {"group_id": group_id, "stream_name": name}).first()
        return None if found is None else _stream(found)

    def page(self, group_id: int, query: StreamQuery) -> list[StoredStream]:
        """Lists streams of a group."""
        last: ColumnElement[int] = func.coalesce(log_stream.c.last_event_ms, _NEVER_MS)
        wanted: list[ColumnElement[bool]] = [log_stream.c.log_group_id == group_id]
        if query.prefix:
            wanted.append(begins_with(log_stream.c.name, query.prefix))
        keys: list[ColumnElement[Any]] = [log_stream.c.name]
        places: tuple[Any, ...] = query.after[1:] if query.after else ()
        if query.order is StreamOrder.LAST_EVENT:
            keys.insert(0, last)
            places = query.after or ()
        if places:
            place = tuple_(*keys)
            wanted.append(place < places if query.is_descending else place > places)
        found = self._connection.execute(
            select(log_stream)
            .where(*wanted)
            .order_by(*((each.desc() if query.is_descending else each) for each in keys))
            .limit(query.limit)
        )
        return [_stream(each) for each in found]

    def add_events(self, stream_id: int, first_ms: int, last_ms: int, now_ms: int) -> None:
        """Widens the time that a stream's events span."""
        values = {"stream_id": stream_id, "first_ms": first_ms, "last_ms": last_ms, "now_ms": now_ms}
        self._connection.execute(_ADD_EVENTS, values)

    def delete(self, stream_id: int) -> int:
        """Deletes a stream with its events; returns by how many bytes its group holds less."""
        freed: int = self._connection.execute(
            select(func.coalesce(func.sum(log_batch.c.size_bytes), 0)).where(
                log_batch.c.log_stream_id == stream_id
            )
        ).scalar_one()
        self._connection.execute(delete(log_batch).where(log_batch.c.log_stream_id == stream_id))
        self._connection.execute(delete(log_stream).where(log_stream.c.id == stream_id))
        return freed


# Built once, as building them costs more than running them.
_FIND = select(log_stream).where(
    log_stream.c.log_group_id == bindparam("group_id"), log_stream.c.name == bindparam("stream_name")
)
_ADD_EVENTS = (
    update(log_stream)
    .where(log_stream.c.id == bindparam("stream_id"))
    .values(
        first_event_ms=case(
            (log_stream.c.first_event_ms < bindparam("first_ms"), log_stream.c.first_event_ms),
            else_=bindparam("first_ms"),
        ),
        last_event_ms=case(
            (log_stream.c.last_event_ms > bindparam("last_ms"), log_stream.c.last_event_ms),
            else_=bindparam("last_ms"),
        ),
        last_ingestion_ms=bindparam("now_ms"),
    )
)


def _stream(row: Row[Any]) -> StoredStream:
    return StoredStream(
        id=row.id,
        name=row.name,
        created_ms=row.created_ms,
        first_event_ms=row.first_event_ms,
        last_event_ms=row.last_event_ms,
        last_ingestion_ms=row.last_ingestion_ms,
    )
