"""Exclusions of one field that cancel each other: whatever it holds, it differs from one of the values."""

from collections.abc import Iterator

from trailbell.patterns._lint_places import Place
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_subject import Subject, finding_of
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._tree import Comparison, JsonPattern, Operator, Selector, all_of

__all__ = ["cancelling_findings"]


def cancelling_findings(subject: Subject) -> Iterator[Finding]:
    """Finds ``!=`` tests of one field side by side under ``||``, with values that cannot be there at once."""
    for group in subject.place.groups():
        if group.is_all:
            continue
        for selector, places in _exclusions(group).items():
            wanted = [Comparison(selector, Operator.EQUAL, test.value) for test in _comparisons(places)]
            # What nothing equals at once, everything differs from.
            if len(places) > 1 and subject.search.is_impossible(matches=[JsonPattern(all_of(wanted))]):
                yield _finding(subject, group, selector, places)


def _exclusions(group: Place) -> dict[Selector, list[Place]]:
    found: dict[Selector, list[Place]] = {}
    for part in group.parts:
        test = part.test
        is_exclusion = isinstance(test, Comparison) and test.operator is Operator.NOT_EQUAL
        # With a wildcard each test asks for values of its own.
        if test is not None and is_exclusion and not test.selector.has_wildcard:
            found.setdefault(test.selector, []).append(part)
    return found


def _comparisons(places: list[Place]) -> Iterator[Comparison]:
    for place in places:
        if isinstance(place.condition, Comparison):
            yield place.condition


def _finding(subject: Subject, group: Place, selector: Selector, places: list[Place]) -> Finding:
    meant = None
    if len(places) == len(group.parts):
        joints = zip(group.parts, group.parts[1:], strict=False)
        meant = subject.edited([(left.end, right.start, " && ") for left, right in joints])
    span = (places[0].inner[0], places[-1].inner[1])
    return finding_of(
        "cancelling-exclusions",
        f"whatever {selector} holds, it differs from one of these values: they exclude nothing; && is meant?",
        span,
        meant,
        readings=() if meant is None else (subject.text, meant),
        events=() if meant is None else subject.search.event_between(subject.pattern, parse_pattern(meant)),
    )
