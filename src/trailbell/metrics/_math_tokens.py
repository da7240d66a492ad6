"""Cuts an expression of metric math into tokens that know their place."""

import re
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from trailbell.metrics._math_errors import MathError
from trailbell.metrics._math_tree import Operator, Place

__all__ = ["Token", "TokenKind", "tokenize"]


class TokenKind(StrEnum):
    """What a token can be."""

    NUMBER = "a number"
    TEXT = "a text"
    NAME = "a name"
    OPERATOR = "an operator"
    PUNCTUATION = "punctuation"
    END = "the end"


class Token(msgspec.Struct, frozen=True, gc=False):
    """One token: its text as written, where that stands, and the operator it is, if it is one."""

    kind: TokenKind
    text: str
    place: Place
    operator: Operator | None = None


_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\n]+)
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<operator>&&|\|\||==|!=|<=|>=|[-+*/^<>])
    | (?P<punctuation>[()\[\],])
    """,
    re.VERBOSE,
)
_OPERATORS = {**{str(operator): operator for operator in Operator}, "AND": Operator.AND, "OR": Operator.OR}
_KINDS = {
    "number": TokenKind.NUMBER,
    "name": TokenKind.NAME,
    "text": TokenKind.TEXT,
    "operator": TokenKind.OPERATOR,
    "punctuation": TokenKind.PUNCTUATION,
}


def tokenize(expression: str) -> Iterator[Token]:
    """Yields the tokens of an expression, and one for its end.

    Raises:
        MathError: A character begins no token.
    """
    at = 0
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if found is None or found.lastgroup is None:
            raise _unreadable(expression, at)
        if found.lastgroup != "blank":
            yield _token(_KINDS[found.lastgroup], found.group(), Place(at, found.end()))
        at = found.end()
    yield Token(TokenKind.END, "", Place(at, at))


def _token(kind: TokenKind, text: str, place: Place) -> Token:
    operator = _OPERATORS.get(text)
    return Token(kind if operator is None else TokenKind.OPERATOR, text, place, operator)


def _unreadable(expression: str, at: int) -> MathError:
    character = expression[at]
    if character in {'"', "'"}:
        message, expected = (
            f"The text that begins at character {at + 1} does not end",
            f"a closing {character}",
        )
    else:
        message = f"Unexpected character {character!r} at character {at + 1}"
        expected = "an Id, a number, a function, an operator, a bracket or a quoted text"
    return MathError(expression, at, at + 1, message=message, expected=expected)
