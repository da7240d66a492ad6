"""Cuts JSON and space-delimited patterns into tokens that know their place (filter-patterns section 4.1).

The two write values alike; selectors and parentheses belong to JSON patterns, commas to the others.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NoReturn, TypeAlias

import msgspec

from trailbell.patterns._errors import REGEX_DOES_NOT_COMPILE, PatternError, invalid_characters
from trailbell.patterns._regex import compile_regex, first_forbidden
from trailbell.patterns._selector_scanner import scan_selector
from trailbell.patterns._tree import NumberLiteral, RegexLiteral, Selector, TextLiteral, is_name_character

__all__ = ["WHITE_SPACE", "Token", "TokenKind", "tokenize", "tokenize_delimited"]

WHITE_SPACE = " \t\n\r\f\v"

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SYMBOL = re.compile(r"&&|\|\||[()]|!=|<=|>=|[=<>]")
_ESCAPE = re.compile(r'\\(["\\*])')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)

# What people type out of habit, and what to type instead.
_INSTEAD = {
    "'": 'text in double quotes, such as "text"',
    ",": "'&&' or '||' between conditions",
    "&": "'&&'",
    "|": "'||'",
    "!": "'!='",
    "{": "'(' to group conditions",
    "}": "nothing before the closing '}'",
    "\\": "text in double quotes around a backslash",
}
_INSTEAD_OF_OTHERS = 'double quotes around text that holds more than letters, digits, "_", ".", "-" and "*"'


class TokenKind(StrEnum):
    """What a token is; the value is how messages name it."""

    SELECTOR = "selector"
    OPERATOR = "operator"
    AND = "&&"
    OR = "||"
    OPEN = "("
    CLOSE = ")"
    WORD = "word"
    NUMBER = "number"
    TEXT = "quoted text"
    REGEX = "regular expression"
    COMMA = ","
    END = "end"


class Token(msgspec.Struct, frozen=True):
    """A piece of the pattern from offset ``start`` up to ``end``, with what it means where it means more."""

    kind: TokenKind
    start: int
    end: int
    text: str
    meaning: Selector | NumberLiteral | TextLiteral | RegexLiteral | None = None


_SYMBOL_KINDS = {
    "&&": TokenKind.AND,
    "||": TokenKind.OR,
    "(": TokenKind.OPEN,
    ")": TokenKind.CLOSE,
    ",": TokenKind.COMMA,
}


def tokenize(pattern: str, start: int, end: int) -> list[Token]:
    """Cuts ``pattern[start:end]``, the part between the braces; the last token stands for the closing brace.

    Raises:
        PatternError: some characters fit no token, or a regular expression is not a valid one.
    """
    return _cut(pattern, start, end, _SCANNERS)


def tokenize_delimited(pattern: str, start: int, end: int) -> list[Token]:
    """Cuts the part between the brackets of a space-delimited pattern, as ``tokenize`` does between braces.

    Raises:
        PatternError: some characters fit no token, or a regular expression is not a valid one.
    """
    return _cut(pattern, start, end, _DELIMITED_SCANNERS)


def _cut(pattern: str, start: int, end: int, scanners: "_Scanners") -> list[Token]:
    body = pattern[:end]
    tokens: list[Token] = []
    at = start
    while at < end:
        if body[at] in WHITE_SPACE:
            at += 1
            continue
        scan = scanners.get(body[at], _scan_bare)
        token = scan(body, at, pattern)
        tokens.append(token)
        at = token.end
    tokens.append(Token(TokenKind.END, end, end + 1, pattern[end : end + 1]))
    return tokens


def _scan_symbol(body: str, at: int, pattern: str) -> Token:
    found = _SYMBOL.match(body, at)
    if found is None:
        _refuse(pattern, at, at + 1)
    return Token(_SYMBOL_KINDS.get(found[0], TokenKind.OPERATOR), at, found.end(), found[0])


def _scan_comma(_: str, at: int, __: str) -> Token:
    return Token(TokenKind.COMMA, at, at + 1, ",")


def _scan_path(body: str, at: int, pattern: str) -> Token:
    selector, end = scan_selector(body, at, pattern)
    return Token(TokenKind.SELECTOR, at, end, body[at:end], selector)


def _scan_bare(body: str, at: int, pattern: str) -> Token:
    """Reads a number or a word; it is a number only if the whole run of characters is one."""
    number = _NUMBER.match(body, at)
    if number is not None and not _is_word_character(body[number.end() : number.end() + 1]):
        return Token(TokenKind.NUMBER, at, number.end(), number[0], NumberLiteral(number[0]))
    end = at
    while end < len(body) and _is_word_character(body[end]):
        end += 1
    if end == at:
        _refuse(pattern, at, at + 1)
    text = body[at:end]
    return Token(TokenKind.WORD, at, end, text, TextLiteral(text, quoted=False))


def _is_word_character(character: str) -> bool:
    return character != "" and (is_name_character(character) or character in ".*")


def _scan_quoted(body: str, at: int, pattern: str) -> Token:
    found = _QUOTED.match(body, at)
    if found is None:
        _refuse(pattern, at, len(body), "a closing double quote")
    inner = found[0][1:-1]
    pieces: list[str] = []
    plain_stars: list[int] = []
    length = done = 0
    for escape in _ESCAPE.finditer(inner):
        pieces.extend((inner[done : escape.start()], escape[1]))
        length += escape.start() - done + 1
        done = escape.end()
        if escape[1] == "*":
            plain_stars.append(length - 1)
    pieces.append(inner[done:])
    literal = TextLiteral("".join(pieces), quoted=True, plain_stars=tuple(plain_stars))
    return Token(TokenKind.TEXT, at, found.end(), found[0], literal)


def _scan_regex(body: str, at: int, pattern: str) -> Token:
    closing = body.find("%", at + 1)
    text = body[at + 1 : closing if closing >= 0 else len(body)]
    forbidden = first_forbidden(text)
    if forbidden is not None:
        expected = "a letter, a digit or one of : _ # = @ / ; , - ^ $ ? [ ] { } | \\ * + . (others as \\xHH)"
        _refuse(pattern, at, at + 2 + forbidden, expected)
    if closing < 0:
        _refuse(pattern, at, len(body), "a closing percent sign")
    if not text:
        _refuse(pattern, at, closing + 1, "a regular expression between the percent signs")
    try:
        compile_regex(text)
    except ValueError as error:
        raise PatternError(
            pattern,
            at,
            closing + 1,
            message=REGEX_DOES_NOT_COMPILE,
            expected=f"an expression that compiles: {error}",
        ) from error
    return Token(TokenKind.REGEX, at, closing + 1, body[at : closing + 1], RegexLiteral(text))


def _refuse(pattern: str, start: int, end: int, expected: str | None = None) -> NoReturn:
    term = pattern[start:end]
    raise PatternError(
        pattern,
        start,
        end,
        message=invalid_characters(term),
        expected=expected or _INSTEAD.get(term, _INSTEAD_OF_OTHERS),
    )


_Scanners: TypeAlias = dict[str, Callable[[str, int, str], Token]]

_VALUE_SCANNERS: _Scanners = {'"': _scan_quoted, "%": _scan_regex, **dict.fromkeys("&|!<>=", _scan_symbol)}
_SCANNERS: _Scanners = {**_VALUE_SCANNERS, "$": _scan_path, "(": _scan_symbol, ")": _scan_symbol}
_DELIMITED_SCANNERS: _Scanners = {**_VALUE_SCANNERS, ",": _scan_comma}
