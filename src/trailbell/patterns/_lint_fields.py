"""Fields that CloudTrail records do not have, spelt in another letter case, or asked for the wrong kind."""

from collections.abc import Iterator
from functools import cache

from trailbell.patterns._known_fields import KNOWN_FIELDS, FieldKind, is_open
from trailbell.patterns._lint_distance import nearest
from trailbell.patterns._lint_places import Place
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_subject import Subject, finding_of
from trailbell.patterns._tree import (
    Comparison,
    IsTest,
    Keyword,
    NameStep,
    NotExists,
    NumberLiteral,
    Selector,
    Test,
    TextLiteral,
)

__all__ = ["field_findings"]

_RESOURCES = "$.resources"


def field_findings(subject: Subject) -> Iterator[Finding]:
    """Finds what is wrong with the fields of a pattern for CloudTrail records."""
    for place in subject.tests:
        test = place.test
        if test is None:
            continue
        found = _spelling(subject, place, test.selector)
        if found is None:
            found = _kind(subject, place, test)
        if found is not None:
            yield found


def _spelling(subject: Subject, place: Place, selector: Selector) -> Finding | None:
    """Follows the names of a selector down the known fields; what is below an open one may be anything."""
    path = right = "$"
    for at, step in enumerate(selector.steps):
        if not isinstance(step, NameStep):
            break
        path += str(step)
        child = right + str(step)
        if child in KNOWN_FIELDS:
            right = child
            continue
        folded = _by_folded_path().get(child.lower())
        if folded is not None:
            right = folded
            continue
        if is_open(right):
            right = child
            break
        # Other logs have error codes and event names too, beside fields of their own.
        return _unknown(subject, place, selector, at, right) if subject.has_telling_field else None
    if path in (right, "$"):
        return None
    rest = str(selector)[len(path) :]
    return finding_of(
        "letter-case",
        f"CloudTrail writes {right}, and names are compared with their letter case",
        place.selector,
        subject.edited([(*place.selector, right + rest)]),
    )


def _unknown(subject: Subject, place: Place, selector: Selector, at: int, parent: str) -> Finding | None:
    """Names a field that is not there, and the one that it may be a misspelling of."""
    kind = KNOWN_FIELDS[parent].kind if parent in KNOWN_FIELDS else FieldKind.OBJECT
    if kind is FieldKind.ANY:
        return None
    step = selector.steps[at]
    siblings = [name.removeprefix(f"{parent}.") for name in KNOWN_FIELDS if name.rpartition(".")[0] == parent]
    near = nearest(str(step)[1:], siblings)
    suggestion = None
    if near is not None:
        rest = "".join(map(str, selector.steps[at + 1 :]))
        suggestion = subject.edited([(*place.selector, f"{parent}.{near}{rest}")])
    owner = "CloudTrail records have" if parent == "$" else f"{parent} of CloudTrail records has"
    hint = f"; {near} is meant?" if near is not None else ""
    return finding_of("unknown-field", f"{owner} no field {str(step)[1:]}{hint}", place.selector, suggestion)


def _kind(subject: Subject, place: Place, test: Test) -> Finding | None:
    """Finds tests that never hold for the kind of value that a field has."""
    selector = str(test.selector)
    steps = test.selector.steps
    if selector.startswith(f"{_RESOURCES}.") and isinstance(steps[1], NameStep):
        every = f"{_RESOURCES}[*]{''.join(map(str, steps[1:]))}"
        return finding_of(
            "wrong-type",
            f"$.resources is an array: {every} asks any of its elements",
            place.selector,
            subject.edited([(*place.selector, every)]),
        )
    field = KNOWN_FIELDS.get(selector)
    if field is None or isinstance(test, NotExists):
        return None
    message = ""
    suggestion = None
    span = place.inner
    if isinstance(test, IsTest):
        if field.kind is FieldKind.TEXT and test.keyword is not Keyword.NULL:
            message = f"{selector} is text in CloudTrail records, and IS never sees text"
            value = test.keyword.value.lower()
            if value in field.values:
                suggestion = subject.edited([(*place.inner, f'{selector} = "{value}"')])
    elif field.kind is FieldKind.BOOLEAN:
        message = f"{selector} is a boolean in CloudTrail records: ask with IS TRUE or IS FALSE"
        suggestion = _boolean_suggestion(subject, place, test)
    elif field.kind in (FieldKind.OBJECT, FieldKind.ARRAY):
        message = f"{selector} is {field.kind.value} in CloudTrail records, which no comparison sees"
    elif field.kind is FieldKind.TEXT and test.operator.is_ordering:
        message = f"{selector} is text in CloudTrail records, and only numbers have an order"
    return finding_of("wrong-type", message, span, suggestion) if message else None


def _boolean_suggestion(subject: Subject, place: Place, test: Comparison) -> str | None:
    value = test.value
    word = value.text.upper() if isinstance(value, TextLiteral | NumberLiteral) else ""
    if word not in ("TRUE", "FALSE") or test.operator.is_ordering:
        return None
    if test.operator.value == "!=":
        word = "FALSE" if word == "TRUE" else "TRUE"
    return subject.edited([(*place.inner, f"{test.selector} IS {word}")])


@cache
def _by_folded_path() -> dict[str, str]:
    return {path.lower(): path for path in KNOWN_FIELDS}
