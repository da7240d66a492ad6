"""Log groups: their names, classes, retention and protection, and how much they hold."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, select, update

from trailbell.store._log_names import begins_with
from trailbell.store._schema import log_batch, log_group, log_stream, metric_filter

__all__ = ["GroupQuery", "LogGroups", "StoredGroup"]


class StoredGroup(msgspec.Struct, frozen=True):
    """A log group; ``log_class`` is AWS's word, ``stored_bytes`` counts messages and 26 bytes for each."""

    id: int
    name: str
    created_ms: int
    log_class: str
    retention_days: int | None
    is_deletion_protected: bool
    stored_bytes: int
    metric_filters: int


class GroupQuery(msgspec.Struct, frozen=True):
    """Which log groups to list, by name: those after one, with all of what is given."""

    after: str = ""
    prefix: str = ""
    pattern: str = ""
    log_class: str = ""
    names: tuple[str, ...] = ()
    limit: int = 50


class LogGroups:
    """The log groups."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str, log_class: str, now_ms: int, *, is_deletion_protected: bool = False) -> bool:
        """Makes a log group; False if one of this name was there."""
        if self._connection.execute(select(log_group.c.id).where(log_group.c.name == name)).first():
            return False
        self._connection.execute(
            insert(log_group).values(
                {
                    "name": name,
                    "created_ms": now_ms,
                    "class": log_class,
                    "is_deletion_protected": is_deletion_protected,
                    "stored_bytes": 0,
                }
            )
        )
        return True

    def find(self, name: str) -> StoredGroup | None:
        """Finds a log group by its name."""
        found = self._connection.execute(_GROUPS.where(log_group.c.name == name)).first()
        return None if found is None else _group(found)

    def page(self, query: GroupQuery) -> list[StoredGroup]:
        """Lists log groups in the order of their names."""
        wanted: list[ColumnElement[bool]] = [log_group.c.name > query.after]
        if query.prefix:
            wanted.append(begins_with(log_group.c.name, query.prefix))
        if query.pattern:
            wanted.append(func.instr(log_group.c.name, query.pattern) > 0)
        if query.log_class:
            wanted.append(log_group.c["class"] == query.log_class)
        if query.names:
            wanted.append(log_group.c.name.in_(query.names))
        found = self._connection.execute(_GROUPS.where(*wanted).order_by(log_group.c.name).limit(query.limit))
        return [_group(each) for each in found]

    def with_retention(self) -> list[StoredGroup]:
        """Lists the log groups whose events expire."""
        found = self._connection.execute(
            _GROUPS.where(log_group.c.retention_days.is_not(None)).order_by(log_group.c.name)
        )
        return [_group(each) for each in found]

    def set_retention(self, group_id: int, days: int | None) -> None:
        """Sets how many days events are kept; None keeps them as long as there is room."""
        self._connection.execute(
            update(log_group).where(log_group.c.id == group_id).values(retention_days=days)
        )

    def set_deletion_protected(self, group_id: int, is_deletion_protected: bool) -> None:
        """Sets whether the group refuses to be deleted."""
        self._connection.execute(
            update(log_group)
            .where(log_group.c.id == group_id)
            .values(is_deletion_protected=is_deletion_protected)
        )

    def add_stored_bytes(self, group_id: int, size_bytes: int) -> None:
        """Counts what was added, or with a minus what was deleted."""
        self._connection.execute(_ADD_STORED_BYTES, {"group_id": group_id, "added": size_bytes})

    def delete(self, group_id: int) -> None:
        """Deletes a log group with its events, streams and metric filters; matched events stay."""
        self._connection.execute(delete(log_batch).where(log_batch.c.log_group_id == group_id))
        self._connection.execute(delete(log_stream).where(log_stream.c.log_group_id == group_id))
        self._connection.execute(delete(metric_filter).where(metric_filter.c.log_group_id == group_id))
        self._connection.execute(delete(log_group).where(log_group.c.id == group_id))


_FILTERS = (
    select(func.count())
    .select_from(metric_filter)
    .where(metric_filter.c.log_group_id == log_group.c.id)
    .scalar_subquery()
)
_GROUPS = select(log_group, _FILTERS.label("metric_filters"))

# Built once, as building it costs more than running it.
_ADD_STORED_BYTES = (
    update(log_group)
    .where(log_group.c.id == bindparam("group_id"))
    .values(stored_bytes=log_group.c.stored_bytes + bindparam("added"))
)


def _group(row: Row[Any]) -> StoredGroup:
    return StoredGroup(
        id=row.id,
        name=row.name,
        created_ms=row.created_ms,
        log_class=row._mapping[log_group.c["class"]],
        retention_days=row.retention_days,
        is_deletion_protected=row.is_deletion_protected,
        stored_bytes=row.stored_bytes,
        metric_filters=row.metric_filters,
    )
