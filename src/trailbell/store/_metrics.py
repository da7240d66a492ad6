"""Metrics: what identifies them, how they are found again and listed, and when they are forgotten."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
)

from trailbell.metrics import STANDARD_UNITS, MetricKey
from trailbell.store._schema import alarm, datapoint, evidence, metric, metric_filter

__all__ = ["MetricQuery", "Metrics", "metric_id", "metric_key", "metric_row"]

_FORGOTTEN_AT_ONCE = 10_000

# Built once: building it costs several times what asking costs, and every batch and every move asks.
_ROW_OF = select(metric.c.id).where(
    metric.c.namespace == bindparam("namespace"),
    metric.c.name == bindparam("name"),
    metric.c.dimensions == bindparam("dimensions"),
)


class MetricQuery(msgspec.Struct, frozen=True):
    """Which metrics to list: those with data since an instant, and with all of what is given.

    ``dimensions`` holds names with a value, or with None for any value; a metric may have more.
    ``after`` is the last metric of the page before.
    """

    since_ms: int
    namespace: str | None = None
    name: str | None = None
    dimensions: tuple[tuple[str, str | None], ...] = ()
    after: MetricKey | None = None
    limit: int = 500


class Metrics:
    """The metrics there are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, query: MetricQuery) -> list[tuple[int, MetricKey]]:
        """Lists metrics with their row numbers, by namespace, name and dimensions."""
        found = self._connection.execute(
            select(metric)
            .where(*_wanted(query))
            .order_by(metric.c.namespace, metric.c.name, metric.c.dimensions)
            .limit(query.limit)
        )
        return [(each.id, metric_key(each.namespace, each.name, each.dimensions)) for each in found]

    def key_of(self, row: int) -> MetricKey | None:
        """Finds a metric by its row number."""
        found = self._connection.execute(select(metric).where(metric.c.id == row)).first()
        return None if found is None else metric_key(found.namespace, found.name, found.dimensions)

    def newest_row(self) -> int:
        """Returns the highest row number; it grows whenever a metric is made."""
        newest = self._connection.execute(select(func.coalesce(func.max(metric.c.id), 0))).scalar_one()
        return int(newest)

    def is_more_than(self, number: int) -> bool:
        """Returns whether there are more metrics than this."""
        # Counting a million rows takes a while, and row numbers mostly tell that there are fewer.
        if self.newest_row() <= number:
            return False
        beyond = select(literal(1)).select_from(metric).order_by(metric.c.id).offset(number).limit(1)
        return self._connection.execute(beyond).first() is not None

    def forget_unused(self, most: int = _FORGOTTEN_AT_ONCE) -> int:
        """Deletes metrics that have no data and that nothing refers to; returns how many.

        As the datapoints of a metric go with their retention, so does the metric that has had none since.
        """
        unused = (
            select(metric.c.id)
            .where(
                *(
                    ~exists().where(column == metric.c.id)
                    for column in (
                        datapoint.c.metric_id,
                        evidence.c.metric_id,
                        metric_filter.c.metric_id,
                        alarm.c.metric_id,
                    )
                )
            )
            .limit(most)
        )
        return self._connection.execute(delete(metric).where(metric.c.id.in_(unused))).rowcount


def metric_id(connection: Connection, key: MetricKey) -> int | None:
    """Finds a metric's row number."""
    found = connection.execute(
        _ROW_OF, {"namespace": key.namespace, "name": key.name, "dimensions": _dimensions(key)}
    ).scalar()
    return None if found is None else int(found)


def metric_row(connection: Connection, key: MetricKey) -> int:
    """Finds a metric's row number, and makes the row first if there is none."""
    found = metric_id(connection, key)
    if found is not None:
        return found
    made = connection.execute(
        insert(metric)
        .values(namespace=key.namespace, name=key.name, dimensions=_dimensions(key))
        .returning(metric.c.id)
    ).scalar_one()
    return int(made)


def metric_key(namespace: str, name: str, dimensions: str) -> MetricKey:
    """Reads a metric's identity back from its columns."""
    return MetricKey(namespace, name, msgspec.json.decode(dimensions, type=tuple[tuple[str, str], ...]))


def _dimensions(key: MetricKey) -> str:
    return msgspec.json.encode(key.dimensions).decode()


def _wanted(query: MetricQuery) -> list[ColumnElement[bool]]:
    wanted = [_has_data_since(query.since_ms)]
    if query.namespace is not None:
        wanted.append(metric.c.namespace == query.namespace)
    if query.name is not None:
        wanted.append(metric.c.name == query.name)
    wanted.extend(_has_dimension(name, value) for name, value in query.dimensions)
    if query.after is not None:
        wanted.append(_is_after(query, query.after))
    return wanted


def _has_data_since(since_ms: int) -> ColumnElement[bool]:
    # With every unit there is, the primary key leads straight to the newest datapoints.
    return exists().where(
        datapoint.c.metric_id == metric.c.id,
        datapoint.c.unit.in_(STANDARD_UNITS),
        datapoint.c.start_ms >= since_ms,
    )


def _has_dimension(name: str, value: str | None) -> ColumnElement[bool]:
    # In JSON a quotation mark inside a text is never bare, so that a pair is found nowhere but as a pair.
    pair = msgspec.json.encode([name, value if value is not None else ""]).decode()
    return func.instr(metric.c.dimensions, pair if value is not None else pair.removesuffix('""]')) > 0


def _is_after(query: MetricQuery, after: MetricKey) -> ColumnElement[bool]:
    """Compares what the query leaves open only, so that the index leads to the place."""
    places: Sequence[tuple[Column[Any], str, bool]] = (
        (metric.c.namespace, after.namespace, query.namespace is None),
        (metric.c.name, after.name, query.name is None),
        (metric.c.dimensions, _dimensions(after), True),
    )
    is_open = [each for each in places if each[2]]
    return tuple_(*(column for column, _, _ in is_open)) > tuple_(
        *(literal(value) for _, value, _ in is_open)
    )
