"""How long and how much every table keeps, and the deletes that hold it to that."""

import msgspec
from sqlalchemy import Column, Connection, Table, delete, func, literal, select

from trailbell.metrics import KEPT_DAYS
from trailbell.store._schema import (
    METADATA,
    alarm_history,
    counted_identity,
    delivery_attempt,
    event,
    evidence,
    outbox,
    rejected_record,
    source_file,
    subscription_token,
    verification,
)

__all__ = ["MOST_BATCHES", "MOST_COUNTED", "MOST_STREAMS", "Bound", "Bounds", "Retention", "TableSize"]

_DAY_MS = 86_400_000
_DELETED_AT_ONCE = 10_000

_DATAPOINTS = "by the second 3 hours, by the minute 15 days, by 5 minutes 63, by the hour 455, as CloudWatch"

MOST_BATCHES = 10_000_000
"""How many batches of log events are kept; LogBatches deletes those beyond."""

MOST_STREAMS = 1_000_000
"""How many log streams there may be."""

MOST_COUNTED = 1_000_000
"""How far rows are counted for show."""


class Bounds(msgspec.Struct, frozen=True):
    """The bounds a user can set; the others follow AWS or stand in ``Retention.bounds``."""

    matched_event_days: int = 90
    matched_event_bytes: int = 2 * 1024**3
    log_event_bytes: int = 4 * 1024**3


class Bound(msgspec.Struct, frozen=True):
    """What one table keeps: rows younger than ``days``, at most ``rows`` of them; None is no such bound."""

    table: str
    days: int | None
    rows: int | None
    why: str


class TableSize(msgspec.Struct, frozen=True):
    """How much is in a table beside its bound; rows are counted up to ``MOST_COUNTED``."""

    table: str
    rows: int
    bound: Bound


class Retention:
    """Bounds and their enforcement."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @staticmethod
    def bounds(bounds: Bounds) -> tuple[Bound, ...]:
        """Lists what every growing table keeps; the rest are as many as the user defines."""
        event_days = bounds.matched_event_days
        return (
            Bound("datapoint", KEPT_DAYS, None, _DATAPOINTS),
            Bound("evidence", 15, None, "as long as one-minute datapoints"),
            Bound("alarm_history", 30, 1_000_000, "CloudWatch keeps alarm history 30 days"),
            Bound("event", event_days, None, f"and at most {bounds.matched_event_bytes} bytes of records"),
            Bound("event_filter", event_days, None, "deleted with its event"),
            Bound("outbox", 30, 1_000_000, "finished messages; pending ones end by their retry policy"),
            Bound("delivery_attempt", 30, 1_000_000, "as long as the messages"),
            Bound("counted_identity", 35, None, "CloudTrail may deliver again for up to 30 days"),
            Bound("rejected_record", 90, 100_000, "newest kept"),
            Bound(
                "log_batch",
                None,
                MOST_BATCHES,
                f"by the log group's retention, and at most {bounds.log_event_bytes} bytes, compressed",
            ),
            Bound("log_stream", None, MOST_STREAMS, "a log stream beyond that is refused"),
            Bound("subscription_token", 3, None, "a token confirms for two days"),
            Bound("verification", 30, 10_000, "as long as alarm history, which keeps their moves"),
            Bound("source_file", None, 20_000_000, "files first seen longest ago are forgotten first"),
        )

    def enforce(self, bounds: Bounds, now_ms: int) -> dict[str, int]:
        """Deletes what is beyond its bound, a bounded number of rows a table; returns rows by table.

        Datapoints are left to ``Datapoints.roll_up``.
        """
        deleted: dict[str, int] = {}
        for bound in self.bounds(bounds):
            number = 0
            age = _AGE_COLUMNS.get(bound.table)
            if bound.days is not None and age is not None:
                number += self._delete_older(age, now_ms - bound.days * _DAY_MS)
            if bound.rows is not None and age is not None:
                number += self._delete_beyond(METADATA.tables[bound.table], bound.rows)
            if number:
                deleted[bound.table] = number
        number = self._delete_event_bytes(bounds.matched_event_bytes)
        if number:
            deleted["event"] = deleted.get("event", 0) + number
        return deleted

    def sizes(self, bounds: Bounds) -> tuple[TableSize, ...]:
        """Counts the rows of every growing table."""
        return tuple(
            TableSize(bound.table, self._count(METADATA.tables[bound.table], MOST_COUNTED), bound)
            for bound in self.bounds(bounds)
        )

    def _count(self, table: Table, most: int) -> int:
        """Counts rows, but not beyond ``most``: a count reads every row there is."""
        some = select(literal(1)).select_from(table).limit(most).subquery()
        return self._connection.execute(select(func.count()).select_from(some)).scalar_one()

    def _delete_older(self, column: Column[int], before_ms: int) -> int:
        return self._connection.execute(delete(column.table).where(column < before_ms)).rowcount

    def _delete_beyond(self, table: Table, rows: int) -> int:
        excess = self._count(table, rows + _DELETED_AT_ONCE) - rows
        if excess <= 0:
            return 0
        age = _AGE_COLUMNS[table.name]
        edge = self._connection.execute(select(age).order_by(age).offset(excess - 1).limit(1)).scalar_one()
        return self._connection.execute(delete(table).where(age <= edge)).rowcount

    def _delete_event_bytes(self, limit_bytes: int) -> int:
        total = self._connection.execute(select(func.coalesce(func.sum(event.c.size_bytes), 0))).scalar_one()
        if total <= limit_bytes:
            return 0
        running = func.sum(event.c.size_bytes).over(order_by=event.c.id)
        oldest = (
            select(event.c.id, running.label("freed")).order_by(event.c.id).limit(_DELETED_AT_ONCE).subquery()
        )
        edge = self._connection.execute(
            select(func.min(oldest.c.id)).where(oldest.c.freed >= total - limit_bytes)
        ).scalar()
        last = (
            edge if edge is not None else self._connection.execute(select(func.max(oldest.c.id))).scalar_one()
        )
        return self._connection.execute(delete(event).where(event.c.id <= last)).rowcount


_AGE_COLUMNS: dict[str, Column[int]] = {
    "evidence": evidence.c.start_ms,
    "alarm_history": alarm_history.c.at_ms,
    "event": event.c.stored_ms,
    "outbox": outbox.c.finished_ms,
    "delivery_attempt": delivery_attempt.c.at_ms,
    "counted_identity": counted_identity.c.at_ms,
    "rejected_record": rejected_record.c.at_ms,
    "source_file": source_file.c.first_seen_ms,
    "subscription_token": subscription_token.c.created_ms,
    "verification": verification.c.started_ms,
}
