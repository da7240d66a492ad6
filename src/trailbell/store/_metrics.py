"""Rows of metrics: what identifies them and how they are found again."""

import msgspec
from sqlalchemy import Connection, insert, select

from trailbell.metrics import MetricKey
from trailbell.store._schema import metric

__all__ = ["metric_id", "metric_key", "metric_row"]


def metric_id(connection: Connection, key: MetricKey) -> int | None:
    """Finds a metric's row number."""
    dimensions = _dimensions(key)
    found = connection.execute(
        select(metric.c.id).where(
            metric.c.namespace == key.namespace,
            metric.c.name == key.name,
            metric.c.dimensions == dimensions,
        )
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
