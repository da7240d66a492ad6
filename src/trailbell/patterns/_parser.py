"""Parses filter patterns: parentheses bind first, then ``&&``, then ``||`` (filter-patterns section 4.1)."""

from typing import NoReturn

from trailbell.patterns._errors import (
    INVALID_PATTERN,
    TOO_MANY_REGEXES,
    TOO_MANY_WILDCARDS,
    PatternError,
    UnsupportedSyntaxError,
    invalid_characters,
    must_end_with,
)
from trailbell.patterns._lexer import WHITE_SPACE, Token, TokenKind, tokenize
from trailbell.patterns._tree import (
    Comparison,
    Condition,
    EveryEvent,
    IsTest,
    JsonPattern,
    Keyword,
    NotExists,
    NumberLiteral,
    Operator,
    Pattern,
    RegexLiteral,
    Selector,
    Test,
    TextLiteral,
    Value,
    WildcardStep,
    all_of,
    any_of,
)

__all__ = ["MAXIMUM_LENGTH", "parse_pattern", "parse_selector"]

MAXIMUM_LENGTH = 1024

_MAXIMUM_REGEXES = 2
_MAXIMUM_WILDCARD_SELECTORS = 3
_MAXIMUM_WILDCARDS_PER_SELECTOR = 1
# The range of a 32-bit integer; AWS's number type has no larger exponent.
_EXPONENTS = range(-(2**31), 2**31)

_KEYWORDS = frozenset(keyword.value for keyword in Keyword)

_CLOSERS = {"{": "}", "[": "]", "%": "%"}
_OTHER_SYNTAXES = {"[": "space-delimited patterns ([...])", "%": "regular expressions (%...%) by themselves"}

_CONDITION = "a condition such as $.eventName = \"ConsoleLogin\", or '('"
_TEST = "a comparison (= != < <= > >=), IS NULL, IS TRUE, IS FALSE or NOT EXISTS"
_JOINT = "'&&' or '||' before another condition"
_OPENING = "a '(' before this ')'"
_VALUE = "a number, text, or a regular expression between percent signs"


def parse_pattern(text: str) -> Pattern:
    """Parses a filter pattern; a blank one matches every event.

    Raises:
        PatternError: the pattern is not valid.
        UnsupportedSyntaxError: it is written in terms, ``[...]`` or ``%...%``, which are not read yet.
    """
    _check_length(text)
    body = text.strip(WHITE_SPACE)
    if not body:
        return EveryEvent()
    start = text.index(body[0])
    end = start + len(body)
    closer = _CLOSERS.get(body[0])
    if closer is not None and (len(body) == 1 or body[-1] != closer):
        message = must_end_with(body[0], closer)
        raise PatternError(text, end - 1, end, message=message, expected=f"{closer!r} at the end")
    if body[0] != "{":
        message = f"Not supported yet: {_OTHER_SYNTAXES.get(body[0], 'patterns of terms')}"
        expected = 'a JSON pattern such as { $.eventName = "ConsoleLogin" }, or nothing'
        raise UnsupportedSyntaxError(text, start, end, message=message, expected=expected)
    return JsonPattern(_Parser(text, tokenize(text, start + 1, end - 1)).condition())


def parse_selector(text: str) -> Selector:
    """Parses a lone selector such as ``$.requestParameters.items[0]``.

    Raises:
        PatternError: the text is not exactly one selector.
    """
    tokens = tokenize(text, 0, len(text))
    selector = tokens[0].meaning
    if not isinstance(selector, Selector) or tokens[0].text != text:
        expected = "one selector such as $.eventName and nothing else"
        raise PatternError(text, 0, len(text), message=INVALID_PATTERN, expected=expected)
    return selector


def _keyword(token: Token) -> str:
    # Python would make I and S of letters beyond ASCII.
    return token.text.upper() if token.kind is TokenKind.WORD and token.text.isascii() else ""


