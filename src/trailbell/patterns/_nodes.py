"""From a decoded event to the nodes a selector reaches, and what a test says of them (sections 4.3, 4.5)."""

import msgspec

from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    IndexStep,
    IsTest,
    Keyword,
    NameStep,
    NotExists,
    Operator,
    Step,
    Test,
    WildcardStep,
)
from trailbell.patterns._values import Predicate, comparison_predicate

__all__ = ["MISSING", "condition_predicate", "node_predicate", "reach", "test_predicate"]

MISSING = msgspec.UNSET
"""What a selector reaches where there is nothing."""


def condition_predicate(condition: Condition) -> Predicate:
    """Builds the test of a whole decoded event."""
    if isinstance(condition, AllOf | AnyOf):
        terms = [condition_predicate(term) for term in condition.terms]
        join = all if isinstance(condition, AllOf) else any
        return lambda event: join(term(event) for term in terms)
    return test_predicate(condition, condition.selector.steps)


def test_predicate(test: Test, steps: tuple[Step, ...]) -> Predicate:
    """Builds the test of what ``steps`` reach from a node; ``steps`` may be the tail of the selector."""
    for at, step in enumerate(steps):
        if isinstance(step, WildcardStep):
            return _every_child_predicate(test, steps[:at], steps[at + 1 :])
    holds = node_predicate(test)
    return lambda node: holds(reach(node, steps))


def node_predicate(test: Test) -> Predicate:
    """Builds the test of the one node that a selector without a wildcard reaches, missing or not."""
    if isinstance(test, Comparison):
        return comparison_predicate(test)
    if isinstance(test, NotExists):
        return lambda node: node is MISSING
    return {Keyword.NULL: _is_null, Keyword.TRUE: _is_true, Keyword.FALSE: _is_false}[test.keyword]


def _every_child_predicate(test: Test, before: tuple[Step, ...], after: tuple[Step, ...]) -> Predicate:
    def nodes(parent: object) -> list[object]:
        reached = (reach(child, after) for child in _children(parent))
        return [node for node in reached if node is not MISSING]

    if isinstance(test, NotExists):
        return lambda node: not nodes(reach(node, before))
    if isinstance(test, Comparison) and test.operator is Operator.NOT_EQUAL:
        equals = comparison_predicate(Comparison(test.selector, Operator.EQUAL, test.value))

        def none_equals(node: object) -> bool:
            parent = reach(node, before)
            return parent is not MISSING and not any(map(equals, nodes(parent)))

        return none_equals
    holds = node_predicate(test)
    if isinstance(test, IsTest) and test.keyword is Keyword.NULL:
        holds = _is_exactly_null
    return lambda node: any(map(holds, nodes(reach(node, before))))


def reach(node: object, steps: tuple[Step, ...]) -> object:
    """Walks steps without a wildcard from a node; ``MISSING`` where a step does not fit."""
    for step in steps:
        if isinstance(step, NameStep):
            node = node.get(step.name, MISSING) if isinstance(node, dict) else MISSING
        elif isinstance(step, IndexStep) and isinstance(node, list) and step.index < len(node):
            node = node[step.index]
        else:
            return MISSING
    return node


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _is_null(node: object) -> bool:
    # An array that begins with null counts as null: recorded from AWS, documented nowhere.
    return node is None or (isinstance(node, list) and node[:1] == [None])


def _is_exactly_null(node: object) -> bool:
    return node is None


def _is_true(node: object) -> bool:
    return node is True


def _is_false(node: object) -> bool:
    return node is False
