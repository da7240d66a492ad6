"""Prints a tree back to the one canonical pattern that parses to it."""

from trailbell.patterns._parser import MAXIMUM_LENGTH
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    EveryEvent,
    IsTest,
    NumberLiteral,
    Pattern,
    RegexLiteral,
    Test,
    TextLiteral,
    Value,
)

__all__ = ["format_pattern"]


def format_pattern(pattern: Pattern) -> str:
    """Prints a pattern with as few parentheses as it needs; ``parse_pattern`` gives the same tree again.

    Blanks are left out where they would make the text longer than a pattern may be.
    """
    if isinstance(pattern, EveryEvent):
        return ""
    text = f"{{ {_condition(pattern.condition, ' ')} }}"
    return text if len(text) <= MAXIMUM_LENGTH else f"{{{_condition(pattern.condition, '')}}}"


def _condition(condition: Condition, blank: str) -> str:
    if isinstance(condition, AnyOf):
        return f"{blank}||{blank}".join(_condition(term, blank) for term in condition.terms)
    if isinstance(condition, AllOf):
        return f"{blank}&&{blank}".join(
            f"({_condition(term, blank)})" if isinstance(term, AnyOf) else _condition(term, blank)
            for term in condition.terms
        )
    return _test(condition, blank)


def _test(test: Test, blank: str) -> str:
    if isinstance(test, Comparison):
        return f"{test.selector}{blank}{test.operator.value}{blank}{_value(test.value)}"
    if isinstance(test, IsTest):
        return f"{test.selector} IS {test.keyword.value}"
    return f"{test.selector} NOT EXISTS"


def _value(value: Value) -> str:
    if isinstance(value, NumberLiteral):
        return value.text
    if isinstance(value, RegexLiteral):
        return f"%{value.text}%"
    return _quote(value) if value.quoted else value.text


def _quote(literal: TextLiteral) -> str:
    text = literal.text
    pieces = []
    for at, character in enumerate(text):
        # A backslash needs another one only where it would otherwise escape what follows.
        is_escaped = (
            character == '"'
            or (character == "*" and at in literal.plain_stars)
            or (character == "\\" and text[at + 1 : at + 2] in ("", '"', "\\", "*"))
        )
        pieces.append(f"\\{character}" if is_escaped else character)
    return f'"{"".join(pieces)}"'
