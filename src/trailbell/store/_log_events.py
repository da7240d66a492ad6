"""Log events as they are kept: compressed batches, one row for what one call put into one stream."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, tuple_

from trailbell.store._log_content import unpack_events
from trailbell.store._log_names import begins_with
from trailbell.store._schema import log_batch, log_group, log_stream

__all__ = ["BatchPlace", "LogBatch", "LogBatches", "NewBatch", "Scope"]


class NewBatch(msgspec.Struct, frozen=True):
    """A batch to keep; ``size_bytes`` counts its messages as CloudWatch Logs does, overheads included."""

    log_group_id: int
    log_stream_id: int
    first_ms: int
    last_ms: int
    ingested_ms: int
    events: int
    size_bytes: int
    content: bytes


class LogBatch(msgspec.Struct, frozen=True):
    """A batch as it is kept; a later batch of the same instant has the higher number."""

    id: int
    stream: str
    first_ms: int
    last_ms: int
    ingested_ms: int
    events: int
    size_bytes: int
    content: bytes

    def unpack(self) -> tuple[list[int], list[bytes]]:
        """Returns the instants, ascending, and the messages."""
        return unpack_events(self.content, self.size_bytes)


class Scope(msgspec.Struct, frozen=True):
    """Where events are looked for: a group, or some of its streams, in ``start_ms <= instant < end_ms``."""

    group_id: int
    start_ms: int
    end_ms: int
    stream_ids: tuple[int, ...] = ()
    stream_prefix: str = ""


class BatchPlace(msgspec.Struct, frozen=True):
    """A place in the order of batches: by first instant, then number."""

    first_ms: int
    id: int


class LogBatches:
    """The batches of all log groups."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: NewBatch) -> int:
        """Keeps a batch; returns its number."""
        number: int = self._connection.execute(_ADD, msgspec.structs.asdict(new)).scalar_one()
        return number

    def ascending(self, scope: Scope, from_ms: int, oldest_ms: int) -> Iterator[LogBatch]:
        """Reads, as the caller goes on, the batches with events since an instant, the earliest begun first.

        Args:
            scope: Where to look.
            from_ms: Batches that end before are left out.
            oldest_ms: No batch that began before reaches to ``from_ms``; spares looking at all older ones.
        """
        query = self._within(scope).where(
            log_batch.c.first_ms >= oldest_ms, log_batch.c.last_ms >= max(from_ms, scope.start_ms)
        )
        ordered = query.order_by(log_batch.c.first_ms, log_batch.c.id)
        return map(_batch, self._connection.execute(ordered))

    def descending(
        self, scope: Scope, before: BatchPlace | None, oldest_ms: int, ended_since_ms: int
    ) -> Iterator[LogBatch]:
        """Reads, as the caller goes on, the batches before a place, the latest begun first.

        Args:
            scope: Where to look.
            before: Only batches before this place; None begins with the last.
            oldest_ms: Batches that began before are left out.
            ended_since_ms: Batches that end before are left out.
        """
        query = self._within(scope).where(
            log_batch.c.first_ms >= oldest_ms, log_batch.c.last_ms >= max(ended_since_ms, scope.start_ms)
        )
        if before is not None:
            query = query.where(tuple_(log_batch.c.first_ms, log_batch.c.id) < (before.first_ms, before.id))
        ordered = query.order_by(log_batch.c.first_ms.desc(), log_batch.c.id.desc())
        return map(_batch, self._connection.execute(ordered))

    def content_bytes(self) -> int:
        """Says how much room all batches take, compressed as they are."""
        total: int = self._connection.execute(
            select(func.coalesce(func.sum(func.length(log_batch.c.content)), 0))
        ).scalar_one()
        return total

    def delete_ended(self, group_id: int, before_ms: int, most: int) -> int:
        """Deletes batches of a group all of whose events are older than an instant; returns how many."""
        return self._delete(
            select(log_batch.c.id)
            .where(
                log_batch.c.log_group_id == group_id,
                log_batch.c.first_ms < before_ms,
                log_batch.c.last_ms < before_ms,
            )
            .limit(most)
        )

    def delete_oldest(self, content_bytes: int, most: int) -> tuple[int, int]:
        """Deletes the batches ingested first until so much room is free; returns how many, and the room."""
        oldest = select(log_batch.c.id, func.length(log_batch.c.content)).order_by(log_batch.c.id).limit(most)
        freed = 0
        last = None
        for number, length in self._connection.execute(oldest):
            if freed >= content_bytes:
                break
            freed += length
            last = number
        if last is None:
            return 0, 0
        return self._delete(select(log_batch.c.id).where(log_batch.c.id <= last)), freed

    def delete_numbered(self, numbers: Collection[int], ingested_ms: int) -> int:
        """Deletes batches by their numbers, as they were ingested at an instant; returns how many were there.

        The number of a batch that was deleted may be that of another by now.
        """
        return self._delete(
            select(log_batch.c.id).where(log_batch.c.id.in_(numbers), log_batch.c.ingested_ms == ingested_ms)
        )

    def delete_of_group(self, group_id: int, most: int) -> int:
        """Deletes some batches of a group; returns how many."""
        return self._delete(select(log_batch.c.id).where(log_batch.c.log_group_id == group_id).limit(most))

    def delete_of_stream(self, stream_id: int, most: int) -> int:
        """Deletes some batches of a stream; returns how many."""
        return self._delete(select(log_batch.c.id).where(log_batch.c.log_stream_id == stream_id).limit(most))

    def count(self) -> int:
        """Counts the batches."""
        return self._connection.execute(select(func.count()).select_from(log_batch)).scalar_one()

    def _within(self, scope: Scope) -> Select[Any]:
        wanted: list[ColumnElement[bool]] = [
            log_batch.c.log_group_id == scope.group_id,
            log_batch.c.first_ms < scope.end_ms,
        ]
        if scope.stream_ids:
            wanted.append(log_batch.c.log_stream_id.in_(scope.stream_ids))
        if scope.stream_prefix:
            wanted.append(begins_with(log_stream.c.name, scope.stream_prefix))
        return (
            select(
                log_batch.c.id,
                log_stream.c.name,
                log_batch.c.first_ms,
                log_batch.c.last_ms,
                log_batch.c.ingested_ms,
                log_batch.c.events,
                log_batch.c.size_bytes,
                log_batch.c.content,
            )
            .join(log_stream, log_stream.c.id == log_batch.c.log_stream_id)
            .where(*wanted)
        )

    def _delete(self, numbers: Select[tuple[int]]) -> int:
        """Deletes batches and counts what their groups hold less."""
        gone = self._connection.execute(
            delete(log_batch)
            .where(log_batch.c.id.in_(numbers))
            .returning(log_batch.c.log_group_id, log_batch.c.size_bytes)
        ).all()
        freed: dict[int, int] = {}
        for group_id, size_bytes in gone:
            freed[group_id] = freed.get(group_id, 0) + size_bytes
        for group_id, size_bytes in freed.items():
            self._connection.execute(
                log_group.update()
                .where(log_group.c.id == group_id)
                .values(stored_bytes=log_group.c.stored_bytes - size_bytes)
            )
        return len(gone)


# Built once, as building it costs more than running it.
_ADD = insert(log_batch).returning(log_batch.c.id)


def _batch(row: Row[Any]) -> LogBatch:
    values: tuple[Any, ...] = tuple(row)
    return LogBatch(*values)
