"""Reads tokens one after the other, and the values that JSON and space-delimited patterns write alike."""

from typing import NoReturn

from trailbell.patterns._errors import (
    INVALID_PATTERN,
    TOO_MANY_REGEXES,
    PatternError,
    invalid_characters,
)
from trailbell.patterns._lexer import Token, TokenKind
from trailbell.patterns._tree import NumberLiteral, RegexLiteral, TextLiteral, Value

__all__ = ["TokenReader"]

_MAXIMUM_REGEXES = 2
# The range of a 32-bit integer; AWS's number type has no larger exponent.
_EXPONENTS = range(-(2**31), 2**31)

_VALUE = "a number, text, or a regular expression between percent signs"


class TokenReader:
    """The tokens of one pattern, and how many regular expressions were among those taken."""

    def __init__(self, pattern: str, tokens: list[Token]) -> None:
        self._pattern = pattern
        self._tokens = tokens
        self._next = 0
        self._regexes = 0

    def take(self) -> Token:
        """Takes the next token; the last one, which stands for the end, can be taken again and again."""
        token = self._tokens[self._next]
        # The end is never passed, so that every error after it has a place.
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def value(self) -> tuple[Value, Token]:
        """Takes a value; returns it with its token.

        Raises:
            PatternError: The next token is none, or one regular expression too many.
        """
        token = self.take()
        value = token.meaning
        if not isinstance(value, NumberLiteral | TextLiteral | RegexLiteral):
            self.refuse(token, _VALUE)
        if isinstance(value, NumberLiteral):
            self._check_exponent(value, token)
        if isinstance(value, RegexLiteral):
            self._regexes += 1
            if self._regexes > _MAXIMUM_REGEXES:
                self.refuse(token, f"at most {_MAXIMUM_REGEXES} regular expressions", TOO_MANY_REGEXES)
        return value, token

    def refuse(self, token: Token, expected: str, message: str | None = None) -> NoReturn:
        """Refuses the pattern at a token.

        Raises:
            PatternError: Always; its message is AWS's usual one for such a token unless one is given.
        """
        if message is None:
            message = invalid_characters(token.text) if token.kind is TokenKind.WORD else INVALID_PATTERN
        raise PatternError(self._pattern, token.start, token.end, message=message, expected=expected)

    def _check_exponent(self, number: NumberLiteral, token: Token) -> None:
        _, _, exponent = number.text.lower().partition("e")
        # Twenty characters are far outside the range and far inside what int() reads.
        if exponent and (len(exponent.lstrip("+-0")) > 20 or int(exponent) not in _EXPONENTS):
            self.refuse(token, "an exponent of 32 bits")