def _check_length(text: str) -> None:
    if len(text) > MAXIMUM_LENGTH:
        message = (
            f"1 validation error detected: Value '{text}' at 'filterPattern' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAXIMUM_LENGTH}"
        )
        expected = f"at most {MAXIMUM_LENGTH} characters, not {len(text)}"
        raise PatternError(text, MAXIMUM_LENGTH, len(text), message=message, expected=expected)


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

    def __init__(self, pattern: str, tokens: list[Token]) -> None:
        self._pattern = pattern
        self._tokens = tokens
        self._next = 0
        self._regexes = 0
        self._wildcard_selectors = 0

    def condition(self) -> Condition:
        groups = [_Group(None)]
        while True:
            while (token := self._take()).kind is TokenKind.OPEN:
                groups.append(_Group(token))
            groups[-1].conjunction.append(self._test(token))
            while (token := self._take()).kind is TokenKind.CLOSE and len(groups) > 1:
                closed = groups.pop().condition()
                groups[-1].conjunction.append(closed)
            if token.kind is TokenKind.END:
                return self._finish(groups, token)
            if token.kind is TokenKind.OR:
                groups[-1].start_alternative()
            elif token.kind is not TokenKind.AND:
                self._refuse(token, _OPENING if token.kind is TokenKind.CLOSE else _JOINT)

    def _finish(self, groups: list[_Group], end: Token) -> Condition:
        opening = groups[-1].opening
        if opening is not None:
            self._refuse(end, f"')' for the '(' at character {opening.start + 1}")
        return groups[0].condition()

    def _take(self) -> Token:
        token = self._tokens[self._next]
        # The closing brace is never passed, so that every error after it has a place.
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _test(self, token: Token) -> Test:
        selector = token.meaning
        if not isinstance(selector, Selector):
            self._refuse(token, _CONDITION)
        self._count_wildcards(selector, token)
        test = self._take()
        if test.kind is TokenKind.OPERATOR:
            operator = Operator(test.text)
            return Comparison(selector, operator, self._value(operator))
        if _keyword(test) == "IS":
            word = self._take()
            if _keyword(word) not in _KEYWORDS:
                self._refuse(word, "NULL, TRUE or FALSE")
            return IsTest(selector, Keyword(_keyword(word)))
        if _keyword(test) != "NOT":
            self._refuse(test, _TEST)
        word = self._take()
        if _keyword(word) != "EXISTS":
            self._refuse(word, "EXISTS")
        return NotExists(selector)

    def _value(self, operator: Operator) -> Value:
        token = self._take()
        value = token.meaning
        if not isinstance(value, NumberLiteral | TextLiteral | RegexLiteral):
            self._refuse(token, _VALUE)
        if operator.is_ordering and not isinstance(value, NumberLiteral):
            message = invalid_characters(token.text)
            self._refuse(token, f"a number without quotes after {operator.value}", message)
        if token.kind is TokenKind.WORD and token.text.lower() == "null":
            self._refuse(token, "IS NULL instead of a comparison with null")
        if isinstance(value, NumberLiteral):
            self._check_exponent(value, token)
        if isinstance(value, RegexLiteral):
            self._regexes += 1
            if self._regexes > _MAXIMUM_REGEXES:
                self._refuse(token, f"at most {_MAXIMUM_REGEXES} regular expressions", TOO_MANY_REGEXES)
        return value

    def _check_exponent(self, number: NumberLiteral, token: Token) -> None:
        _, _, exponent = number.text.lower().partition("e")
        # Twenty characters are far outside the range and far inside what int() reads.
        if exponent and (len(exponent.lstrip("+-0")) > 20 or int(exponent) not in _EXPONENTS):
            self._refuse(token, "an exponent of 32 bits")

    def _count_wildcards(self, selector: Selector, token: Token) -> None:
        wildcards = sum(isinstance(step, WildcardStep) for step in selector.steps)
        if wildcards > _MAXIMUM_WILDCARDS_PER_SELECTOR:
            self._refuse(token, "at most one wildcard in the selector", TOO_MANY_WILDCARDS)
        self._wildcard_selectors += wildcards
        if self._wildcard_selectors > _MAXIMUM_WILDCARD_SELECTORS:
            self._refuse(token, f"at most {_MAXIMUM_WILDCARD_SELECTORS} selectors with a wildcard")

    def _refuse(self, token: Token, expected: str, message: str | None = None) -> NoReturn:
        if message is None:
            message = invalid_characters(token.text) if token.kind is TokenKind.WORD else INVALID_PATTERN
        raise PatternError(self._pattern, token.start, token.end, message=message, expected=expected)
