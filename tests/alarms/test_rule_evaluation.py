"""When the rule of a composite alarm holds."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.alarm_runner import records_of
from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._rule_evaluate import evaluate_rule
from trailbell.alarms._rule_parser import parse_rule
from trailbell.alarms._rule_reference import alarm_name_of, read_reference
from trailbell.alarms._rule_tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Negation,
    RuleConstant,
    RuleNode,
    StateTest,
)

REGION, ACCOUNT = "us-east-1", "123456789012"
NAMES = ("a", "b", "c", "gone")

conditions = st.sampled_from(AlarmState)
alarms = st.sampled_from(NAMES)
alarm_lists = st.lists(alarms, min_size=1, max_size=5).map(tuple)
states = st.fixed_dictionaries({name: conditions for name in NAMES if name != "gone"})


@st.composite
def at_leasts(draw: st.DrawFn) -> AtLeast:
    listed = draw(alarm_lists)
    is_percent = draw(st.booleans())
    threshold = draw(st.integers(1, 100 if is_percent else len(listed)))
    return AtLeast(threshold, is_percent, draw(conditions), draw(st.booleans()), listed)


def extended(inner: st.SearchStrategy[RuleNode]) -> st.SearchStrategy[RuleNode]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(Negation, inner), st.builds(AllOf, several), st.builds(AnyOf, several))


leaves: st.SearchStrategy[RuleNode] = st.one_of(
    st.builds(RuleConstant, st.booleans()), st.builds(StateTest, conditions, alarms), at_leasts()
)
trees = st.recursive(leaves, extended, max_leaves=15)


def holds(rule: str | RuleNode, known: Mapping[str, AlarmState]) -> bool:
    tree = parse_rule(rule) if isinstance(rule, str) else rule
    return evaluate_rule(tree, lambda alarm: known.get(alarm_name_of(alarm, REGION, ACCOUNT)))


def naively(node: RuleNode, known: Mapping[str, AlarmState]) -> bool:
    match node:
        case RuleConstant(value):
            return value
        case StateTest(state, name):
            return name in known and known[name] is state
        case Negation(operand):
            return not naively(operand, known)
        case AllOf(operands):
            return min(naively(each, known) for each in operands)
        case AnyOf(operands):
            return max(naively(each, known) for each in operands)
        case AtLeast(threshold, is_percent, state, is_negated, listed):
            tests = [naively(StateTest(state, name), known) is not is_negated for name in listed]
            return tests.count(True) * (100 if is_percent else 1) >= threshold * (
                len(listed) if is_percent else 1
            )


@pytest.mark.parametrize(
    "record", [pytest.param(record, id=record["id"]) for record in records_of("composite")]
)
def test_a_rule_leads_to_the_state_of_the_case(record: dict[str, Any]) -> None:
    known = {name: AlarmState(state) for name, state in record["children"].items()}

    assert (record["expect_state"] == AlarmState.ALARM) == holds(record["rule"], known)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(gone)", False),
        ("OK(gone)", False),
        ("INSUFFICIENT_DATA(gone)", False),
        ("NOT ALARM(gone)", True),
        ("AT_LEAST(1, ALARM, (gone, a))", False),
        ("AT_LEAST(2, NOT ALARM, (gone, a))", True),
        ("AT_LEAST(50%, OK, (gone, a))", True),
        ("AT_LEAST(51%, OK, (gone, a))", False),
    ],
)
def test_an_alarm_that_is_not_there_is_in_no_state(rule: str, expected: bool) -> None:
    assert expected == holds(rule, {"a": AlarmState.OK})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # As captured on AWS in 2026, with a in ALARM and b in OK.
        ("AT_LEAST(2, ALARM, (a, a, b))", True),
        ("AT_LEAST(2, ALARM, (a, b))", False),
        ("AT_LEAST(66%, ALARM, (a, a, b))", True),
        ("AT_LEAST(67%, ALARM, (a, a, b))", False),
        # As follows from them.
        ("AT_LEAST(1%, ALARM, (b, b, b))", False),
        ("AT_LEAST(100%, NOT ALARM, (b, b))", True),
    ],
)
def test_a_share_is_rounded_up_and_an_alarm_listed_twice_counts_twice(rule: str, expected: bool) -> None:
    assert expected == holds(rule, {"a": AlarmState.ALARM, "b": AlarmState.OK})


@given(trees, states)
def test_a_rule_holds_as_its_truth_table_says(tree: RuleNode, known: dict[str, AlarmState]) -> None:
    assert naively(tree, known) == holds(tree, known)


@given(trees, states)
def test_a_double_negation_changes_nothing(tree: RuleNode, known: dict[str, AlarmState]) -> None:
    assert holds(tree, known) == holds(Negation(Negation(tree)), known)


@given(conditions, alarm_lists, states)
def test_at_least_one_is_or_and_at_least_all_is_and(
    state: AlarmState, listed: tuple[str, ...], known: dict[str, AlarmState]
) -> None:
    tests = tuple(StateTest(state, name) for name in listed)

    for one in (AtLeast(1, False, state, False, listed), AtLeast(1, True, state, False, listed)):
        assert holds(AnyOf(tests), known) == holds(one, known)
    for every in (
        AtLeast(len(listed), False, state, False, listed),
        AtLeast(100, True, state, False, listed),
    ):
        assert holds(AllOf(tests), known) == holds(every, known)


@given(trees, trees, states)
def test_and_and_or_are_dual(left: RuleNode, right: RuleNode, known: dict[str, AlarmState]) -> None:
    negated = Negation(AllOf((left, right)))

    assert holds(negated, known) == holds(AnyOf((Negation(left), Negation(right))), known)


def test_an_alarm_may_be_named_by_its_arn() -> None:
    rule = "ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a:b) AND ALARM(a:b)"

    assert holds(rule, {"a:b": AlarmState.ALARM})


@pytest.mark.parametrize(
    "reference",
    [
        "arn:aws:cloudwatch:us-west-2:123456789012:alarm:a",
        "arn:aws:cloudwatch:us-east-1:111111111111:alarm:a",
        "arn:aws:sns:us-east-1:123456789012:a",
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:",
    ],
)
def test_what_is_not_the_arn_of_an_alarm_here_names_no_alarm_here(reference: str) -> None:
    assert reference == alarm_name_of(reference, REGION, ACCOUNT)


def test_a_reference_tells_where_its_alarm_is() -> None:
    found = read_reference("arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:a b")

    assert ("a b", "cn-north-1", "111122223333") == (found.name, found.region, found.account_id)
