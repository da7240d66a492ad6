"""Log groups and their metric filters."""

import msgspec
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.store._metrics import metric_key, metric_row
from trailbell.store._schema import log_group, metric, metric_filter

__all__ = ["Filters", "StoredFilter"]


class StoredFilter(msgspec.Struct, frozen=True):
    """A metric filter with its row number, by which matched events refer to it."""

    id: int
    definition: MetricFilter


class Filters:
    """Log groups and metric filters; names are unique, a filter put again replaces the first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_group(self, name: str, now_ms: int) -> bool:
        """Makes a log group; False if it was there."""
        if self.has_group(name):
            return False
        self._connection.execute(insert(log_group).values(name=name, created_ms=now_ms))
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
        }
        self._connection.execute(
            upsert(metric_filter)
            .values(log_group_id=group_id, name=definition.name, created_ms=now_ms, **values)
            .on_conflict_do_update(index_elements=["log_group_id", "name"], set_=values)
        )

    def all(self, group_name: str | None = None) -> list[StoredFilter]:
        """Lists the filters of one group, or of all, by group and name."""
        query = (
            select(metric_filter, log_group.c.name.label("group_name"), metric)
            .join(log_group, log_group.c.id == metric_filter.c.log_group_id)
            .join(metric, metric.c.id == metric_filter.c.metric_id)
            .order_by(log_group.c.name, metric_filter.c.name)
        )
        if group_name is not None:
            query = query.where(log_group.c.name == group_name)
        return [
            StoredFilter(
                row[metric_filter.c.id],
                MetricFilter(
                    log_group=row["group_name"],
                    name=row[metric_filter.c.name],
                    pattern=row[metric_filter.c.pattern],
                    transformation=MetricTransformation(
                        metric=metric_key(
                            row[metric.c.namespace], row[metric.c.name], row[metric.c.dimensions]
                        ),
                        value=row[metric_filter.c.metric_value],
                        default_value=row[metric_filter.c.default_value],
                        unit=row[metric_filter.c.unit],
                    ),
                ),
            )
            for row in self._connection.execute(query).mappings()
        ]

    def count(self) -> int:
        """Counts the metric filters."""
        return self._connection.execute(select(func.count()).select_from(metric_filter)).scalar_one()
