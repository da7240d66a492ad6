"""Values that CloudTrail does not write into a field: foreign, misspelt, cut off, or in another case."""

import re
from collections.abc import Iterable, Iterator, Sequence

from trailbell.patterns._known_calls import (
    WRITTEN_OTHERWISE,
    all_event_names,
    event_names,
    is_known_elsewhere,
    without_version,
)
from trailbell.patterns._known_fields import KNOWN_FIELDS
from trailbell.patterns._known_sources import MISTAKEN_SOURCES, event_sources
from trailbell.patterns._lint_distance import nearest
from trailbell.patterns._lint_places import Place
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_subject import Subject, exact_text, finding_of
from trailbell.patterns._tree import Comparison, NameStep, Operator, Selector, TextLiteral
from trailbell.patterns._values import text_test

__all__ = ["value_findings"]

_EVENT_NAME = Selector((NameStep("eventName"),))
_EVENT_SOURCE = Selector((NameStep("eventSource"),))
_ERROR_CODE = Selector((NameStep("errorCode"),))
_REGION = Selector((NameStep("awsRegion"),))
_ADDRESS = Selector((NameStep("sourceIPAddress"),))
_HOST = ".amazonaws.com"
# Nobody knows for sure that no partition writes it.
_OTHER_HOSTS = ".amazonaws.com.cn"

# Services without a table write such as CreateWebACL and AssociateVPC where EC2 writes Acl and Vpc.
_ACRONYM = re.compile(r"[A-Z]{2}")
_RANGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*)/([0-9]{1,3})")
_NO_LETTER = re.compile(r"[^a-z]")

_DENIED = "AccessDenied"
_UNAUTHORIZED = "UnauthorizedOperation"
_ERROR_CODES = (
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
)
# Services whose interface writes the short code alone.
_SHORT_CODE_SOURCES = frozenset(f"{name}{_HOST}" for name in ("iam", "s3", "sts"))


def value_findings(subject: Subject) -> Iterator[Finding]:
    """Finds what is wrong with the values of a pattern for CloudTrail records, field by field."""
    for place in subject.tests:
        test = place.test
        if not isinstance(test, Comparison) or not isinstance(test.value, TextLiteral):
            continue
        found = None if test.operator.is_ordering else _of_field(subject, place, test, test.value)
        if found is not None:
            yield found
    yield from _codes_at_once(subject)


def _of_field(subject: Subject, place: Place, test: Comparison, value: TextLiteral) -> Finding | None:
    if test.selector == _EVENT_NAME:
        return _event_name(subject, place, value)
    if test.selector == _EVENT_SOURCE:
        return _event_source(subject, place, value)
    if test.selector == _ERROR_CODE:
        return _error_code(subject, place, test, value)
    if test.selector == _REGION:
        return _region(subject, place, value)
    if test.selector == _ADDRESS:
        return _address(subject, place, value)
    field = KNOWN_FIELDS.get(str(test.selector))
    return _one_of(subject, place, value, field.values) if field is not None and field.values else None


def _codes_at_once(subject: Subject) -> Iterator[Finding]:
    """Finds ``&&`` between error codes of which each is known and none is both."""
    for group in subject.place.groups():
        asked = [
            part
            for part in group.parts
            if isinstance(test := part.test, Comparison)
            and test.selector == _ERROR_CODE
            and test.operator is Operator.EQUAL
            and _fitting(part)
        ]
        if group.is_all and len(asked) > 1 and not set.intersection(*map(_fitting, asked)):
            first, second = (subject.text[start:end] for start, end in (part.value for part in asked[:2]))
            yield finding_of(
                "unknown-value",
                f"no error code is known to fit {first} and {second} at once; || is meant?",
                (asked[0].inner[0], asked[-1].inner[1]),
            )


def _fitting(place: Place) -> set[str]:
    """Lists the known error codes that a comparison with a text holds for."""
    test = place.test
    if not isinstance(test, Comparison) or not isinstance(test.value, TextLiteral):
        return set()
    return set(filter(text_test(test.value), _ERROR_CODES))


