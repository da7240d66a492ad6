"""Patterns that are easily read otherwise: ``&&`` beside ``||``, and exclusions behind ``||``."""

from collections.abc import Iterator, Sequence

from trailbell.patterns._known_fields import KNOWN_FIELDS, Presence, is_open
from trailbell.patterns._lint_places import Place
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_subject import Subject, finding_of
from trailbell.patterns._printer import format_pattern
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    JsonPattern,
    NotExists,
    Operator,
    Selector,
    TextLiteral,
    all_of,
    any_of,
)

__all__ = ["exclusion_findings", "precedence_findings"]

# The text of the CIS benchmark from version 2.0 on keeps the exclusions with the second code alone.
_CIS_CODES = ("*UnauthorizedOperation", "AccessDenied*")

_OF_ONE_CALL = frozenset({"$.errorMessage"})
# What ordinary records lack, so that to ask for its absence restricts as little as an exclusion does.
_ORDINARILY_ABSENT = frozenset({"$.errorCode", "$.userIdentity.invokedBy"})
# Fields that only records of some calls have: what excludes a value can be meant for those calls alone.
_CALL_OF_FIELD = {
    "$.additionalEventData.MFAUsed": "ConsoleLogin",
    "$.responseElements.ConsoleLogin": "ConsoleLogin",
}
_NAMED = 2


def precedence_findings(subject: Subject) -> Iterator[Finding]:
    """Finds groups in which ``&&`` binds tighter than a reader may think."""
    for group in subject.place.groups():
        found = None if group.is_all else _precedence_trap(subject, group)
        if found is not None:
            yield found


def exclusion_findings(subject: Subject) -> Iterator[Finding]:
    """Finds a pattern for CloudTrail records in which ``||`` stands before what should exclude."""
    found = _all_or_exclusions(subject)
    if found is not None:
        yield found


def _precedence_trap(subject: Subject, group: Place) -> Finding | None:
    """Finds ``A || B && C`` without parentheses where A and B ask for the same field and C for another."""
    bare = [part for part in group.parts if part.parts and part.is_all and not part.is_enclosed]
    if len(bare) != 1:
        return None
    conjunction = bare[0]
    others = [part for part in group.parts if part is not conjunction]
    asked = {selector for part in others for selector in _selectors(part)}
    cores = [part for part in conjunction.parts if _selectors(part) <= asked]
    guards = [part for part in conjunction.parts if not _selectors(part) & asked]
    if all(_is_of_one_call(selector) for guard in guards for selector in _selectors(guard)):
        # Also where there are none.
        return None
    if {core.condition for core in cores} & {part.condition for part in others}:
        # The conjunction has no effect at all, which is said elsewhere.
        return None
    if not cores or len(cores) + len(guards) != len(conjunction.parts):
        return None
    other_reading = _guarded(group, cores, guards)
    enclosed = subject.edited(
        [(conjunction.start, conjunction.start, "("), (conjunction.end, conjunction.end, ")")]
    )
    return finding_of(
        "precedence-trap",
        f"&& binds tighter than ||: {_named(subject, cores)} alone is restricted by "
        f"{_named(subject, guards)}",
        conjunction.inner,
        enclosed,
        keeps_meaning=True,
        readings=(enclosed or subject.text, _spelled(other_reading)),
        events=subject.search.event_between(subject.pattern, other_reading),
    )


def _guarded(group: Place, cores: Sequence[Place], guards: Sequence[Place]) -> JsonPattern:
    """Gives the other reading: what restricts one alternative restricts all of them."""
    alternatives = [
        all_of(core.condition for core in cores) if cores[0] in part.parts else part.condition
        for part in group.parts
    ]
    before = [guard.condition for guard in guards if guard.start < cores[0].start]
    behind = [guard.condition for guard in guards if guard.start > cores[0].start]
    return JsonPattern(all_of([*before, any_of(alternatives), *behind]))


