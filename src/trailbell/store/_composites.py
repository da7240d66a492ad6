"""Composite alarms with their state, what holds their actions back, and the alarms they refer to."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.alarms import (
    INITIAL_STATE_REASON,
    AlarmState,
    CompositeAlarm,
    CompositeChange,
    SuppressedBy,
    Suppression,
)
from trailbell.store._alarms import AlarmQuery, matching
from trailbell.store._schema import alarm, composite_alarm, composite_reference

__all__ = ["AlarmStanding", "Composites", "StoredComposite"]

_SELECTED_AT_ONCE = 500
_REFERENCE = composite_reference.c


class StoredComposite(msgspec.Struct, frozen=True):
    """A composite alarm's definition and what its state is.

    state_updated_ms: when the state, or what holds its actions back, last changed.
    state_transitioned_ms: when the state last changed.
    held: the change whose actions are held back; None while none are.
    episode_start_ms: where the data of the present (or last) ALARM begins.
    told_ms: up to when matched events have been told to people in this episode; None where people were not
        told of it.
    """

    definition: CompositeAlarm
    state: AlarmState
    reason: str
    reason_data: str
    configuration_updated_ms: int
    state_updated_ms: int
    state_transitioned_ms: int
    suppression: Suppression = Suppression()
    held: CompositeChange | None = None
    episode_start_ms: int | None = None
    told_ms: int | None = None


class AlarmStanding(msgspec.Struct, frozen=True):
    """How an alarm of either kind stands: its state, and when that changed and was updated."""

    name: str
    state: AlarmState
    transitioned_ms: int
    updated_ms: int


class Composites:
    """Composite alarms, and the way from an alarm to those that refer to it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(
        self, definition: CompositeAlarm, children: Collection[str], suppressor: str | None, now_ms: int
    ) -> None:
        """Puts a composite alarm; an update keeps the state.

        Args:
            definition: What it is to be.
            children: The names of the alarms its rule mentions, each once.
            suppressor: The name of the alarm that holds its actions back.
            now_ms: The time.
        """
        values: dict[str, object] = {
            "definition": msgspec.json.encode(definition).decode(),
            "configuration_updated_ms": now_ms,
        }
        self._connection.execute(
            upsert(composite_alarm)
            .values(
                name=definition.name,
                state=AlarmState.INSUFFICIENT_DATA.value,
                reason=INITIAL_STATE_REASON,
                reason_data="",
                state_updated_ms=now_ms,
                state_transitioned_ms=now_ms,
                suppressed_reason="",
                **values,
            )
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )
        self._forget_references(definition.name)
        references = [(each, False) for each in children]
        references += [] if suppressor is None else [(suppressor, True)]
        if references:
            self._connection.execute(
                insert(composite_reference),
                [
                    {"composite_name": definition.name, "alarm_name": name, "is_suppressor": is_suppressor}
                    for name, is_suppressor in references
                ],
            )

    def delete(self, name: str) -> None:
        """Deletes a composite alarm; its history stays."""
        self._forget_references(name)
        self._connection.execute(delete(composite_alarm).where(composite_alarm.c.name == name))

    def find(self, name: str) -> StoredComposite | None:
        """Finds one."""
        row = self._connection.execute(select(composite_alarm).where(composite_alarm.c.name == name)).first()
        return None if row is None else _stored(row)

    def all(self) -> list[StoredComposite]:
        """Lists all by name."""
        found = self._connection.execute(select(composite_alarm).order_by(composite_alarm.c.name))
        return [_stored(row) for row in found]

    def page(self, query: AlarmQuery) -> list[StoredComposite]:
        """Lists composite alarms in the order of their names."""
        found = self._connection.execute(
            select(composite_alarm)
            .where(*matching(composite_alarm, query))
            .order_by(composite_alarm.c.name)
            .limit(query.limit)
        )
        return [_stored(row) for row in found]

    def told(self) -> list[StoredComposite]:
        """Lists those that are in ALARM and of which people were told."""
        found = self._connection.execute(
            select(composite_alarm)
            .where(
                composite_alarm.c.state == AlarmState.ALARM.value,
                composite_alarm.c.suppressed_by.is_(None),
                composite_alarm.c.told_ms.is_not(None),
            )
            .order_by(composite_alarm.c.name)
        )
        return [_stored(row) for row in found]

    def set_state(self, stored: StoredComposite) -> None:
        """Writes a composite alarm's state, and what holds its actions back, as given."""
        suppression, held = stored.suppression, stored.held
        self._connection.execute(
            update(composite_alarm)
            .where(composite_alarm.c.name == stored.definition.name)
            .values(
                state=stored.state.value,
                reason=stored.reason,
                reason_data=stored.reason_data,
                state_updated_ms=stored.state_updated_ms,
                state_transitioned_ms=stored.state_transitioned_ms,
                suppressed_by=None if suppression.by is None else suppression.by.value,
                suppressed_reason=suppression.reason,
                suppression_due_ms=suppression.due_ms,
                held_change=None if held is None else msgspec.json.encode(held).decode(),
                episode_start_ms=stored.episode_start_ms,
                told_ms=stored.told_ms,
            )
        )

    def due(self, now_ms: int) -> list[StoredComposite]:
        """Lists those whose wait or extension period has come to its end, the earliest end first."""
        due_ms = composite_alarm.c.suppression_due_ms
        found = self._connection.execute(
            select(composite_alarm).where(due_ms <= now_ms).order_by(due_ms, composite_alarm.c.name)
        )
        return [_stored(row) for row in found]

    def next_due_ms(self) -> int | None:
        """When the next wait or extension period ends; None if none runs."""
        return self._connection.execute(select(func.min(composite_alarm.c.suppression_due_ms))).scalar()

    def parents(self, names: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Lists the composite alarms whose rule mentions any of some alarms, each with those it mentions."""
        return self._references(_REFERENCE.alarm_name, names, is_suppressor=False)

    def suppressed_by(self, names: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Lists the composite alarms that any of some alarms suppresses, each with the one that does."""
        return self._references(_REFERENCE.alarm_name, names, is_suppressor=True)

    def children(self, names: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Lists the alarms that the rules of some composite alarms mention, by the name of the composite."""
        return self._references(_REFERENCE.composite_name, names, is_suppressor=False)

    def below(self, names: Sequence[str], limit: int) -> list[str]:
        """Lists the alarms that some composite alarms stand on, by their rules and those below them."""
        mentioned = (
            select(_REFERENCE.alarm_name)
            .where(_REFERENCE.composite_name.in_(names), _REFERENCE.is_suppressor.is_(False))
            .cte("mentioned", recursive=True)
        )
        # A union leaves out what was found before, so that a cycle comes to its end.
        found = mentioned.union(
            select(_REFERENCE.alarm_name).where(
                _REFERENCE.composite_name == mentioned.c.alarm_name, _REFERENCE.is_suppressor.is_(False)
            )
        )
        return list(self._connection.execute(select(found.c.alarm_name).limit(limit)).scalars())

    def inner_children(self) -> dict[str, tuple[str, ...]]:
        """Lists all composite alarms whose rule mentions others, each with those others."""
        inner = composite_reference.join(composite_alarm, _REFERENCE.alarm_name == composite_alarm.c.name)
        query = (
            select(_REFERENCE.composite_name, _REFERENCE.alarm_name)
            .select_from(inner)
            .where(_REFERENCE.is_suppressor.is_(False))
        )
        return _grouped(self._connection.execute(query))

    def depended_on(self, names: Collection[str]) -> set[str]:
        """Returns those of some alarms that a composite alarm mentions or is suppressed by."""
        return {
            name
            for part in _parts(names)
            for name in self._connection.execute(
                select(_REFERENCE.alarm_name).where(_REFERENCE.alarm_name.in_(part)).distinct()
            ).scalars()
        }

    def parent_count(self, name: str, other_than: str) -> int:
        """Counts the composite alarms, other than one, whose rule mentions an alarm."""
        return self._connection.execute(
            select(func.count())
            .select_from(composite_reference)
            .where(
                _REFERENCE.alarm_name == name,
                _REFERENCE.is_suppressor.is_(False),
                _REFERENCE.composite_name != other_than,
            )
        ).scalar_one()

    def standings(self, names: Collection[str]) -> dict[str, AlarmStanding]:
        """Says how alarms of either kind stand; those that do not exist are left out."""
        columns = composite_alarm.c
        of_composites = (columns.name, columns.state, columns.state_transitioned_ms, columns.state_updated_ms)
        columns = alarm.c
        of_alarms = (columns.name, columns.state, columns.state_updated_ms, columns.state_updated_ms)
        rows = (
            row
            for part in _parts(names)
            for kind in (of_alarms, of_composites)
            for row in self._connection.execute(select(*kind).where(kind[0].in_(part)))
        )
        return {
            name: AlarmStanding(name, AlarmState(state), transitioned_ms, updated_ms)
            for name, state, transitioned_ms, updated_ms in rows
        }

    def _references(
        self, column: ColumnElement[str], names: Collection[str], *, is_suppressor: bool
    ) -> dict[str, tuple[str, ...]]:
        rows = (
            row
            for part in _parts(names)
            for row in self._connection.execute(
                select(_REFERENCE.composite_name, _REFERENCE.alarm_name).where(
                    column.in_(part), _REFERENCE.is_suppressor.is_(is_suppressor)
                )
            )
        )
        return _grouped(rows)

    def _forget_references(self, name: str) -> None:
        self._connection.execute(
            delete(composite_reference).where(composite_reference.c.composite_name == name)
        )


def _parts(names: Collection[str]) -> Iterable[Sequence[str]]:
    listed = list(names)
    return (listed[first : first + _SELECTED_AT_ONCE] for first in range(0, len(listed), _SELECTED_AT_ONCE))


def _grouped(references: Iterable[Sequence[Any]]) -> dict[str, tuple[str, ...]]:
    """Returns names of alarms by the composite alarm that refers to them, all in order."""
    found: dict[str, list[str]] = {}
    for composite_name, alarm_name in sorted(tuple(each) for each in references):
        found.setdefault(composite_name, []).append(alarm_name)
    return {name: tuple(alarms) for name, alarms in found.items()}


def _stored(row: Row[Any]) -> StoredComposite:
    by = None if row.suppressed_by is None else SuppressedBy(row.suppressed_by)
    return StoredComposite(
        definition=msgspec.json.decode(row.definition, type=CompositeAlarm),
        state=AlarmState(row.state),
        reason=row.reason,
        reason_data=row.reason_data,
        configuration_updated_ms=row.configuration_updated_ms,
        state_updated_ms=row.state_updated_ms,
        state_transitioned_ms=row.state_transitioned_ms,
        suppression=Suppression(by, row.suppressed_reason, row.suppression_due_ms),
        held=None if row.held_change is None else msgspec.json.decode(row.held_change, type=CompositeChange),
        episode_start_ms=row.episode_start_ms,
        told_ms=row.told_ms,
    )