def _event_name(subject: Subject, place: Place, value: TextLiteral) -> Finding | None:
    sources = subject.fixed_texts(place, _EVENT_SOURCE)
    services = [source.removesuffix(_HOST) for source in sorted(sources)]
    tables = [names for service in services if (names := event_names(service)) is not None]
    is_closed = bool(services) and len(tables) == len(services)
    known = frozenset().union(*tables) if is_closed else all_event_names()
    name = exact_text(place.test)
    if name is None:
        is_sure = is_closed or not (services or _ACRONYM.search(value.text))
        return _letter_case(subject, place, value, known) if is_sure else None
    for service in services:
        if (service, name) in WRITTEN_OTHERWISE:
            return _written_otherwise(subject, place, service, name)
    if without_version(name) in known or (not is_closed and is_known_elsewhere(name)):
        return None
    found = _letter_case(subject, place, value, known)
    if found is not None:
        return found
    near = nearest(name, known)
    if near is not None:
        return finding_of(
            "misspelled-event-name",
            f"no call {name} is known; {near} is meant?",
            place.value,
            _with_value(subject, place, near),
        )
    if is_closed and name in all_event_names():
        return finding_of(
            "unknown-value", f"{' or '.join(services)} has no call {name}, another service has", place.value
        )
    return None


def _written_otherwise(subject: Subject, place: Place, service: str, name: str) -> Finding:
    written = WRITTEN_OTHERWISE[service, name]
    rule = "missing-wildcard" if "*" in written else "unknown-value"
    shape = "with the version of the interface behind it" if "*" in written else f"as {written}"
    return finding_of(
        rule,
        f"CloudTrail writes the call {name} of {service} {shape}",
        place.value,
        _with_value(subject, place, written),
    )


def _event_source(subject: Subject, place: Place, value: TextLiteral) -> Finding | None:
    hosts = [f"{name}{_HOST}" for name in sorted(event_sources())]
    source = exact_text(place.test)
    if source is None:
        return _letter_case(subject, place, value, hosts)
    if source in hosts:
        return None
    name = source.removesuffix(_HOST)
    written = MISTAKEN_SOURCES.get(name.lower())
    if written is None and name == source and not source.endswith(_OTHER_HOSTS):
        service = name.partition(".")[0].lower()
        written = service if service in event_sources() else None
    if written is not None:
        return finding_of(
            "unknown-value",
            f"CloudTrail writes the event source {written}{_HOST}, not {source}",
            place.value,
            _with_value(subject, place, written + _HOST),
        )
    found = _letter_case(subject, place, value, hosts)
    if found is not None or not source.endswith(_HOST):
        return found
    near = nearest(source, hosts) if len(name) > 5 else None
    # Hosts are known from where services answer, and CloudTrail leaves out a hyphen or a version at times.
    if near is None or _NO_LETTER.sub("", near) == _NO_LETTER.sub("", source):
        return None
    return finding_of(
        "unknown-value",
        f"no event source {source} is known; {near} is meant?",
        place.value,
        _with_value(subject, place, near),
    )


def _error_code(subject: Subject, place: Place, test: Comparison, value: TextLiteral) -> Finding | None:
    code = exact_text(test)
    if code is not None and code not in _ERROR_CODES and code in all_event_names():
        return finding_of(
            "unknown-value", f"{code} is the name of a call: it stands in $.eventName", place.value
        )
    found = _letter_case(subject, place, value, _ERROR_CODES)
    if found is not None or test.operator is not Operator.EQUAL:
        return found
    pieces = value.pieces
    if pieces[0] == _UNAUTHORIZED and not _is_covered(subject, f"Client.{_UNAUTHORIZED}"):
        return finding_of(
            "missing-wildcard",
            f"EC2 writes Client.{_UNAUTHORIZED}: without a * in front its refusals do not match",
            place.value,
            _with_value(subject, place, f"*{value.text}"),
        )
    sources = subject.fixed_texts(place, _EVENT_SOURCE)
    writes_short_code = bool(sources) and sources <= _SHORT_CODE_SOURCES
    if code == _DENIED and not writes_short_code and not _is_covered(subject, f"{_DENIED}Exception"):
        return finding_of(
            "missing-wildcard",
            f"many services write {_DENIED}Exception: without a * behind it their refusals do not match",
            place.value,
            _with_value(subject, place, f"{_DENIED}*"),
        )
    bare = value.text.strip("*")
    near = None if "*" in bare or _fitting(place) else nearest(bare, _ERROR_CODES)
    if near is not None:
        return finding_of(
            "unknown-value",
            f"no error code {bare} is known; {near} is meant?",
            place.value,
            _with_value(subject, place, value.text.replace(bare, near)),
        )
    if bare == "UnauthorizedAccess":
        return finding_of(
            "unknown-value",
            f"no service is known to write the error code UnauthorizedAccess; {_UNAUTHORIZED} is meant?",
            place.value,
            _with_value(subject, place, f"*{_UNAUTHORIZED}"),
        )
    return None


