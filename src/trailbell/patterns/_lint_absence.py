"""Finds ``!=`` on fields that ordinary CloudTrail records lack, where it is false without a word."""

from collections.abc import Iterator

from trailbell.patterns._known_fields import KNOWN_FIELDS, Presence, is_open
from trailbell.patterns._lint_places import Place
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_subject import Subject, finding_of
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._tree import Comparison, NameStep, Operator, Pattern, Selector

__all__ = ["absence_findings"]

_EVENT_NAME = Selector((NameStep("eventName"),))


def absence_findings(subject: Subject) -> Iterator[Finding]:
    """Finds exclusions that exclude all records without the field, unless something else sees to it."""
    tested: dict[Selector, list[Place]] = {}
    for place in subject.tests:
        test = place.test
        is_exclusion = isinstance(test, Comparison) and test.operator is Operator.NOT_EQUAL
        if is_exclusion and test is not None and _is_often_missing(subject, place, test.selector):
            tested.setdefault(test.selector, []).append(place)
    for selector, places in tested.items():
        found = _finding(subject, selector, places)
        if found is not None:
            yield found


def _is_often_missing(subject: Subject, place: Place, selector: Selector) -> bool:
    if selector.has_wildcard:
        return False
    path = str(selector)
    field = KNOWN_FIELDS.get(path)
    if all(part.test is not None and part.test.selector == selector for part in subject.tests):
        # Whoever asks for nothing else wants what is left of the records with the field.
        return False
    if field is not None:
        return field.presence is Presence.OPTIONAL and not _stands_beside_matches(subject, place)
    # What a call has in its parameters is known to whoever asks for one call.
    return is_open(path) and not subject.fixed_texts(place, _EVENT_NAME)


def _stands_beside_matches(subject: Subject, place: Place) -> bool:
    """Says whether an exclusion is an alternative to what matches, where absence would make all match."""
    return any(
        place in group.parts and any(_is_equality(part) for part in group.parts)
        for group in subject.place.groups()
        if not group.is_all
    )


def _is_equality(place: Place) -> bool:
    test = place.test
    return isinstance(test, Comparison) and test.operator is Operator.EQUAL


def _finding(subject: Subject, selector: Selector, places: list[Place]) -> Finding | None:
    field = str(selector)
    edits = []
    for place in places:
        start, end = place.inner
        guarded = f"{field} NOT EXISTS || {subject.text[start:end]}"
        edits.append((start, end, guarded if place.is_enclosed else f"({guarded})"))
    suggestion = subject.edited(edits)
    if suggestion is None:
        return None
    # Only records that may lack the field count: those of a role always have an issuer.
    events = subject.search.event_between(parse_pattern(suggestion), subject.pattern, *_lacking(field))
    if not events:
        return None
    start, end = places[0].inner
    return finding_of(
        "not-equal-on-absent",
        f"{subject.text[start:end]} is false where {field} is missing, as it is in many records, which "
        f"never match; ({field} NOT EXISTS || {subject.text[start:end]}) asks for absent or different",
        (start, end),
        suggestion,
        events=events,
    )


def _lacking(field: str) -> Iterator[Pattern]:
    """Gives the pattern of records that may lack a field, where it is known which always have it."""
    known = KNOWN_FIELDS.get(field)
    if known is None or not known.present_in[0]:
        return
    selector, always = known.present_in
    others = [value for value in KNOWN_FIELDS[selector].values if value not in always]
    # The first is looked for first, and most records are those of users and roles.
    others.sort(key=lambda value: value not in ("IAMUser", "AssumedRole"))
    yield parse_pattern("{" + " || ".join(f'{selector} = "{value}"' for value in others) + "}")
