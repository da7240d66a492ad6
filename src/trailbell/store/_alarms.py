"""Alarms with their state, and the history of what happened to them."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.alarms import INITIAL_STATE_REASON, Alarm, AlarmState
from trailbell.evidence import Evidence, decode, encode
from trailbell.store._metrics import metric_row
from trailbell.store._schema import alarm, alarm_history

__all__ = ["Alarms", "HistoryItem", "StoredAlarm"]


class StoredAlarm(msgspec.Struct, frozen=True):
    """An alarm's definition and what its state is.

    episode_start_ms: where the data of the present (or last) ALARM begins.
    told_ms: up to when matched events have been told to people in this episode.
    """

    definition: Alarm
    state: AlarmState
    reason: str
    reason_data: str
    configuration_updated_ms: int
    state_updated_ms: int
    episode_start_ms: int | None
    told_ms: int | None


class HistoryItem(msgspec.Struct, frozen=True):
    """One entry of an alarm's history (metrics-and-alarms section 9).

    ``evidence`` is what stood behind a state update, so that the history says who for as long as it is kept.
    """

    alarm_name: str
    at_ms: int
    item_type: str
    summary: str
    data: str
    evidence: Evidence | None = None


class Alarms:
    """Alarm definitions, states and history."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, definition: Alarm, now_ms: int) -> bool:
        """Puts an alarm; an update keeps the state (section 3.10). True if anything changed."""
        text = msgspec.json.encode(definition).decode()
        present = self._connection.execute(
            select(alarm.c.definition).where(alarm.c.name == definition.name)
        ).scalar()
        if present == text:
            return False
        values = {
            "metric_id": metric_row(self._connection, definition.metric),
            "definition": text,
            "configuration_updated_ms": now_ms,
        }
        self._connection.execute(
            upsert(alarm)
            .values(
                name=definition.name,
                state=AlarmState.INSUFFICIENT_DATA.value,
                reason=INITIAL_STATE_REASON,
                reason_data="",
                state_updated_ms=now_ms,
                **values,
            )
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )
        return True

    def all(self) -> list[StoredAlarm]:
        """Lists all alarms by name."""
        return [_stored(row) for row in self._connection.execute(select(alarm).order_by(alarm.c.name))]

    def find(self, name: str) -> StoredAlarm | None:
        """Finds one alarm."""
        row = self._connection.execute(select(alarm).where(alarm.c.name == name)).first()
        return None if row is None else _stored(row)

    def set_state(self, stored: StoredAlarm) -> None:
        """Writes an alarm's state as given."""
        self._connection.execute(
            update(alarm)
            .where(alarm.c.name == stored.definition.name)
            .values(
                state=stored.state.value,
                reason=stored.reason,
                reason_data=stored.reason_data,
                state_updated_ms=stored.state_updated_ms,
                episode_start_ms=stored.episode_start_ms,
                told_ms=stored.told_ms,
            )
        )

    def set_told(self, name: str, told_ms: int) -> None:
        """Remembers up to when people were told about an alarm that goes on."""
        self._connection.execute(update(alarm).where(alarm.c.name == name).values(told_ms=told_ms))

    def add_history(self, item: HistoryItem) -> None:
        """Appends to the history."""
        values = msgspec.structs.asdict(item)
        values["evidence"] = None if item.evidence is None else encode(item.evidence)
        self._connection.execute(insert(alarm_history).values(values))

    def history(self, name: str, limit: int = 100) -> list[HistoryItem]:
        """Lists an alarm's history, newest first."""
        found = self._connection.execute(
            select(alarm_history)
            .where(alarm_history.c.alarm_name == name)
            .order_by(alarm_history.c.at_ms.desc(), alarm_history.c.id.desc())
            .limit(limit)
        )
        return [
            HistoryItem(
                each.alarm_name,
                each.at_ms,
                each.item_type,
                each.summary,
                each.data,
                None if each.evidence is None else decode(each.evidence),
            )
            for each in found
        ]


def _stored(row: Row[Any]) -> StoredAlarm:
    return StoredAlarm(
        definition=msgspec.json.decode(row.definition, type=Alarm),
        state=AlarmState(row.state),
        reason=row.reason,
        reason_data=row.reason_data,
        configuration_updated_ms=row.configuration_updated_ms,
        state_updated_ms=row.state_updated_ms,
        episode_start_ms=row.episode_start_ms,
        told_ms=row.told_ms,
    )
