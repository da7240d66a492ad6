"""Parses JSON patterns: parentheses bind first, then ``&&``, then ``||`` (filter-patterns section 4.1)."""

from trailbell.patterns._errors import TOO_MANY_WILDCARDS, invalid_characters
from trailbell.patterns._lexer import Token, TokenKind, tokenize
from trailbell.patterns._token_reader import TokenReader
from trailbell.patterns._tree import (
    Comparison,
    Condition,
    IsTest,
    JsonPattern,
    Keyword,
    NotExists,
    NumberLiteral,
    Operator,
    Selector,
    Test,
    Value,
    WildcardStep,
    all_of,
    any_of,
)

__all__ = ["parse_json_pattern"]

_MAXIMUM_WILDCARD_SELECTORS = 3
_MAXIMUM_WILDCARDS_PER_SELECTOR = 1

_KEYWORDS = frozenset(keyword.value for keyword in Keyword)

_CONDITION = "a condition such as $.eventName = \"ConsoleLogin\", or '('"
_TEST = "a comparison (= != < <= > >=), IS NULL, IS TRUE, IS FALSE or NOT EXISTS"
_JOINT = "'&&' or '||' before another condition"
_OPENING = "a '(' before this ')'"


def parse_json_pattern(pattern: str, start: int, end: int) -> JsonPattern:
    """Parses ``pattern[start:end]``, what stands between the braces.

    Raises:
        PatternError: It is not valid.
    """
    return JsonPattern(_Parser(TokenReader(pattern, tokenize(pattern, start, end))).condition())


def _keyword(token: Token) -> str:
    # Python would make I and S of letters beyond ASCII.
    return token.text.upper() if token.kind is TokenKind.WORD and token.text.isascii() else ""


class _Group:
    """What stands so far inside one pair of parentheses: finished alternatives, and the one being built."""

    def __init__(self, opening: Token | None) -> None:
        self.opening = opening
        self.alternatives: list[Condition] = []
        self.conjunction: list[Condition] = []

    def start_alternative(self) -> None:
        self.alternatives.append(all_of(self.conjunction))
        self.conjunction = []

    def condition(self) -> Condition:
        self.start_alternative()
        return any_of(self.alternatives)


class _Parser:
    """Reads the tokens once, with its own stack: a pattern of parentheses must not exhaust Python's."""

    def __init__(self, tokens: TokenReader) -> None:
        self._tokens = tokens
        self._wildcard_selectors = 0

    def condition(self) -> Condition:
        groups = [_Group(None)]
        while True:
            while (token := self._tokens.take()).kind is TokenKind.OPEN:
                groups.append(_Group(token))
            groups[-1].conjunction.append(self._test(token))
            while (token := self._tokens.take()).kind is TokenKind.CLOSE and len(groups) > 1:
                closed = groups.pop().condition()
                groups[-1].conjunction.append(closed)
            if token.kind is TokenKind.END:
                return self._finish(groups, token)
            if token.kind is TokenKind.OR:
                groups[-1].start_alternative()
            elif token.kind is not TokenKind.AND:
                self._tokens.refuse(token, _OPENING if token.kind is TokenKind.CLOSE else _JOINT)

    def _finish(self, groups: list[_Group], end: Token) -> Condition:
        opening = groups[-1].opening
        if opening is not None:
            self._tokens.refuse(end, f"')' for the '(' at character {opening.start + 1}")
        return groups[0].condition()

    def _test(self, token: Token) -> Test:
        selector = token.meaning
        if not isinstance(selector, Selector):
            self._tokens.refuse(token, _CONDITION)
        self._count_wildcards(selector, token)
        test = self._tokens.take()
        if test.kind is TokenKind.OPERATOR:
            operator = Operator(test.text)
            return Comparison(selector, operator, self._value(operator))
        if _keyword(test) == "IS":
            word = self._tokens.take()
            if _keyword(word) not in _KEYWORDS:
                self._tokens.refuse(word, "NULL, TRUE or FALSE")
            return IsTest(selector, Keyword(_keyword(word)))
        if _keyword(test) != "NOT":
            self._tokens.refuse(test, _TEST)
        word = self._tokens.take()
        if _keyword(word) != "EXISTS":
            self._tokens.refuse(word, "EXISTS")
        return NotExists(selector)

    def _value(self, operator: Operator) -> Value:
        value, token = self._tokens.value()
        if operator.is_ordering and not isinstance(value, NumberLiteral):
            message = invalid_characters(token.text)
            self._tokens.refuse(token, f"a number without quotes after {operator.value}", message)
        if token.kind is TokenKind.WORD and token.text.lower() == "null":
            self._tokens.refuse(token, "IS NULL instead of a comparison with null")
        return value

    def _count_wildcards(self, selector: Selector, token: Token) -> None:
        wildcards = sum(isinstance(step, WildcardStep) for step in selector.steps)
        if wildcards > _MAXIMUM_WILDCARDS_PER_SELECTOR:
            self._tokens.refuse(token, "at most one wildcard in the selector", TOO_MANY_WILDCARDS)
        self._wildcard_selectors += wildcards
        if self._wildcard_selectors > _MAXIMUM_WILDCARD_SELECTORS:
            self._tokens.refuse(token, f"at most {_MAXIMUM_WILDCARD_SELECTORS} selectors with a wildcard")
