"""Log groups and their metric filters."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, tuple_
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.metrics import MetricKey
from trailbell.store._log_names import begins_with
from trailbell.store._metrics import metric_id, metric_key, metric_row
from trailbell.store._schema import event_filter, log_group, metric, metric_filter

__all__ = ["FilterQuery", "Filters", "StoredFilter"]


class StoredFilter(msgspec.Struct, frozen=True):
    """A metric filter with its row number, by which matched events refer to it, and when it was first put."""

    id: int
    definition: MetricFilter
    created_ms: int = 0


class FilterQuery(msgspec.Struct, frozen=True):
    """Which filters to list, by name and then group: those after one, with all of what is given."""

    after: tuple[str, str] = ("", "")
    group: str = ""
    prefix: str = ""
    metric: MetricKey | None = None
    limit: int = 50


class Filters:
    """Log groups and metric filters; names are unique, a filter put again replaces the first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_group(self, name: str, now_ms: int) -> bool:
        """Makes a log group; False if it was there."""
        if self.has_group(name):
            return False
        self._connection.execute(
            insert(log_group).values(
                {
                    "name": name,
                    "created_ms": now_ms,
                    "class": "STANDARD",
                    "is_deletion_protected": False,
                    "stored_bytes": 0,
                }
            )
        )
        return True

    def has_group(self, name: str) -> bool:
        """Tells whether the log group exists."""
        return (
            self._connection.execute(select(log_group.c.id).where(log_group.c.name == name)).first()
            is not None
        )

    def put(self, definition: MetricFilter, now_ms: int) -> None:
        """Puts a filter on its log group, which must exist."""
        group_id = self._connection.execute(
            select(log_group.c.id).where(log_group.c.name == definition.log_group)
        ).scalar_one()
        transformation = definition.transformation
        values = {
            "pattern": definition.pattern,
            "metric_id": metric_row(self._connection, transformation.metric),
            "metric_value": transformation.value,
            "default_value": transformation.default_value,
            "unit": transformation.unit,
            "dimensions": msgspec.json.encode(transformation.dimensions).decode(),
            "system_dimensions": msgspec.json.encode(definition.system_dimensions).decode(),
        }
        self._connection.execute(
            upsert(metric_filter)
            .values(id=_NEXT_ID, log_group_id=group_id, name=definition.name, created_ms=now_ms, **values)
            .on_conflict_do_update(index_elements=["log_group_id", "name"], set_=values)
        )

    def all(self, group_name: str | None = None) -> list[StoredFilter]:
        """Lists the filters of one group, or of all, by group and name."""
        query = _FILTERS.order_by(log_group.c.name, metric_filter.c.name)
        if group_name is not None:
            query = query.where(log_group.c.name == group_name)
        return [_stored(row) for row in self._connection.execute(query).mappings()]

    def page(self, query: FilterQuery) -> list[StoredFilter]:
        """Lists filters in the order of their names, those of one name by their groups."""
        place = tuple_(metric_filter.c.name, log_group.c.name)
        wanted: list[ColumnElement[bool]] = [place > query.after]
        if query.group:
            wanted.append(log_group.c.name == query.group)
        if query.prefix:
            wanted.append(begins_with(metric_filter.c.name, query.prefix))
        if query.metric is not None:
            wanted.append(metric_filter.c.metric_id == metric_id(self._connection, query.metric))
        found = self._connection.execute(
            _FILTERS.where(*wanted).order_by(metric_filter.c.name, log_group.c.name).limit(query.limit)
        )
        return [_stored(row) for row in found.mappings()]

    def delete(self, group_name: str, name: str) -> bool:
        """Deletes a filter, and leaves what it has counted; False if there was none."""
        group_id = select(log_group.c.id).where(log_group.c.name == group_name).scalar_subquery()
        gone = self._connection.execute(
            delete(metric_filter).where(
                metric_filter.c.log_group_id == group_id, metric_filter.c.name == name
            )
        )
        return gone.rowcount > 0

    def count(self) -> int:
        """Counts the metric filters."""
        return self._connection.execute(select(func.count()).select_from(metric_filter)).scalar_one()


_FILTERS = (
    select(metric_filter, log_group.c.name.label("group_name"), metric)
    .join(log_group, log_group.c.id == metric_filter.c.log_group_id)
    .join(metric, metric.c.id == metric_filter.c.metric_id)
)

_DIMENSIONS = msgspec.json.Decoder(tuple[tuple[str, str], ...])
_SYSTEM_DIMENSIONS = msgspec.json.Decoder(tuple[str, ...])

# Matched events name filters that may be gone: their numbers must not be given to others.
_NEXT_ID = (
    select(
        func.max(
            select(func.coalesce(func.max(metric_filter.c.id), 0)).scalar_subquery(),
            select(func.coalesce(func.max(event_filter.c.metric_filter_id), 0)).scalar_subquery(),
        )
        + 1
    )
).scalar_subquery()


def _stored(row: Mapping[Any, Any]) -> StoredFilter:
    return StoredFilter(
        row[metric_filter.c.id],
        MetricFilter(
            log_group=row["group_name"],
            name=row[metric_filter.c.name],
            pattern=row[metric_filter.c.pattern],
            transformation=MetricTransformation(
                metric=metric_key(row[metric.c.namespace], row[metric.c.name], row[metric.c.dimensions]),
                value=row[metric_filter.c.metric_value],
                default_value=row[metric_filter.c.default_value],
                unit=row[metric_filter.c.unit],
                dimensions=_DIMENSIONS.decode(row[metric_filter.c.dimensions]),
            ),
            system_dimensions=_SYSTEM_DIMENSIONS.decode(row[metric_filter.c.system_dimensions]),
        ),
        row[metric_filter.c.created_ms],
    )