def _is_covered(subject: Subject, code: str) -> bool:
    """Says whether some test of the pattern asks for an error code that is such."""
    return any(
        isinstance(test := place.test, Comparison)
        and test.selector == _ERROR_CODE
        and test.operator is Operator.EQUAL
        and isinstance(test.value, TextLiteral)
        and text_test(test.value)(code)
        for place in subject.tests
    )


def _region(subject: Subject, place: Place, value: TextLiteral) -> Finding | None:
    lower = value.text.lower()
    if value.text == lower:
        return None
    return finding_of(
        "letter-case",
        f"regions are written in small letters: {lower}",
        place.value,
        _with_value(subject, place, lower),
    )


def _address(subject: Subject, place: Place, value: TextLiteral) -> Finding | None:
    """Finds a range of addresses, whose text no record holds."""
    found = _RANGE.fullmatch(value.text)
    if found is None:
        return None
    parts, bits = found[1].split("."), int(found[2])
    suggestion = None
    if len(parts) > 1 and bits in (8, 16, 24):
        suggestion = _with_value(subject, place, ".".join([*parts[: bits // 8], "*"]))
    return finding_of(
        "unknown-value",
        f"addresses are compared as text, and no record holds that of a range such as {value.text}",
        place.value,
        suggestion,
    )


def _one_of(subject: Subject, place: Place, value: TextLiteral, known: Sequence[str]) -> Finding | None:
    if any(map(text_test(value), known)):
        return None
    found = _letter_case(subject, place, value, known)
    if found is not None:
        return found
    test = place.test
    field = test.selector if test is not None else ""
    return finding_of(
        "unknown-value", f"CloudTrail writes nothing but {', '.join(known)} into {field}", place.value
    )


def _letter_case(subject: Subject, place: Place, value: TextLiteral, known: Iterable[str]) -> Finding | None:
    """Finds a value that known ones fit only where letter case does not count."""
    known = tuple(known)
    if not any(value.pieces) or any(map(text_test(value), known)):
        return None
    folded = TextLiteral(value.text.lower(), value.quoted, value.plain_stars)
    fits = text_test(folded)
    right = next((name for name in known if fits(name.lower())), None)
    if right is None:
        return None
    # The fixed parts as they stand in the known value, which they fit from left to right.
    pieces: list[str] = []
    at = 0
    for piece in folded.pieces:
        at = right.lower().index(piece, at)
        pieces.append(right[at : at + len(piece)])
        at += len(piece)
    if folded.pieces[-1]:
        pieces[-1] = right[len(right) - len(folded.pieces[-1]) :]
    written = "*".join(pieces)
    return finding_of(
        "letter-case",
        f"CloudTrail writes {written}, and values are compared with their letter case",
        place.value,
        _with_value(subject, place, written),
    )


def _with_value(subject: Subject, place: Place, text: str) -> str | None:
    """Writes another value in the place of one, in quotes where the old one has them."""
    start, end = place.value
    is_quoted = subject.text[start:end].startswith('"')
    return subject.edited([(start, end, f'"{text}"' if is_quoted else text)])