def _all_or_exclusions(subject: Subject) -> Finding | None:
    """Finds a pattern that is alternatives of which some are exclusions, of fields that each record has."""
    whole = subject.place
    if whole.is_all or not whole.parts:
        return None
    parts = _alternatives(whole)
    exclusions = [part for part in parts if _is_met_by_most(part)]
    matches_most = bool(exclusions)
    if not exclusions:
        exclusions = [part for part in parts if _is_about_call_of(part, parts)]
    positives = [part for part in parts if part not in exclusions]
    asked = {selector for part in positives for selector in _selectors(part)}
    excluded = {selector for part in exclusions for selector in _selectors(part)}
    if not exclusions or not positives or asked & excluded:
        return None
    meant = JsonPattern(_restricted([part.condition for part in positives], exclusions))
    result = "nearly every record" if matches_most else f"whatever fulfils {_named(subject, positives)}"
    return finding_of(
        "all-or-exclusions",
        f"behind || {_named(subject, exclusions)} excludes nothing: {result} matches",
        whole.inner,
        _spelled(meant),
        readings=(subject.text, _spelled(meant)),
        events=subject.search.event_between(subject.pattern, meant),
    )


def _alternatives(group: Place) -> list[Place]:
    """Lists the parts of a disjunction, those of disjunctions in it too."""
    return [
        inner
        for part in group.parts
        for inner in (_alternatives(part) if part.parts and not part.is_all else [part])
    ]


def _restricted(positives: list[Condition], exclusions: Sequence[Place]) -> Condition:
    """Joins exclusions by ``&&``: to all of the rest, but as CIS 2.0 does where the rest is that of CIS."""
    excluded = [part.condition for part in exclusions]
    texts = tuple(_text(condition) for condition in positives)
    if texts == _CIS_CODES:
        return any_of([positives[0], all_of([positives[1], *excluded])])
    return all_of([any_of(positives), *excluded])


def _text(condition: Condition) -> str:
    is_text = isinstance(condition, Comparison) and isinstance(condition.value, TextLiteral)
    return condition.value.text if is_text else ""  # type: ignore[union-attr]


def _is_met_by_most(place: Place) -> bool:
    """Says whether a place is an exclusion, or some of them with what else ordinary records meet."""
    if not (place.parts and place.is_all):
        return _is_exclusion(place)
    others = [part for part in place.parts if not _is_exclusion(part)]
    return len(others) < len(place.parts) and all(
        isinstance(part.test, NotExists) and str(part.test.selector) in _ORDINARILY_ABSENT for part in others
    )


def _is_about_call_of(place: Place, parts: Sequence[Place]) -> bool:
    """Says whether a place excludes a value of a field of one call, beside nothing but all of its records."""
    test = place.test
    if not isinstance(test, Comparison) or test.operator is not Operator.NOT_EQUAL:
        return False
    call = _CALL_OF_FIELD.get(str(test.selector))
    others = [part for part in parts if part is not place]
    return call is not None and all(_asks_for_call_alone(part, call) for part in others)


def _asks_for_call_alone(place: Place, call: str) -> bool:
    """Says whether all records of a call are asked for: beside some of them an exclusion may well stand."""
    asked = {}
    for part in place.parts if place.is_all else (place,):
        test = part.test
        if not isinstance(test, Comparison) or test.operator is not Operator.EQUAL:
            return False
        asked[str(test.selector)] = _text(test)
    return asked.pop("$.eventName", "") == call and asked.keys() <= {"$.eventSource"}


def _is_exclusion(place: Place) -> bool:
    test = place.test
    if not isinstance(test, Comparison) or test.operator is not Operator.NOT_EQUAL:
        return False
    field = KNOWN_FIELDS.get(str(test.selector))
    return field is not None and field.presence is Presence.ALWAYS


def _is_of_one_call(selector: Selector) -> bool:
    """Says whether a field means something beside one call or error alone, so that it restricts no other."""
    text = str(selector)
    return text in _OF_ONE_CALL or is_open(text)


def _spelled(pattern: JsonPattern) -> str:
    """Prints a pattern with parentheses around each conjunction inside a disjunction."""
    return f"{{ {_spelled_condition(pattern.condition)} }}"


def _spelled_condition(condition: Condition) -> str:
    if not isinstance(condition, AllOf | AnyOf):
        return format_pattern(JsonPattern(condition))[1:-1].strip()
    joint = " && " if isinstance(condition, AllOf) else " || "
    return joint.join(
        f"({_spelled_condition(term)})" if isinstance(term, AllOf | AnyOf) else _spelled_condition(term)
        for term in condition.terms
    )


def _selectors(place: Place) -> set[Selector]:
    return {test.selector for part in place.tests() if (test := part.test) is not None}


def _named(subject: Subject, places: Sequence[Place]) -> str:
    """Names conditions as they stand in the pattern, the first two of them."""
    texts = [subject.text[start:end] for start, end in (place.inner for place in places[:_NAMED])]
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return f"{' and '.join(texts)}{more}"
