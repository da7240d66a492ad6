"""What each kind of pattern asks, as a condition on an event's JSON object or on a message's text."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from trailbell.patterns._tree import (
    Comparison,
    Condition,
    DelimitedPattern,
    EveryEvent,
    JsonPattern,
    Operator,
    Pattern,
    RegexPattern,
    Selector,
    TermKind,
    TermsPattern,
    TextLiteral,
    all_of,
    any_of,
)

__all__ = ["PatternKind", "conditions_of", "kind_of"]

_MESSAGE: Final = Selector(())


class PatternKind(StrEnum):
    """What a pattern looks at."""

    NOTHING = "nothing"
    OBJECT = "a JSON object"
    TEXT = "text"
    WORDS = "space-delimited words"


def kind_of(pattern: Pattern) -> PatternKind:
    """Says what a pattern looks at."""
    match pattern:
        case EveryEvent():
            return PatternKind.NOTHING
        case JsonPattern():
            return PatternKind.OBJECT
        case DelimitedPattern():
            return PatternKind.WORDS
        case _:
            return PatternKind.TEXT


def conditions_of(patterns: Iterable[Pattern], kind: PatternKind) -> list[Condition]:
    """Returns the conditions of those patterns that look at JSON objects, or of those that look at text."""
    conditions: list[Condition] = []
    for pattern in patterns:
        if isinstance(pattern, JsonPattern) and kind is PatternKind.OBJECT:
            conditions.append(pattern.condition)
        elif isinstance(pattern, RegexPattern) and kind is PatternKind.TEXT:
            conditions.append(Comparison(_MESSAGE, Operator.EQUAL, pattern.regex))
        elif isinstance(pattern, TermsPattern) and kind is PatternKind.TEXT:
            conditions.append(_of_terms(pattern))
    return conditions


def _of_terms(pattern: TermsPattern) -> Condition:
    terms = {kind: [_holds(term.text) for term in pattern.terms if term.kind is kind] for kind in TermKind}
    lacking = [Comparison(_MESSAGE, Operator.NOT_EQUAL, test.value) for test in terms[TermKind.EXCLUDED]]
    asked = [*terms[TermKind.REQUIRED], *lacking]
    # Optional terms beside any other are ignored.
    return all_of(asked) if asked else any_of(terms[TermKind.OPTIONAL])


def _holds(term: str) -> Comparison:
    """Asks for a text anywhere in the message; stars in it are no wildcards."""
    stars = tuple(at + 1 for at, character in enumerate(term) if character == "*")
    return Comparison(_MESSAGE, Operator.EQUAL, TextLiteral(f"*{term}*", quoted=True, plain_stars=stars))
