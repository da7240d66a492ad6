"""Roll-up: old datapoints are merged into longer periods, and the oldest deleted, a bounded batch at a time.

What a batch merges is added to the longer period and deleted in one transaction, so that a batch that is cut
short or done again changes no sum.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, select

from trailbell.metrics import KEPT_DAYS, STANDARD_UNITS, floor_to, merge_samples, roll_ups
from trailbell.store._datapoint_rows import DatapointRow, add_rows, samples_of
from trailbell.store._schema import datapoint, metric

__all__ = ["RolledUp", "roll_up"]

_DAY_MS = 86_400_000
# Others who write wait for a batch.
_METRICS_AT_ONCE = 25
_ROWS_AT_ONCE = 1_000

_DELETE = delete(datapoint).where(
    datapoint.c.metric_id == bindparam("of_metric"),
    datapoint.c.unit == bindparam("of_unit"),
    datapoint.c.start_ms == bindparam("at_ms"),
)


class RolledUp(msgspec.Struct, frozen=True):
    """What one batch has done: datapoints merged into longer periods, and deleted as too old.

    ``metric`` is the row number of the last metric done; None where there are no more.
    """

    merged: int = 0
    deleted: int = 0
    metric: int | None = None


def roll_up(connection: Connection, now_ms: int, since_ms: int | None, after: int) -> RolledUp:
    """Does one batch of a pass over all metrics.

    Args:
        connection: In a write transaction.
        now_ms: The time of the pass.
        since_ms: The time of a pass before: only what has aged since then is looked for. None looks for all.
        after: The row number of the last metric done, 0 at first.

    Raises:
        DamagedHistogramError: The bins of a datapoint cannot be read.
    """
    metrics = connection.execute(
        select(metric.c.id).where(metric.c.id > after).order_by(metric.c.id).limit(_METRICS_AT_ONCE)
    )
    batch = _Batch(connection, metrics.scalars().all())
    if not batch.metrics:
        return RolledUp()
    due = roll_ups(now_ms)
    if since_ms is None:
        starts_ms = [0, *(each.before_ms for each in due[:-1])]
    else:
        starts_ms = [each.before_ms for each in roll_ups(since_ms)]
    for start_ms, each in zip(starts_ms, due, strict=True):
        batch.merge_between(start_ms, each.before_ms, each.period_seconds)
    batch.delete_before(now_ms - KEPT_DAYS * _DAY_MS)
    if batch.is_full:
        return RolledUp(batch.merged, batch.deleted, after)
    is_last = len(batch.metrics) < _METRICS_AT_ONCE
    return RolledUp(batch.merged, batch.deleted, None if is_last else batch.metrics[-1])


class _Batch:
    """A bounded number of rows of some metrics."""

    def __init__(self, connection: Connection, metrics: Sequence[int]) -> None:
        self._connection = connection
        self.metrics = metrics
        self.merged = 0
        self.deleted = 0

    @property
    def is_full(self) -> bool:
        """Whether there may be more to do."""
        return self.merged + self.deleted >= _ROWS_AT_ONCE

    def merge_between(self, start_ms: int, end_ms: int, period_seconds: int) -> None:
        """Merges what does not begin with a whole period into that period."""
        rows = self._rows(
            datapoint.c.start_ms >= start_ms,
            datapoint.c.start_ms < end_ms,
            datapoint.c.start_ms % (period_seconds * 1000) != 0,
        )
        longer = [
            DatapointRow(*place, *merge_samples([samples_of(each) for each in parts]))
            for place, parts in groupby(
                rows, lambda each: (each.metric_id, each.unit, floor_to(each.start_ms, period_seconds))
            )
        ]
        add_rows(self._connection, longer)
        self._delete(rows)
        self.merged += len(rows)

    def delete_before(self, before_ms: int) -> None:
        """Deletes what begins before an instant."""
        rows = self._rows(datapoint.c.start_ms < before_ms)
        self._delete(rows)
        self.deleted += len(rows)

    def _rows(self, *wanted: ColumnElement[bool]) -> Sequence[Row[*tuple[Any, ...]]]:
        room = _ROWS_AT_ONCE - self.merged - self.deleted
        # With every unit there is, the primary key leads straight to the span.
        place = datapoint.c.metric_id.in_(self.metrics), datapoint.c.unit.in_(STANDARD_UNITS)
        found = select(datapoint).where(*place, *wanted).order_by(*datapoint.primary_key).limit(room)
        return self._connection.execute(found).all()

    def _delete(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
        if rows:
            self._connection.execute(
                _DELETE,
                [
                    {"of_metric": each.metric_id, "of_unit": each.unit, "at_ms": each.start_ms}
                    for each in rows
                ],
            )
