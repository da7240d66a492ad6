"""Parses terms such as ``ERROR -"timed out"``, and the lone ``%regex%`` (filter-patterns sections 2, 3)."""

import re

from trailbell.patterns._errors import INVALID_PATTERN, PatternError, invalid_characters
from trailbell.patterns._lexer import WHITE_SPACE, tokenize
from trailbell.patterns._tree import RegexLiteral, RegexPattern, Term, TermKind, TermsPattern

__all__ = ["is_bare_term", "parse_regex_pattern", "parse_terms"]

_PREFIXES = {"-": TermKind.EXCLUDED, "?": TermKind.OPTIONAL}
_PHRASE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')

_TERM = "a word of letters, digits, '_' and '.', or text in double quotes"


def is_bare_term(text: str) -> bool:
    """Says whether a term may be written without quotes."""
    return text != "" and all(map(_is_word_character, text))


def parse_terms(pattern: str, start: int, end: int) -> TermsPattern:
    """Parses ``pattern[start:end]``, one or more terms.

    Raises:
        PatternError: It is not valid.
    """
    terms: list[Term] = []
    at = start
    while (at := _skip_blanks(pattern, at, end)) < end:
        term, at = _term(pattern, at, end)
        terms.append(term)
    return TermsPattern(tuple(terms))


def parse_regex_pattern(pattern: str, start: int, end: int) -> RegexPattern:
    """Parses ``pattern[start:end]``, one regular expression between percent signs.

    Raises:
        PatternError: It is not valid, or not alone: it mixes with nothing, not even another one.
    """
    closing = pattern.find("%", start + 1, end)
    token = tokenize(pattern, start, closing + 1)[0]
    if closing + 1 < end:
        expected = "nothing behind a regular expression: it stands alone"
        raise _character_refused(pattern, closing + 1, expected)
    if not isinstance(token.meaning, RegexLiteral):
        raise TypeError(f"a percent sign begins a regular expression, and gave {token!r}")
    return RegexPattern(token.meaning)


def _term(pattern: str, at: int, end: int) -> tuple[Term, int]:
    prefix = at
    kind = _PREFIXES.get(pattern[at], TermKind.REQUIRED)
    if kind is not TermKind.REQUIRED:
        # The guide writes a blank between the prefix and a phrase.
        at = _skip_blanks(pattern, at + 1, end)
        if at == end or pattern[at] in _PREFIXES:
            # A lone prefix has no recorded answer (uncertain point U4); refused like two in a row.
            raise PatternError(
                pattern,
                prefix,
                min(at + 1, end),
                message=INVALID_PATTERN,
                expected=f"{_TERM} after {pattern[prefix]!r}",
            )
    if pattern[at] == '"':
        return _phrase(pattern, at, end, kind)
    behind = at
    while behind < end and _is_word_character(pattern[behind]):
        behind += 1
    if behind == at:
        raise _character_refused(
            pattern, at, 'double quotes around text with more than letters, digits, "_" and "."'
        )
    _check_not_glued(pattern, behind, end, '"')
    return Term(pattern[at:behind], kind), behind


def _phrase(pattern: str, at: int, end: int, kind: TermKind) -> tuple[Term, int]:
    found = _PHRASE.match(pattern, at, end)
    if found is None or found[0] == '""':
        behind = end if found is None else found.end()
        raise PatternError(
            pattern,
            at,
            behind,
            message=invalid_characters(pattern[at:behind]),
            expected="a closing double quote" if found is None else "some text between the double quotes",
        )
    behind = found.end()
    if behind < end and (pattern[behind] == '"' or _is_word_character(pattern[behind])):
        _check_not_glued(pattern, behind, end, pattern[behind])
    return Term(_ESCAPE.sub(r"\1", found[0][1:-1]), kind), behind


def _character_refused(pattern: str, at: int, expected: str) -> PatternError:
    message = invalid_characters(pattern[at])
    return PatternError(pattern, at, at + 1, message=message, expected=expected)


def _check_not_glued(pattern: str, at: int, end: int, refused: str) -> None:
    if at < end and pattern[at] == refused:
        raise PatternError(
            pattern,
            at,
            at + 1,
            message=INVALID_PATTERN,
            expected="a blank between a phrase and its neighbour",
        )


def _skip_blanks(pattern: str, at: int, end: int) -> int:
    while at < end and pattern[at] in WHITE_SPACE:
        at += 1
    return at


def _is_word_character(character: str) -> bool:
    return character.isalpha() or character.isdecimal() or character in "_."
