"""Composite alarms as the tables give them back, and the messages about their changes."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from support.clock import START_MS
from support.ready_store import ready_store
from trailbell.alarms import (
    INITIAL_STATE_REASON,
    AlarmState,
    ChildState,
    CompositeAlarm,
    CompositeChange,
    StateChange,
    SuppressedBy,
    Suppression,
)
from trailbell.controls import control_of, provision
from trailbell.store import AlarmQuery, HistoryItem, HistoryQuery, NewMessage, Transaction
from trailbell.store._schema import outbox
from trailbell.topics import NoticeKind

COMPOSITE = CompositeAlarm(name="p", rule="ALARM(a) AND ALARM(q)", suppressor="s")
CHANGE = CompositeChange(
    alarm=COMPOSITE,
    old_state=AlarmState.OK,
    new_state=AlarmState.ALARM,
    reason="r",
    reason_data='{"triggeringAlarms":[]}',
    triggering=(
        ChildState(arn="arn:a", state=AlarmState.ALARM, transitioned_ms=START_MS, updated_ms=START_MS),
    ),
    at_ms=START_MS,
    account_id="000000000000",
    region="us-east-1",
)
PLAIN = StateChange(
    alarm=provision(control_of("root_usage"), "g").alarm,
    old_state=AlarmState.OK,
    new_state=AlarmState.ALARM,
    reason="r",
    reason_data="",
    at_ms=START_MS,
    account_id="000000000000",
    region="us-east-1",
    configuration_updated_ms=START_MS,
)


@pytest.fixture
def transaction(tmp_path: Path) -> Iterator[Transaction]:
    store = ready_store(tmp_path)
    with store.write() as opened:
        yield opened
    store.close()


def message(change: StateChange | CompositeChange | None) -> NewMessage:
    return NewMessage(
        message_id="m",
        subscription_arn="arn:s",
        topic_arn="arn:t",
        kind=NoticeKind.CHANGE,
        subject="s",
        body="{}",
        created_ms=START_MS,
        due_ms=START_MS,
        change=change,
    )


def put(transaction: Transaction, name: str, *children: str, suppressor: str | None = None) -> None:
    transaction.composites.put(replace(COMPOSITE, name=name), children, suppressor, START_MS)


def test_a_new_one_waits_for_its_evaluation_and_an_update_keeps_the_state(transaction: Transaction) -> None:
    put(transaction, "p", "a")
    new = transaction.composites.find("p")
    assert new is not None
    transaction.composites.set_state(replace(new, state=AlarmState.OK, reason="r"))
    transaction.composites.put(replace(COMPOSITE, rule="TRUE"), (), None, START_MS + 1)
    updated = transaction.composites.find("p")

    assert (AlarmState.INSUFFICIENT_DATA, INITIAL_STATE_REASON) == (new.state, new.reason)
    assert updated == replace(
        new,
        definition=replace(COMPOSITE, rule="TRUE"),
        state=AlarmState.OK,
        reason="r",
        configuration_updated_ms=START_MS + 1,
    )


def test_all_of_a_state_is_given_back_and_is_due_in_time(transaction: Transaction) -> None:
    put(transaction, "p", "a")
    new = transaction.composites.find("p")
    assert new is not None
    state = replace(
        new,
        state=AlarmState.ALARM,
        reason="r",
        reason_data="{}",
        state_updated_ms=START_MS + 2,
        state_transitioned_ms=START_MS + 1,
        suppression=Suppression(SuppressedBy.WAIT_PERIOD, "because", START_MS + 60_000),
        held=CHANGE,
        episode_start_ms=START_MS - 1,
        told_ms=START_MS + 3,
    )
    transaction.composites.set_state(state)

    assert state == transaction.composites.find("p")
    assert START_MS + 60_000 == transaction.composites.next_due_ms()
    assert [] == transaction.composites.due(START_MS + 59_999)
    assert [state] == transaction.composites.due(START_MS + 60_000)
    assert [] == transaction.composites.told()


def test_references_are_followed_up_and_down_and_go_with_their_alarm(transaction: Transaction) -> None:
    put(transaction, "p", "a", "b")
    put(transaction, "q", "a", "p", suppressor="s")
    put(transaction, "r", suppressor="p")
    composites = transaction.composites

    assert {"p": ("a",), "q": ("a", "p")} == composites.parents(["a", "p", "s"])
    assert {"q": ("s",), "r": ("p",)} == composites.suppressed_by(["p", "s"])
    assert {"p": ("a", "b"), "q": ("a", "p")} == composites.children(["p", "q", "r", "a"])
    assert {"q": ("p",)} == composites.inner_children()
    assert {"a", "p", "s"} == composites.depended_on(["a", "p", "q", "s", "nobody"])
    assert (2, 1) == (composites.parent_count("a", "nobody"), composites.parent_count("a", "p"))

    composites.delete("q")

    assert {"p": ("a",)} == composites.parents(["a", "p", "s"])
    assert {"r": ("p",)} == composites.suppressed_by(["p", "s"])


def test_what_is_below_is_found_to_the_ground_and_through_a_cycle(transaction: Transaction) -> None:
    put(transaction, "top", "middle", "a", suppressor="s")
    put(transaction, "middle", "low", "b")
    put(transaction, "low", "c", "middle")
    below = transaction.composites.below

    assert ["a", "b", "c", "low", "middle"] == sorted(below(["top"], 10))
    assert ["b", "c", "low", "middle"] == sorted(below(["low", "a"], 10))
    assert 2 == len(below(["top"], 2))
    assert [] == below([], 10)


def test_references_of_many_alarms_are_found(transaction: Transaction) -> None:
    names = [f"a{number}" for number in range(1200)]
    put(transaction, "p", *names)

    assert {"p": tuple(sorted(names))} == transaction.composites.parents(names)


def test_an_alarm_of_either_kind_stands_as_it_does(transaction: Transaction) -> None:
    transaction.alarms.put(PLAIN.alarm, START_MS)
    put(transaction, "p", "a")
    standings = transaction.composites.standings([PLAIN.alarm.name, "p", "nobody"])

    assert {PLAIN.alarm.name, "p"} == set(standings)
    assert {(AlarmState.INSUFFICIENT_DATA, START_MS, START_MS)} == {
        (each.state, each.transitioned_ms, each.updated_ms) for each in standings.values()
    }


def test_composite_alarms_are_listed_by_what_is_asked(transaction: Transaction) -> None:
    for name in ("p1", "p2", "q"):
        put(transaction, name, "a")
    pages = [
        transaction.composites.page(query)
        for query in (AlarmQuery(prefix="p"), AlarmQuery(after="p1", limit=1), AlarmQuery(action_prefix="x"))
    ]

    assert [["p1", "p2"], ["p2"], []] == [[each.definition.name for each in page] for page in pages]


@pytest.mark.parametrize("change", [CHANGE, PLAIN, None])
def test_a_message_tells_of_the_change_it_was_written_for(
    transaction: Transaction, change: StateChange | CompositeChange | None
) -> None:
    number = transaction.outbox.add(message(change))
    kept = transaction.outbox.find(number)

    assert kept is not None
    assert change == kept.change


def test_a_message_of_before_composite_alarms_tells_of_its_change(transaction: Transaction) -> None:
    number = transaction.outbox.add(message(None))
    old = {"change": msgspec.json.encode(PLAIN).decode(), "id": number + 1}
    row = transaction.outbox._connection.execute(outbox.select()).one()._asdict() | old
    del row["composite_change"]
    transaction.outbox._connection.execute(insert(outbox).values(row))
    kept = transaction.outbox.find(number + 1)

    assert kept is not None
    assert PLAIN == kept.change


def test_history_is_told_by_the_kind_of_alarm(transaction: Transaction) -> None:
    transaction.alarms.add_history(HistoryItem("x", START_MS, "StateUpdate", "metric", "{}"))
    transaction.alarms.add_history(
        HistoryItem("x", START_MS, "StateUpdate", "composite", "{}", alarm_type="CompositeAlarm")
    )

    def told(*types: str) -> list[str]:
        found = transaction.alarms.history_page(HistoryQuery("x", alarm_types=types, is_ascending=True))
        return [item.summary for _, item in found]

    assert ["metric"] == told("MetricAlarm")
    assert ["composite"] == told("CompositeAlarm")
    assert ["metric", "composite"] == told()
