"""A JSON pattern under examination: its places, what mends it, and what it is about."""

from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from trailbell._errors import visible
from trailbell.patterns._errors import PatternError
from trailbell.patterns._known_calls import all_event_names, without_version
from trailbell.patterns._known_fields import TELLING_ROOTS
from trailbell.patterns._lint_distance import nearest
from trailbell.patterns._lint_places import Place, apply_edits, place_condition
from trailbell.patterns._lint_rules import RULES, Finding
from trailbell.patterns._lint_search import Searcher
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._tree import (
    Comparison,
    JsonPattern,
    NameStep,
    Operator,
    Selector,
    Test,
    TextLiteral,
)

__all__ = ["Edit", "Subject", "exact_text", "finding_of"]

Edit = tuple[int, int, str]
"""From where to where text of the pattern is replaced, and by what."""

# By their values alone a pattern is known to be one for CloudTrail records.
_TELLING_CODES = ("accessdenied", "unauthorizedoperation")


def finding_of(
    rule: str, message: str, span: tuple[int, int], suggestion: str | None = None, **more: object
) -> Finding:
    """Makes a finding of a rule; ``more`` are its other attributes."""
    return Finding(
        rule=rule,
        severity=RULES[rule].severity,
        message=visible(message),
        start=span[0],
        end=span[1],
        suggestion=suggestion,
        **more,  # type: ignore[arg-type]
    )


def exact_text(test: Test | None) -> str | None:
    """Gives the text that a test asks a field to be equal to, or different from; None for any other test."""
    if not isinstance(test, Comparison) or test.operator.is_ordering:
        return None
    is_exact = isinstance(test.value, TextLiteral) and len(test.value.pieces) == 1
    return test.value.text if is_exact else None


class Subject:
    """A valid JSON pattern.

    Args:
        text: The pattern as it is typed.
    """

    def __init__(self, text: str) -> None:
        start = text.index("{")
        end = text.rindex("}")
        self.text = text
        self.place = place_condition(text, start + 1, end)
        self.pattern = JsonPattern(self.place.condition)
        self.tests = tuple(self.place.tests())
        self.search = Searcher(len(self.tests))

    @cached_property
    def is_about_cloudtrail(self) -> bool:
        """Whether the pattern asks for something that only CloudTrail records have."""
        return self.has_telling_field or any(map(_has_telling_value, self.tests))

    @cached_property
    def has_telling_field(self) -> bool:
        """Whether the pattern asks for a field that other logs hardly have, whatever its letter case."""
        return any(_root(place) in _telling_roots() for place in self.tests)

    def edited(self, edits: Iterable[Edit]) -> str | None:
        """Gives the text with parts of it replaced; None where that is no valid pattern."""
        text = apply_edits(self.text, edits)
        try:
            parse_pattern(text)
        except PatternError:
            return None
        return text

    def conjuncts(self, wanted: Place) -> Iterator[Place]:
        """Goes through all that must hold together with a place: the other parts of its conjunctions."""
        for group in self.place.groups():
            if not group.is_all:
                continue
            inside = [part for part in group.parts if part.start <= wanted.start and wanted.end <= part.end]
            if inside:
                yield from (part for part in group.parts if part is not inside[0])

    def fixed_texts(self, wanted: Place, selector: Selector) -> set[str]:
        """Lists what a field must be one of wherever a place matters; empty where it may be anything."""
        for part in self.conjuncts(wanted):
            texts = _texts_of(part, selector)
            if texts:
                return texts
        return set()


def _texts_of(place: Place, selector: Selector) -> set[str]:
    """Lists the only texts a field may have where a test, or one of several, holds."""
    if place.parts and place.is_all:
        return set()
    texts: set[str] = set()
    for part in place.parts or (place,):
        test = part.test
        text = exact_text(test)
        is_equality = isinstance(test, Comparison) and test.operator is Operator.EQUAL
        if text is None or not is_equality or test is None or test.selector != selector:
            return set()
        texts.add(text)
    return texts


def _root(place: Place) -> str:
    test = place.test
    step = test.selector.steps[0] if test is not None else None
    return step.name.lower() if isinstance(step, NameStep) else ""


def _has_telling_value(place: Place) -> bool:
    """Says whether a field that other logs may have too is compared with what CloudTrail writes into it."""
    text = place.test.value.text if isinstance(place.test, Comparison) else ""
    if _root(place) == "eventname":
        return _is_like_a_call(text)
    return _root(place) == "errorcode" and any(code in text.lower() for code in _TELLING_CODES)


@cache
def _telling_roots() -> frozenset[str]:
    return frozenset(root.lower() for root in TELLING_ROOTS)


@cache
def _folded_names() -> frozenset[str]:
    return frozenset(name.lower() for name in all_event_names())


def _is_like_a_call(text: str) -> bool:
    """Says whether a text is the name of a call, or one misspelt; other logs have a field eventName too."""
    name = without_version(text)
    return name.lower() in _folded_names() or nearest(name, all_event_names()) is not None
