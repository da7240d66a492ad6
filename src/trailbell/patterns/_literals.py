r"""Byte strings that every message a pattern matches must hold, so that a search can come before the parsing.

A JSON string may write any character as ``\uXXXX``, which hides what it spells. Whoever searches for the
literals of a JSON pattern must therefore also take every message that holds a ``\u`` escape.
"""

import re
from collections.abc import Iterable
from enum import IntEnum

import msgspec

from trailbell.patterns._events import message_bytes
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DelimitedPattern,
    JsonPattern,
    NameStep,
    NotExists,
    Operator,
    Pattern,
    Selector,
    Step,
    TermKind,
    TermsPattern,
    Test,
    TextLiteral,
    WildcardStep,
    WordField,
    WordTest,
)
from trailbell.patterns._values import text_match

__all__ = ["required_literals"]

# Shorter ones are found nearly everywhere.
_SHORTEST = 3

# What JSON writes in one way only, leaving \u aside; other characters may be escaped, or be no UTF-8.
_SAFE_RUN = re.compile(r"[ !#-.0-\[\]-~]+")
_ASCII_RUN = re.compile(r"[\x01-\x09\x0b-\x7f]+")

# Literals must not hold a line break, because messages are searched joined by it, nor a zero byte, which
# ends a literal for the search engine.
_UNSEARCHABLE = re.compile(rb"[\n\x00]")

_PLAIN_INTEGER = re.compile(r"-?[1-9][0-9]*")

# Most ARNs of an account begin in the same way.
_COMMON_BEGINNING = ('"arn:', "arn:")

# Fields by whose value records are told apart soonest: few records have any one of their values.
_TELLING_FIELDS = frozenset({"errorCode", "errorMessage", "eventName"})

# Fields that have one of a few values: a service's host or the type of an identity is in many records.
_FIELDS_OF_FEW_VALUES = frozenset(
    {
        "accountId",
        "awsRegion",
        "cipherSuite",
        "eventCategory",
        "eventSource",
        "eventType",
        "eventVersion",
        "invokedBy",
        "mfaAuthenticated",
        "recipientAccountId",
        "tlsVersion",
        "type",
    }
)

# Names that AWS writes into nearly every record, or into two of five: to search for them saves nothing.
_NAMES_EVERYWHERE = frozenset(
    {
        "accessKeyId",
        "accountId",
        "arn",
        "attributes",
        "awsRegion",
        "cipherSuite",
        "clientProvidedHostHeader",
        "creationDate",
        "eventCategory",
        "eventID",
        "eventName",
        "eventSource",
        "eventTime",
        "eventType",
        "eventVersion",
        "managementEvent",
        "mfaAuthenticated",
        "principalId",
        "readOnly",
        "recipientAccountId",
        "requestID",
        "requestParameters",
        "responseElements",
        "sessionContext",
        "sessionIssuer",
        "sourceIPAddress",
        "tlsDetails",
        "tlsVersion",
        "type",
        "userAgent",
        "userIdentity",
        "userName",
    }
)


class _Commonness(IntEnum):
    """How many records a literal is expected in, fewest first."""

    TELLING = 0
    ORDINARY = 1
    NAME = 2
    ONE_OF_FEW = 3


class _Choice(msgspec.Struct, frozen=True):
    """Literals of which at least one stands in every message that matches."""

    literals: frozenset[bytes]
    commonness: _Commonness

    def order(self) -> tuple[_Commonness, int, int, list[bytes]]:
        """Sorts the better choice first: rarer, then longer at its shortest, then fewer."""
        return self.commonness, -min(map(len, self.literals)), len(self.literals), sorted(self.literals)


def required_literals(pattern: Pattern) -> frozenset[bytes] | None:
    r"""Names byte strings of which at least one stands in every message that the pattern matches.

    For a JSON pattern that holds only of messages without the bytes ``\u``. None where no such strings can
    be named. No literal holds a line break or a zero byte, and none is shorter than three bytes.
    """
    choice: _Choice | None = None
    if isinstance(pattern, JsonPattern):
        choice = _of_condition(pattern.condition)
    elif isinstance(pattern, TermsPattern):
        choice = _of_terms(pattern)
    elif isinstance(pattern, DelimitedPattern):
        choice = _of_fields(pattern)
    return choice.literals if choice else None


def _of_condition(condition: Condition) -> _Choice | None:
    if isinstance(condition, AllOf):
        return _best(map(_of_condition, condition.terms))
    if isinstance(condition, AnyOf):
        return _either(map(_of_condition, condition.terms))
    return _best((_of_value(condition), _of_name(condition)))


def _of_terms(pattern: TermsPattern) -> _Choice | None:
    required, excluded, optional = (
        [_longest_line(term.text) for term in pattern.terms if term.kind is kind]
        for kind in (TermKind.REQUIRED, TermKind.EXCLUDED, TermKind.OPTIONAL)
    )
    return _best(required) if required or excluded else _either(optional)


