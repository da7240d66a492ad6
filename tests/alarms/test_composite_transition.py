"""Which state a composite alarm moves to, and in which words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_change import ChildState, CompositeChange, CompositeConfiguration
from trailbell.alarms._composite_reason import DefinitionEvent, full_text
from trailbell.alarms._composite_transition import child_names, composite_transition
from trailbell.alarms._rule_parser import parse_rule

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
NOW_MS = 1_789_384_732_496
"""2026-09-14 11:18:52.496 UTC."""


def child(name: str, state: AlarmState, age_ms: int = 0) -> ChildState:
    at_ms = NOW_MS - age_ms
    return ChildState(arn=ARN + name, state=state, transitioned_ms=at_ms, updated_ms=at_ms)


def configuration(
    rule: str, *children: ChildState, state: AlarmState = AlarmState.OK
) -> CompositeConfiguration:
    return CompositeConfiguration(
        alarm=CompositeAlarm(name="service", rule=rule),
        account_id="123456789012",
        region="us-east-1",
        configuration_updated_ms=NOW_MS,
        state=state,
        state_updated_ms=NOW_MS,
        children=children,
    )


def moved(
    standing: CompositeConfiguration, trigger: ChildState | DefinitionEvent, at_ms: int = NOW_MS
) -> CompositeChange:
    change = composite_transition(standing, trigger, at_ms)
    assert change is not None
    return change


def told(change: CompositeChange) -> list[tuple[str, str]]:
    data: dict[str, Any] = json.loads(change.reason_data)
    return [(each["arn"].removeprefix(ARN), each["state"]["value"]) for each in data["triggeringAlarms"]]


@pytest.mark.parametrize(
    ("rule", "expected"), [("FALSE", AlarmState.OK), ("TRUE", AlarmState.ALARM), ("ALARM(a)", AlarmState.OK)]
)
def test_a_new_alarm_leaves_insufficient_data_at_once(rule: str, expected: AlarmState) -> None:
    change = moved(configuration(rule, state=AlarmState.INSUFFICIENT_DATA), DefinitionEvent.CREATED)

    assert (AlarmState.INSUFFICIENT_DATA, expected) == (change.old_state, change.new_state)
    assert f"{ARN}service was created and its alarm rule evaluates to {expected}" == change.reason
    assert change.reason_data == '{"triggeringAlarms":[]}'


def test_a_childs_change_is_told_with_its_time_and_its_state() -> None:
    alarming = child("a b", AlarmState.ALARM)
    change = moved(configuration('ALARM("a b")', alarming), alarming, NOW_MS + 40)

    assert f"{ARN}a b transitioned to ALARM at Monday 14 September, 2026 11:18:52 UTC" == change.reason
    assert change.reason_data == (
        f'{{"triggeringAlarms":[{{"arn":"{ARN}a b","state":{{"value":"ALARM",'
        '"timestamp":"2026-09-14T11:18:52.496+0000"}}]}'
    )
    assert (NOW_MS + 40, (alarming,)) == (change.at_ms, change.triggering)


def test_an_update_is_evaluated_and_told_as_one() -> None:
    change = moved(configuration("TRUE"), DefinitionEvent.UPDATED)

    assert f"{ARN}service was updated and its new alarm rule evaluates to ALARM" == change.reason


def test_nothing_is_told_where_the_state_stays() -> None:
    quiet = child("b", AlarmState.OK)
    standing = configuration("ALARM(a) OR ALARM(b)", child("a", AlarmState.OK), quiet)

    assert composite_transition(standing, quiet, NOW_MS) is None
    assert composite_transition(standing, DefinitionEvent.UPDATED, NOW_MS) is None


@pytest.mark.parametrize(
    ("rule", "state", "expected"),
    [
        # As captured on AWS in 2026, with a in ALARM and b in OK.
        ("AT_LEAST(2, ALARM, (a, b))", AlarmState.ALARM, [("b", "OK")]),
        ("AT_LEAST(66%, ALARM, (a, a, b))", AlarmState.OK, [("a", "ALARM")]),
        ("AT_LEAST(67%, ALARM, (a, a, b))", AlarmState.ALARM, [("b", "OK")]),
        ("ALARM(b) OR ALARM(a)", AlarmState.OK, [("a", "ALARM")]),
        ("NOT ALARM(a)", AlarmState.ALARM, []),
        ("FALSE", AlarmState.ALARM, []),
        # As follows from them.
        ("ALARM(a) AND NOT ALARM(b)", AlarmState.OK, [("a", "ALARM")]),
        ("INSUFFICIENT_DATA(c)", AlarmState.OK, []),
        ("ALARM(gone) OR ALARM(a)", AlarmState.OK, [("a", "ALARM")]),
    ],
)
def test_the_children_told_of_are_those_in_the_state_moved_to(
    rule: str, state: AlarmState, expected: list[tuple[str, str]]
) -> None:
    children = (
        child("a", AlarmState.ALARM),
        child("b", AlarmState.OK),
        child("c", AlarmState.INSUFFICIENT_DATA),
        child("not in the rule", AlarmState.ALARM),
    )

    assert expected == told(moved(configuration(rule, *children, state=state), children[0]))


def test_the_child_that_changed_last_is_told_of_first() -> None:
    children = (
        child("a", AlarmState.ALARM, 2000),
        child("b", AlarmState.ALARM),
        child("c", AlarmState.ALARM, 2000),
    )
    change = moved(configuration("ALARM(a) AND ALARM(c) AND ALARM(b)", *children), children[1])

    assert ["b", "a", "c"] == [name for name, _ in told(change)]


def test_the_data_keeps_to_its_limit_and_the_change_tells_of_all() -> None:
    children = tuple(child(f"{number:0200}", AlarmState.ALARM, number) for number in range(40))
    rule = " OR ".join(f"ALARM({each.name})" for each in children)
    change = moved(configuration(rule, *children), children[0])

    assert children == change.triggering
    assert len(change.reason_data) <= 4000
    assert len(change.reason_data) > 3600
    assert told(change) == [(each.name, "ALARM") for each in children[: len(told(change))]]


def test_children_are_found_by_name_or_by_arn_and_named_once() -> None:
    tree = parse_rule(f"ALARM(a) OR OK({ARN}b) OR OK({ARN}a) OR OK(b) OR OK(c)")

    assert child_names(tree, "us-east-1", "123456789012") == ("a", "b", "c")


@pytest.mark.parametrize(
    ("at_ms", "expected"),
    [
        (NOW_MS, "Monday 14 September, 2026 11:18:52 UTC"),
        (1_691_153_686_138, "Friday 04 August, 2023 12:54:46 UTC"),
        (0, "Thursday 01 January, 1970 00:00:00 UTC"),
        (1_709_251_199_999, "Thursday 29 February, 2024 23:59:59 UTC"),
    ],
)
def test_instants_are_written_in_full(at_ms: int, expected: str) -> None:
    assert expected == full_text(at_ms)


@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(AlarmState)), st.sampled_from(AlarmState))
def test_a_second_evaluation_finds_nothing_to_do(states: dict[str, AlarmState], state: AlarmState) -> None:
    children = [child(name, each) for name, each in states.items()]
    standing = configuration("AT_LEAST(2, ALARM, (a, b, c)) AND NOT OK(d)", *children, state=state)
    change = composite_transition(standing, DefinitionEvent.UPDATED, NOW_MS)
    after = standing if change is None else replace(standing, state=change.new_state)

    assert composite_transition(after, DefinitionEvent.UPDATED, NOW_MS) is None
    assert after.state in {AlarmState.OK, AlarmState.ALARM}
