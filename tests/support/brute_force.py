"""Small random JSON patterns over a few fields and values, and every event that those can tell apart."""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from random import Random
from typing import Final

from trailbell.patterns import (
    Comparison,
    Condition,
    IndexStep,
    IsTest,
    JsonPattern,
    Keyword,
    NameStep,
    NotExists,
    NumberLiteral,
    Operator,
    Pattern,
    RegexLiteral,
    Selector,
    Step,
    TextLiteral,
    Value,
    WildcardSpelling,
    WildcardStep,
    all_of,
    any_of,
)

__all__ = ["EVENTS", "PatternMaker", "events"]

_EVERY: Final = WildcardStep(WildcardSpelling.BRACKETS)
_FIELDS: Final[tuple[tuple[Step, ...], ...]] = (
    (NameStep("a"),),
    (NameStep("a"), NameStep("b")),
    (NameStep("a"), IndexStep(0)),
    (NameStep("a"), IndexStep(1)),
    (NameStep("a"), _EVERY),
    (NameStep("a"), _EVERY, NameStep("b")),
    (NameStep("c"),),
)
_VALUES: Final[tuple[Value, ...]] = (
    TextLiteral("x", quoted=True),
    TextLiteral("xy", quoted=False),
    TextLiteral("x*", quoted=True),
    TextLiteral("*y", quoted=True),
    TextLiteral("*", quoted=True),
    TextLiteral("", quoted=True),
    TextLiteral("1*", quoted=True),
    NumberLiteral("1"),
    NumberLiteral("1.0"),
    RegexLiteral("^x"),
    RegexLiteral("y$|[0-9]"),
)
_NUMBERS: Final = (NumberLiteral("1"), NumberLiteral("1.0"), NumberLiteral("2"))
_OPERATORS: Final = (
    Operator.EQUAL,
    Operator.EQUAL,
    Operator.NOT_EQUAL,
    Operator.GREATER,
    Operator.LESS_OR_EQUAL,
)
_SCALARS: Final[tuple[object, ...]] = ("x", "xy", "z", "", "1", 1, 1.0, 2, None, True, False)
_ELEMENTS: Final[tuple[object, ...]] = ("x", "xy", 1, 2, None, True, {"b": "x"}, {"b": "z"}, {}, [None])


class PatternMaker:
    """Draws patterns from a seed.

    Args:
        seed: The same seed gives the same patterns.
        fields: The selectors to draw from.
        values: The values to draw from.
    """

    def __init__(
        self, seed: int, fields: Sequence[tuple[Step, ...]] = _FIELDS, values: Sequence[Value] = _VALUES
    ) -> None:
        self._random = Random(seed)
        self._fields = fields
        self._values = values

    def pattern(self) -> Pattern:
        """Draws a pattern of up to six tests."""
        return JsonPattern(self._condition(2))

    def _condition(self, depth: int) -> Condition:
        if depth == 0 or self._random.random() < 0.35:
            return self._test()
        join = self._random.choice((all_of, any_of))
        return join([self._condition(depth - 1) for _ in range(self._random.choice((2, 2, 3)))])

    def _test(self) -> Condition:
        selector = Selector(self._random.choice(self._fields))
        kind = self._random.randrange(8)
        if kind == 0:
            return NotExists(selector)
        if kind == 1:
            return IsTest(selector, self._random.choice(list(Keyword)))
        operator = self._random.choice(_OPERATORS)
        return Comparison(
            selector, operator, self._random.choice(_NUMBERS if operator.is_ordering else self._values)
        )


def events() -> Iterator[str]:
    """Goes through some thousand events: every kind of value in the fields that patterns ask for."""
    objects = [{}, *({"b": value} for value in _SCALARS), {"b": []}, {"b": {}}, {"k": "x"}, {"k": {"b": "x"}}]
    objects += [
        {"b": first, "k": second} for first, second in product(("x", "z", 1), ("xy", None, {"b": "z"}))
    ]
    arrays: list[object] = [[], *([element] for element in _ELEMENTS)]
    arrays += [[first, second] for first, second in product(_ELEMENTS, repeat=2)]
    for here in (*_SCALARS, *objects, *arrays):
        yield json.dumps({"a": here})
    for here, there in product((*_SCALARS, {}, [], {"b": "x"}, ["x"], [None, "xy"]), (*_SCALARS, [None], {})):
        yield json.dumps({"a": here, "c": there})
    for there in (*_SCALARS, [None], {}):
        yield json.dumps({"c": there})
    yield "{}"
    yield '{"a":1e999}'
    yield '{"a":{"b":-1e999}}'


EVENTS: Final = tuple(events())
"""All of them."""