def _of_fields(pattern: DelimitedPattern) -> _Choice | None:
    """Names what words must hold: each word is a part of the message's text, just as it stands there."""
    fields = [field for field in pattern.fields if isinstance(field, WordField) and field.alternatives]
    return _best(_either(_best(map(_of_word, tests)) for tests in field.alternatives) for field in fields)


def _of_word(test: WordTest) -> _Choice | None:
    if test.operator is not Operator.EQUAL or not isinstance(test.value, TextLiteral):
        return None
    return _longest(run for piece in test.value.pieces for run in _ASCII_RUN.findall(piece))


def _of_value(test: Test) -> _Choice | None:
    """Names a part of the text that a field must have; None where a number spelt otherwise may match."""
    if not isinstance(test, Comparison) or test.operator is not Operator.EQUAL:
        return None
    if not isinstance(test.value, TextLiteral):
        # A number has many spellings, and so has what fits an expression.
        return None
    pieces = test.value.pieces
    commonness = _commonness_of_values(test.selector)
    if _can_be_number(test.value):
        # An integer is spelt in one way, as a number and inside a string.
        is_integer = len(pieces) == 1 and _PLAIN_INTEGER.fullmatch(pieces[0]) is not None
        return _longest(pieces, commonness) if is_integer else None
    # The text's own quotes stand where no wildcard does; a quote inside it is an unsafe character.
    runs = [run for piece in pieces for run in _SAFE_RUN.findall(piece)]
    if first := _SAFE_RUN.match(pieces[0]):
        runs[0] = f'"{first[0]}'
    if pieces[-1] and _SAFE_RUN.match(pieces[-1][-1]):
        runs[-1] = f'{runs[-1]}"'
    return _longest(runs, commonness)


def _can_be_number(literal: TextLiteral) -> bool:
    """Says whether some number's text could match: it has no other characters, and at most one dot."""
    match = text_match(literal)
    return match.can_be_number and "".join(match.pieces).count(".") < 2


def _commonness_of_values(selector: Selector) -> _Commonness:
    names = _names(selector.steps)
    if not names or names[-1] in _FIELDS_OF_FEW_VALUES:
        return _Commonness.ONE_OF_FEW
    return _Commonness.TELLING if names[-1] in _TELLING_FIELDS else _Commonness.ORDINARY


def _of_name(test: Test) -> _Choice | None:
    """Names a member on the way to a field that must be there, in quotes."""
    if isinstance(test, NotExists):
        return None
    steps = test.selector.steps
    if isinstance(test, Comparison) and test.operator is Operator.NOT_EQUAL:
        # Where no child differs because there is none, the test still holds: only the parent must be there.
        steps = _before_wildcard(steps)
    for name in reversed(_names(steps)):
        if name not in _NAMES_EVERYWHERE and _SAFE_RUN.fullmatch(name):
            return _longest([f'"{name}"'], _Commonness.NAME)
    return None


def _names(steps: Iterable[Step]) -> list[str]:
    return [step.name for step in steps if isinstance(step, NameStep)]


def _before_wildcard(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    wildcards = (at for at, step in enumerate(steps) if isinstance(step, WildcardStep))
    return steps[: next(wildcards, len(steps))]


def _longest_line(text: str) -> _Choice | None:
    """Chooses the longest part of a term that can be searched for; terms are sought as bytes."""
    parts = _UNSEARCHABLE.split(message_bytes(text))
    return _choice(max(parts, key=len), _Commonness.ORDINARY)


def _longest(texts: Iterable[str], commonness: _Commonness = _Commonness.ORDINARY) -> _Choice | None:
    """Chooses the longest of ASCII texts that all stand in a message, the beginning of an ARN last."""
    usable = [text for text in texts if len(text) >= _SHORTEST]
    best = max(usable, key=lambda text: (not text.startswith(_COMMON_BEGINNING), len(text)), default="")
    return _choice(best.encode(), commonness)


def _choice(literal: bytes, commonness: _Commonness) -> _Choice | None:
    return _Choice(frozenset({literal}), commonness) if len(literal) >= _SHORTEST else None


def _best(choices: Iterable[_Choice | None]) -> _Choice | None:
    """Takes the best of the literals that must all be there."""
    return min((choice for choice in choices if choice is not None), key=_Choice.order, default=None)


def _either(choices: Iterable[_Choice | None]) -> _Choice | None:
    """Takes all literals of alternatives; None where one of them needs none."""
    literals: frozenset[bytes] = frozenset()
    commonness = _Commonness.TELLING
    for choice in choices:
        if choice is None:
            return None
        literals |= choice.literals
        commonness = max(commonness, choice.commonness)
    return _Choice(literals, commonness) if literals else None
