"""Alarms with their state, and the history of what happened to them."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.alarms import INITIAL_STATE_REASON, Alarm, AlarmState
from trailbell.evidence import Evidence, decode, encode
from trailbell.metrics import STANDARD_UNITS, MetricKey
from trailbell.store._log_names import begins_with
from trailbell.store._metrics import metric_row
from trailbell.store._schema import alarm, alarm_history, datapoint, metric

__all__ = ["AlarmQuery", "Alarms", "HistoryItem", "HistoryQuery", "StoredAlarm", "matching"]

_ACTIONS = ("alarm_actions", "ok_actions", "insufficient_data_actions")


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
    alarm_type: str = "MetricAlarm"


class AlarmQuery(msgspec.Struct, frozen=True):
    """Which alarms to list, by name: those after one, with all of what is given.

    ``action_prefix`` is how an action of any state begins.
    """

    after: str = ""
    names: tuple[str, ...] = ()
    prefix: str = ""
    state: AlarmState | None = None
    action_prefix: str = ""
    limit: int = 50


class HistoryQuery(msgspec.Struct, frozen=True):
    """Which history to list: of one alarm or of all, between two instants (both inclusive).

    ``alarm_types`` are AWS's names of the kinds of alarms; none given means all.
    ``after`` is the instant and the row number of the item to go on after.
    """

    alarm_name: str = ""
    item_type: str = ""
    alarm_types: tuple[str, ...] = ()
    start_ms: int | None = None
    end_ms: int | None = None
    is_ascending: bool = False
    after: tuple[int, int] | None = None
    limit: int = 100


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

    def touch(self, name: str, now_ms: int) -> None:
        """Remembers that an alarm was put again as it was."""
        self._connection.execute(
            update(alarm).where(alarm.c.name == name).values(configuration_updated_ms=now_ms)
        )

    def delete(self, name: str) -> None:
        """Deletes an alarm; its history stays."""
        self._connection.execute(delete(alarm).where(alarm.c.name == name))

    def all(self) -> list[StoredAlarm]:
        """Lists all alarms by name."""
        return [_stored(row) for row in self._connection.execute(select(alarm).order_by(alarm.c.name))]

    def find(self, name: str) -> StoredAlarm | None:
        """Finds one alarm."""
        row = self._connection.execute(select(alarm).where(alarm.c.name == name)).first()
        return None if row is None else _stored(row)

    def page(self, query: AlarmQuery) -> list[StoredAlarm]:
        """Lists alarms in the order of their names."""
        found = self._connection.execute(
            select(alarm).where(*matching(alarm, query)).order_by(alarm.c.name).limit(query.limit)
        )
        return [_stored(row) for row in found]

    def of_metrics(self, metrics: Collection[MetricKey]) -> list[StoredAlarm]:
        """Lists the alarms on any of these metrics, by name."""
        if not metrics:
            return []
        keys = [
            (each.namespace, each.name, msgspec.json.encode(each.dimensions).decode()) for each in metrics
        ]
        found = self._connection.execute(_OF_METRICS, {"keys": msgspec.json.encode(keys).decode()})
        return [_stored(row) for row in found]

    def quiet_with_data_since(self, start_ms: int, after: str, limit: int) -> list[StoredAlarm]:
        """Lists alarms that are not in ALARM though their metric has a datapoint that begins then or later.

        They come by name, those after one, and at most ``limit`` of them.
        """
        # With every unit there is, the primary key leads straight to the newest datapoints.
        has_data = exists().where(
            datapoint.c.metric_id == alarm.c.metric_id,
            datapoint.c.unit.in_(STANDARD_UNITS),
            datapoint.c.start_ms >= start_ms,
        )
        wanted = (alarm.c.name > after, alarm.c.state != AlarmState.ALARM.value, has_data)
        found = self._connection.execute(select(alarm).where(*wanted).order_by(alarm.c.name).limit(limit))
        return [_stored(row) for row in found]

    def set_states(self, alarms: Sequence[StoredAlarm]) -> None:
        """Writes the states of alarms as given."""
        if not alarms:
            return
        self._connection.execute(
            _SET_STATE,
            [
                {
                    "of_name": each.definition.name,
                    "state": each.state.value,
                    "reason": each.reason,
                    "reason_data": each.reason_data,
                    "state_updated_ms": each.state_updated_ms,
                    "episode_start_ms": each.episode_start_ms,
                    "told_ms": each.told_ms,
                }
                for each in alarms
            ],
        )

    def set_told(self, name: str, told_ms: int) -> None:
        """Remembers up to when people were told about an alarm that goes on."""
        self._connection.execute(update(alarm).where(alarm.c.name == name).values(told_ms=told_ms))

    def add_history(self, *items: HistoryItem) -> None:
        """Appends to the history, in this order."""
        if items:
            self._connection.execute(insert(alarm_history), [_history_values(each) for each in items])

    def history_page(self, query: HistoryQuery) -> list[tuple[int, HistoryItem]]:
        """Lists history, newest first or oldest first, with row numbers and without evidence."""
        columns = alarm_history.c
        wanted: list[ColumnElement[bool]] = []
        if query.alarm_name:
            wanted.append(columns.alarm_name == query.alarm_name)
        if query.item_type:
            wanted.append(columns.item_type == query.item_type)
        if query.alarm_types:
            wanted.append(columns.alarm_type.in_(query.alarm_types))
        if query.start_ms is not None:
            wanted.append(columns.at_ms >= query.start_ms)
        if query.end_ms is not None:
            wanted.append(columns.at_ms <= query.end_ms)
        place = tuple_(columns.at_ms, columns.id)
        if query.after is not None:
            wanted.append(place > query.after if query.is_ascending else place < query.after)
        order = (
            (columns.at_ms, columns.id) if query.is_ascending else (columns.at_ms.desc(), columns.id.desc())
        )
        found = self._connection.execute(
            select(*(each for each in columns if each is not columns.evidence))
            .where(*wanted)
            .order_by(*order)
            .limit(query.limit)
        )
        return [
            (
                each.id,
                HistoryItem(
                    each.alarm_name,
                    each.at_ms,
                    each.item_type,
                    each.summary,
                    each.data,
                    alarm_type=each.alarm_type,
                ),
            )
            for each in found
        ]

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
                each.alarm_type,
            )
            for each in found
        ]


_SET_STATE = (
    update(alarm)
    .where(alarm.c.name == bindparam("of_name"))
    .values(
        {
            name: bindparam(name)
            for name in ("state", "reason", "reason_data", "state_updated_ms", "episode_start_ms", "told_ms")
        }
    )
)


def _alarms_of_metrics() -> Select[*tuple[Any, ...]]:
    """Builds the query once; however many metrics there are, they come as one JSON text."""
    keys = func.json_each(bindparam("keys")).table_valued("value")
    member = [func.json_extract(keys.c.value, f"$[{index}]") for index in range(3)]
    is_asked = (metric.c.namespace == member[0], metric.c.name == member[1], metric.c.dimensions == member[2])
    wanted = select(metric.c.id).join_from(keys, metric, and_(*is_asked))
    return select(alarm).where(alarm.c.metric_id.in_(wanted)).order_by(alarm.c.name)


_OF_METRICS = _alarms_of_metrics()


def _history_values(item: HistoryItem) -> dict[str, Any]:
    values = msgspec.structs.asdict(item)
    values["evidence"] = None if item.evidence is None else encode(item.evidence)
    return values


def matching(table: Table, query: AlarmQuery) -> list[ColumnElement[bool]]:
    """Returns what a query demands of the rows of a table of alarms, of either kind."""
    columns = table.c
    wanted: list[ColumnElement[bool]] = [columns.name > query.after]
    if query.names:
        wanted.append(columns.name.in_(query.names))
    if query.prefix:
        wanted.append(begins_with(columns.name, query.prefix))
    if query.state is not None:
        wanted.append(columns.state == query.state.value)
    if query.action_prefix:
        wanted.append(or_(*(_has_action(table, each, query.action_prefix) for each in _ACTIONS)))
    return wanted


def _has_action(table: Table, actions: str, prefix: str) -> ColumnElement[bool]:
    each = func.json_each(table.c.definition, f"$.{actions}").table_valued("value")
    return select(each.c.value).where(begins_with(each.c.value, prefix)).exists()


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
