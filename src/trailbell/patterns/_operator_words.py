"""What the operators of the pattern language are called in words: one table for all that speaks of them."""

from typing import Final, TypeAlias

import msgspec

from trailbell._errors import visible
from trailbell.patterns._tree import (
    Comparison,
    IsTest,
    NumberLiteral,
    Operator,
    RegexLiteral,
    Selector,
    Test,
    TextLiteral,
    Value,
    WildcardStep,
    WordTest,
)
from trailbell.patterns._values import TextShape, text_match

__all__ = [
    "OPERATOR_WORDS",
    "OperatorWords",
    "comparison_words",
    "field_words",
    "group_words",
    "quoted",
    "test_words",
    "value_words",
    "word_test_words",
]


class OperatorWords(msgspec.Struct, frozen=True):
    """The words between a field and a value: those of ``=`` or an ordering, and those of its opposite."""

    holds: str
    fails: str


_Relation: TypeAlias = TextShape | Operator | str

_ANYTHING: Final = "anything"
_EXPRESSION: Final = "expression"

OPERATOR_WORDS: Final[dict[_Relation, OperatorWords]] = {
    TextShape.EXACT: OperatorWords("is", "is not"),
    TextShape.PREFIX: OperatorWords("begins with", "does not begin with"),
    TextShape.SUFFIX: OperatorWords("ends with", "does not end with"),
    TextShape.CONTAINS: OperatorWords("contains", "does not contain"),
    TextShape.PIECES: OperatorWords("is like", "is not like"),
    _ANYTHING: OperatorWords("is any text or number", "differs from any text or number, which never holds"),
    _EXPRESSION: OperatorWords("has a match of", "has no match of"),
    Operator.EQUAL: OperatorWords("equals", "does not equal"),
    Operator.LESS: OperatorWords("is less than", "is not less than"),
    Operator.LESS_OR_EQUAL: OperatorWords("is at most", "is not at most"),
    Operator.GREATER: OperatorWords("is greater than", "is not greater than"),
    Operator.GREATER_OR_EQUAL: OperatorWords("is at least", "is not at least"),
}
"""By how a value is compared: the shape of a text, an expression, or the operator before a number."""


def group_words(*, is_all: bool) -> str:
    """Says what is asked of the parts of a group."""
    return "all of these hold" if is_all else "at least one of these holds"


def quoted(text: str) -> str:
    """Puts a text in double quotes, with nothing in it that could move a terminal's line."""
    return f'"{visible(text)}"'


def value_words(value: Value) -> str:
    """Names what a field is compared with: the fixed part of a text with one, else the value as typed."""
    if isinstance(value, NumberLiteral):
        return value.text
    if isinstance(value, RegexLiteral):
        return f"%{visible(value.text)}%"
    match = text_match(value)
    if match.shape is not TextShape.PIECES:
        return quoted(match.pieces[0])
    # As in a pattern: a star that is none of the wildcards stands behind a backslash.
    return quoted("*".join(piece.replace("\\", "\\\\").replace("*", "\\*") for piece in match.pieces))


def comparison_words(operator: Operator, value: Value) -> str:
    """Says how a value is compared and with what, such as ``begins with "AccessDenied"``."""
    relation = _relation(operator, value)
    words = OPERATOR_WORDS[relation]
    said = words.fails if operator is Operator.NOT_EQUAL else words.holds
    return said if relation == _ANYTHING else f"{said} {value_words(value)}"


def field_words(selector: Selector) -> str:
    """Names a field as it is written in a pattern."""
    return visible(str(selector))


def test_words(test: Test) -> str:
    """Says in words when a test of a JSON pattern holds."""
    if test.selector.has_wildcard:
        return _every_child_words(test)
    field = field_words(test.selector)
    if isinstance(test, Comparison):
        # The comparison is false where there is nothing to compare, which surprises most readers.
        is_present = "is present and " if test.operator is Operator.NOT_EQUAL else ""
        return f"{field} {is_present}{comparison_words(test.operator, test.value)}"
    return f"{field} is {test.keyword.value.lower()}" if isinstance(test, IsTest) else f"{field} is missing"


def word_test_words(name: str, test: WordTest) -> str:
    """Says in words when a test of a space-delimited field holds."""
    return f"{visible(name)} {comparison_words(test.operator, test.value)}"


def _every_child_words(test: Test) -> str:
    field = field_words(test.selector)
    if isinstance(test, IsTest):
        return f"some value at {field} is {test.keyword.value.lower()}"
    if not isinstance(test, Comparison):
        return f"there is no value at {field}"
    if test.operator is not Operator.NOT_EQUAL:
        return f"some value at {field} {comparison_words(test.operator, test.value)}"
    steps = test.selector.steps
    wildcard = next(at for at, step in enumerate(steps) if isinstance(step, WildcardStep))
    # A wildcard in first place walks the event itself, which is always there.
    parent = f"{field_words(Selector(steps[:wildcard]))} is present and " if wildcard else ""
    return f"{parent}no value at {field} {comparison_words(Operator.EQUAL, test.value)}"


def _relation(operator: Operator, value: Value) -> _Relation:
    if isinstance(value, TextLiteral):
        pieces = value.pieces
        return _ANYTHING if len(pieces) > 1 and not any(pieces) else text_match(value).shape
    if isinstance(value, RegexLiteral):
        return _EXPRESSION
    return Operator.EQUAL if operator is Operator.NOT_EQUAL else operator
