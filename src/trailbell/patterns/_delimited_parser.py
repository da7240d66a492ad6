"""Parses space-delimited patterns such as ``[ip, ..., status = 4*, bytes]`` (filter-patterns section 5)."""

from trailbell.patterns._errors import INVALID_PATTERN, invalid_characters
from trailbell.patterns._lexer import Token, TokenKind, tokenize_delimited
from trailbell.patterns._token_reader import TokenReader
from trailbell.patterns._tree import (
    DelimitedField,
    DelimitedPattern,
    EllipsisField,
    NumberLiteral,
    Operator,
    WordField,
    WordTest,
    is_name_character,
)

__all__ = ["parse_delimited_pattern"]

_ELLIPSIS = "..."

_FIELD = "the name of a field, '...' or ','"
_NAME = "a name of letters, digits, '_' and '-' that does not begin with a digit"
_END_OF_FIELD = "',' before the next field"
_TEST = "a comparison (= != < <= > >=) or ','"
_NEXT_TEST = "'&&', '||' or ','"
_OPERATOR = "a comparison (= != < <= > >=)"

_ENDS = frozenset({TokenKind.COMMA, TokenKind.END})


def parse_delimited_pattern(pattern: str, start: int, end: int) -> DelimitedPattern:
    """Parses ``pattern[start:end]``, what stands between the brackets.

    Raises:
        PatternError: It is not valid.
    """
    return _Parser(TokenReader(pattern, tokenize_delimited(pattern, start, end))).pattern()


class _Parser:
    """Reads fields one after the other; ``_last`` is the token that ended the one before."""

    def __init__(self, tokens: TokenReader) -> None:
        self._tokens = tokens
        self._last: Token | None = None
        self._names: set[str] = set()

    def pattern(self) -> DelimitedPattern:
        token = self._tokens.take()
        if token.kind is TokenKind.END:
            return DelimitedPattern(())
        fields = [self._field(token)]
        while self._last is not None and self._last.kind is TokenKind.COMMA:
            fields.append(self._field(self._tokens.take()))
        return DelimitedPattern(tuple(fields))

    def _field(self, token: Token) -> DelimitedField:
        if token.kind in _ENDS:
            self._last = token
            return WordField()
        if token.text == _ELLIPSIS:
            self._claim(token, _ELLIPSIS)
            self._end(self._tokens.take(), _END_OF_FIELD)
            return EllipsisField()
        name = self._name(token)
        self._claim(token, name)
        following = self._tokens.take()
        if following.kind in _ENDS:
            self._last = following
            return WordField(name)
        if following.kind is not TokenKind.OPERATOR:
            # A second name without a comma is as invalid as any other token here.
            self._tokens.refuse(following, _TEST, INVALID_PATTERN)
        return WordField(name, self._alternatives(name, following))

    def _alternatives(self, name: str, operator: Token) -> tuple[tuple[WordTest, ...], ...]:
        alternatives: list[tuple[WordTest, ...]] = []
        tests = [self._test(operator)]
        while True:
            joint = self._tokens.take()
            if joint.kind is TokenKind.OR:
                alternatives.append(tuple(tests))
                tests = []
            elif joint.kind is not TokenKind.AND:
                self._end(joint, _NEXT_TEST)
                return (*alternatives, tuple(tests))
            token = self._tokens.take()
            other = self._name(token)
            if other != name:
                # Some guides show two names in one field, but the service refuses it (uncertain point U5).
                message = f"Multiple variables used in a single filter. Var1 : {name}, Var2 : {other}"
                self._tokens.refuse(token, f"{name!r} again, as a field tests one word", message)
            operator = self._tokens.take()
            if operator.kind is not TokenKind.OPERATOR:
                self._tokens.refuse(operator, _OPERATOR, INVALID_PATTERN)
            tests.append(self._test(operator))

    def _test(self, token: Token) -> WordTest:
        operator = Operator(token.text)
        value, written = self._tokens.value()
        if operator.is_ordering and not isinstance(value, NumberLiteral):
            self._tokens.refuse(written, f"a number without quotes after {operator.value}", INVALID_PATTERN)
        return WordTest(operator, value)

    def _name(self, token: Token) -> str:
        text = token.text
        if token.kind not in (TokenKind.WORD, TokenKind.NUMBER):
            self._tokens.refuse(token, _FIELD)
        if text[0].isdecimal() or not all(map(is_name_character, text)):
            self._tokens.refuse(token, _NAME, invalid_characters(text))
        return text

    def _claim(self, token: Token, name: str) -> None:
        if name in self._names:
            self._tokens.refuse(token, f"{name!r} only once", f"Duplicate field '{name}'")
        self._names.add(name)

    def _end(self, token: Token, expected: str) -> None:
        if token.kind not in _ENDS:
            self._tokens.refuse(token, expected, INVALID_PATTERN)
        self._last = token
