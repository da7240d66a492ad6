"""Asks the solver z3 whether some event is matched by one pattern and not by another.

The meaning of patterns is written down a second time here, from the specification alone, for fields without
indexes and wildcards and for texts that no number has.
"""

from collections.abc import Mapping
from enum import IntEnum
from fractions import Fraction
from typing import Any, Final

import z3  # type: ignore[import-untyped]

from support.brute_force import PatternMaker
from trailbell.patterns import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    IsTest,
    JsonPattern,
    Keyword,
    NameStep,
    NotExists,
    NumberLiteral,
    Operator,
    RegexLiteral,
    Selector,
    TextLiteral,
    Value,
)

__all__ = ["exists_event", "pattern_maker"]

_EVERYTHING: Final = z3.Full(z3.ReSort(z3.StringSort()))
_EXPRESSIONS: Final = {
    "^x": z3.Concat(z3.Re("x"), _EVERYTHING),
    "z$|q": z3.Union(z3.Concat(_EVERYTHING, z3.Re("z")), z3.Concat(_EVERYTHING, z3.Re("q"), _EVERYTHING)),
}
_LONGEST_TEXT: Final = 18
_FIELDS: Final = (
    (NameStep("a"),),
    (NameStep("a"), NameStep("b")),
    (NameStep("a"), NameStep("b"), NameStep("c")),
    (NameStep("d"),),
)
_VALUES: Final[tuple[Value, ...]] = (
    TextLiteral("x", quoted=True),
    TextLiteral("x*", quoted=True),
    TextLiteral("*z", quoted=True),
    TextLiteral("x*z", quoted=True),
    TextLiteral("*xz*", quoted=True),
    TextLiteral("*", quoted=True),
    TextLiteral("", quoted=True),
    NumberLiteral("1"),
    NumberLiteral("1.0"),
    NumberLiteral("2"),
    *map(RegexLiteral, _EXPRESSIONS),
)


class _Kind(IntEnum):
    MISSING = 0
    NULL = 1
    TRUE = 2
    FALSE = 3
    TEXT = 4
    NUMBER = 5
    OVERFLOW = 6
    OBJECT = 7
    ARRAY = 8
    ARRAY_OF_NULL = 9


class _Node:
    """A field whose value is to be found."""

    def __init__(self, name: str) -> None:
        self.kind = z3.Int(f"{name} kind")
        self.text = z3.String(f"{name} text")
        self.number = z3.Real(f"{name} number")

    def is_one_of(self, *kinds: _Kind) -> Any:
        return z3.Or([self.kind == int(kind) for kind in kinds])


def pattern_maker(seed: int) -> PatternMaker:
    """Returns a maker of patterns that the oracle understands."""
    return PatternMaker(seed, _FIELDS, _VALUES)


def exists_event(matching: JsonPattern, failing: JsonPattern) -> bool | None:
    """Says whether some event is matched by the first pattern and not by the second; None if z3 gives up."""
    nodes = {Selector(steps): _Node(str(Selector(steps))) for steps in _FIELDS}
    solver = z3.Solver()
    solver.set("timeout", 20_000)
    for selector, node in nodes.items():
        solver.add(node.kind >= 0, node.kind <= max(_Kind))
        # All pieces of nine values in a row are no longer, and without a bound z3 may find no end.
        solver.add(z3.Length(node.text) <= _LONGEST_TEXT)
        parent = nodes.get(Selector(selector.steps[:-1]))
        if parent is not None:
            solver.add(z3.Or(node.is_one_of(_Kind.MISSING), parent.is_one_of(_Kind.OBJECT)))
    solver.add(_holds(matching.condition, nodes), z3.Not(_holds(failing.condition, nodes)))
    answer = solver.check()
    return None if answer == z3.unknown else bool(answer == z3.sat)


def _holds(condition: Condition, nodes: Mapping[Selector, _Node]) -> Any:
    if isinstance(condition, AllOf | AnyOf):
        join = z3.And if isinstance(condition, AllOf) else z3.Or
        return join([_holds(term, nodes) for term in condition.terms])
    node = nodes[condition.selector]
    if isinstance(condition, NotExists):
        return node.is_one_of(_Kind.MISSING)
    if isinstance(condition, IsTest):
        kinds = {Keyword.NULL: (_Kind.NULL, _Kind.ARRAY_OF_NULL), Keyword.TRUE: (_Kind.TRUE,)}
        return node.is_one_of(*kinds.get(condition.keyword, (_Kind.FALSE,)))
    return _compares(condition, node)


def _compares(comparison: Comparison, node: _Node) -> Any:
    value = comparison.value
    equals: Any
    if isinstance(value, NumberLiteral):
        number = z3.RealVal(str(Fraction(value.text)))
        comparable = [_Kind.TEXT, _Kind.NUMBER]
        orderings = {
            Operator.LESS: node.number < number,
            Operator.LESS_OR_EQUAL: node.number <= number,
            Operator.GREATER: node.number > number,
            Operator.GREATER_OR_EQUAL: node.number >= number,
        }
        if comparison.operator in orderings:
            return z3.And(node.is_one_of(_Kind.NUMBER), orderings[comparison.operator])
        equals = z3.If(node.is_one_of(_Kind.TEXT), node.text == value.text, node.number == number)
    else:
        comparable = [_Kind.TEXT, _Kind.NUMBER, _Kind.OVERFLOW]
        fits = z3.InRe(node.text, _language(value))
        equals = z3.If(node.is_one_of(_Kind.TEXT), fits, z3.BoolVal(value.text == "*"))
    is_wanted = equals if comparison.operator is Operator.EQUAL else z3.Not(equals)
    return z3.And(node.is_one_of(*comparable), is_wanted)


def _language(value: Value) -> Any:
    if isinstance(value, RegexLiteral):
        return _EXPRESSIONS[value.text]
    parts = value.text.split("*")
    language: Any = z3.Re(parts[0])
    for part in parts[1:]:
        language = z3.Concat(language, _EVERYTHING, z3.Re(part))
    return language
