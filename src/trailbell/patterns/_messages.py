"""Tests of a message as text: terms, a regular expression, or space-delimited words (sections 2, 3 and 5)."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from trailbell.patterns._events import message_bytes
from trailbell.patterns._regex import compile_regex
from trailbell.patterns._tree import (
    DelimitedPattern,
    EllipsisField,
    NumberLiteral,
    Operator,
    RegexPattern,
    TermKind,
    TermsPattern,
    WordTest,
)
from trailbell.patterns._values import ordering, text_test
from trailbell.patterns._words import assign_words

__all__ = ["BytesTest", "TextTest", "WordsTest", "regex_test", "terms_test", "word_predicate", "words_test"]

BytesTest: TypeAlias = Callable[[bytes], bool]
TextTest: TypeAlias = Callable[[str], bool]
WordsTest: TypeAlias = Callable[[str], list[str] | None]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def terms_test(pattern: TermsPattern) -> BytesTest:
    """Builds the test of a raw message in UTF-8, in which a term is a substring wherever it stands."""
    required, excluded, optional = (
        [message_bytes(term.text) for term in pattern.terms if term.kind is kind]
        for kind in (TermKind.REQUIRED, TermKind.EXCLUDED, TermKind.OPTIONAL)
    )
    if not required and not excluded:
        return lambda message: any(term in message for term in optional)
    # Optional terms beside any other are ignored, so that an exclusion alone matches whatever lacks it.
    return lambda message: (
        all(term in message for term in required) and not any(term in message for term in excluded)
    )


def regex_test(pattern: RegexPattern) -> TextTest:
    """Builds the test of a message's text."""
    return compile_regex(pattern.regex.text)


def words_test(pattern: DelimitedPattern) -> WordsTest:
    """Builds the test of a message's text that gives its words where they pass, and None elsewhere."""
    fields = pattern.fields
    tested = [
        (at, _field_predicate(field.alternatives))
        for at, field in enumerate(fields)
        if not isinstance(field, EllipsisField) and field.alternatives
    ]
    # Behind an ellipsis, fields count from the last word.
    ellipsis = fields.index(EllipsisField()) if EllipsisField() in fields else len(fields)
    tested = [(at if at < ellipsis else at - len(fields), holds) for at, holds in tested]

    def words(message: str) -> list[str] | None:
        assigned = assign_words(pattern, message)
        if assigned is None or not all(holds(assigned[at]) for at, holds in tested):
            return None
        return assigned

    return words


def _field_predicate(alternatives: tuple[tuple[WordTest, ...], ...]) -> TextTest:
    compiled = [[word_predicate(test) for test in tests] for tests in alternatives]
    return lambda word: any(all(holds(word) for holds in tests) for tests in compiled)


def word_predicate(test: WordTest) -> TextTest:
    """Builds the test of one word."""
    if isinstance(test.value, NumberLiteral):
        return _number_predicate(test.operator, Decimal(test.value.text))
    fits = text_test(test.value)
    return fits if test.operator is Operator.EQUAL else lambda word: not fits(word)


def _number_predicate(operator: Operator, exact: Decimal) -> TextTest:
    if operator is Operator.NOT_EQUAL:
        # A word that is no number differs from every number (uncertain point U11).
        return lambda word: _number(word) != exact
    compare = exact.__eq__ if operator is Operator.EQUAL else ordering(operator, exact)

    def holds(word: str) -> bool:
        number = _number(word)
        return number is not None and compare(number)

    return holds


def _number(word: str) -> Decimal | None:
    if _NUMBER.fullmatch(word) is None:
        return None
    try:
        return Decimal(word)
    except InvalidOperation:
        # Its exponent has more than eighteen digits; AWS's number type has no such number either.
        return None
