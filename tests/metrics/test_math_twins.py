"""Evaluation agrees with a plain reading of one slot at a time, on random expressions and series."""

import math
import operator
from collections.abc import Callable
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from trailbell.metrics._math_evaluate import evaluate_math
from trailbell.metrics._math_plan import MathQuery, plan_math
from trailbell.metrics._math_printer import print_expression
from trailbell.metrics._math_tree import Negation, Node, Number, Operation, Operator, Reference
from trailbell.metrics._math_values import MathGrid

IDS = ("m1", "m2", "m3")
SLOTS = 4

SeriesBySlot: TypeAlias = dict[str, list[float | None]]

PLAIN: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": math.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "&&": lambda left, right: left != 0 and right != 0,
    "||": lambda left, right: left != 0 or right != 0,
}


def has_series(node: Node) -> bool:
    if isinstance(node, Operation):
        return any(has_series(each) for each in node.operands)
    return has_series(node.operand) if isinstance(node, Negation) else isinstance(node, Reference)


def at_slot(node: Node, series: SeriesBySlot, slot: int) -> float | None:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Reference):
        return series[node.id][slot]
    if isinstance(node, Negation):
        value = at_slot(node.operand, series, slot)
        return None if value is None else -value
    assert isinstance(node, Operation)
    if len(node.operands) > 2:
        if node.operators[0] == Operator.POWER:
            inner = Operation(node.operands[1:], node.operators[1:])
            return at_slot(Operation((node.operands[0], inner), node.operators[:1]), series, slot)
        inner = Operation(node.operands[:-1], node.operators[:-1])
        return at_slot(Operation((inner, node.operands[-1]), node.operators[-1:]), series, slot)
    left, right = (at_slot(each, series, slot) for each in node.operands)
    if all(has_series(each) for each in node.operands) and (left is not None or right is not None):
        left, right = left or 0.0, right or 0.0
    if left is None or right is None:
        return None
    try:
        result = float(PLAIN[node.operators[0]](left, right))
    except (ArithmeticError, ValueError):
        return None
    return result if math.isfinite(result) else None


LEVELS = [
    [each for each in Operator if each.level == level] for level in sorted({each.level for each in Operator})
]
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from([0, 1, 2, 0.5, 3]).map(lambda value: Number(float(value))),
    st.sampled_from(IDS).map(Reference),
)


@st.composite
def operations(draw: st.DrawFn, inner: st.SearchStrategy[Node]) -> Node:
    operands = draw(st.lists(inner, min_size=2, max_size=4))
    operators = st.sampled_from(draw(st.sampled_from(LEVELS)))
    return Operation(tuple(operands), tuple(draw(operators) for _ in operands[1:]))


TREES = st.recursive(LEAVES, lambda inner: operations(inner) | st.builds(Negation, inner), max_leaves=12)
NUMBERS = st.none() | st.integers(-5, 5).map(float) | st.floats(allow_nan=False, allow_infinity=False)
SERIES = st.fixed_dictionaries({id_: st.lists(NUMBERS, min_size=SLOTS, max_size=SLOTS) for id_ in IDS})


@given(TREES, SERIES)
def test_an_expression_gives_what_each_slot_gives_by_itself(tree: Node, series: SeriesBySlot) -> None:
    plan = plan_math([*map(MathQuery, IDS), MathQuery("e", print_expression(tree))])
    given_slots = {
        id_: {slot: value for slot, value in enumerate(values) if value is not None}
        for id_, values in series.items()
    }

    answers = evaluate_math(plan, given_slots, MathGrid(tuple(range(SLOTS)), 60), ["e"])
    found = dict(answers["e"][0].points)

    assert [at_slot(tree, series, slot) for slot in range(SLOTS)] == [
        found.get(slot) for slot in range(SLOTS)
    ]


@given(SERIES)
def test_a_sum_over_an_array_is_the_sum_of_its_members(series: SeriesBySlot) -> None:
    plan = plan_math(
        [*map(MathQuery, IDS), MathQuery("e1", "SUM(METRICS())"), MathQuery("e2", "FILL(e1, 0) >= -1")]
    )
    given_slots = {
        id_: {slot: value for slot, value in enumerate(values) if value is not None}
        for id_, values in series.items()
    }

    answers = evaluate_math(plan, given_slots, MathGrid(tuple(range(SLOTS)), 60))
    found = dict(answers["e1"][0].points)
    columns = zip(*(series[id_] for id_ in IDS), strict=True)
    present = [[each for each in column if each is not None] for column in columns]
    expected = [sum(column) if column and math.isfinite(sum(column)) else None for column in present]

    assert expected == [found.get(slot) for slot in range(SLOTS)]
    assert SLOTS == len(answers["e2"][0].points)
