"""Records that CloudTrail could write and that meet claims, put together from parts that are known to occur.

A part is a set of members that depend on each other: the call, the caller, the error, each other field.
For every part there is a list of what it may be; fields that may hold anything are found like any value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Final, TypeAlias

from trailbell.patterns._claims import Asked, Claim, Claims, test_of
from trailbell.patterns._known_calls import (
    WRITTEN_OTHERWISE,
    all_event_names,
    event_names,
    without_version,
)
from trailbell.patterns._known_fields import KNOWN_FIELDS, FieldKind
from trailbell.patterns._nodes import test_predicate
from trailbell.patterns._plausibility import ELSEWHERE, ERROR_CODES, HOST_SUFFIX
from trailbell.patterns._plausible_callers import Members, callers
from trailbell.patterns._satisfiability import ValueFinder
from trailbell.patterns._tree import NameStep, NumberLiteral, RegexLiteral, Step, TextLiteral, Value
from trailbell.patterns._values import text_test
from trailbell.patterns._witness import RECORD

__all__ = ["KNOWN_TEXTS", "PlausibleRecords"]

_Texts: TypeAlias = Mapping[tuple[str, ...], Sequence[str]]

_MOST_NAMES_OF_A_VALUE: Final = 12
_SERVICES: Final = (
    "ec2",
    "s3",
    "iam",
    "sts",
    "kms",
    "signin",
    "cloudtrail",
    "config",
    "organizations",
    "lambda",
    "logs",
    "monitoring",
    "sns",
    "rds",
    "secretsmanager",
    "securityhub",
    "guardduty",
)
_COMMON_CALLS: Final = (
    ("ec2", "DescribeInstances"),
    ("ec2", "RunInstances"),
    ("s3", "GetObject"),
    ("s3", "HeadBucket"),
    ("iam", "CreateUser"),
    ("kms", "Decrypt"),
    ("sts", "AssumeRole"),
    ("secretsmanager", "GetSecretValue"),
    ("signin", "ConsoleLogin"),
)
_FIELDS_OF_THE_CALL: Final = ("eventSource", "eventName", "eventType")
_FIELDS_OF_THE_CALLER: Final = ("userIdentity", "sourceIPAddress")
_BOOLEANS: Final = (True, False)
_BEGINNING_OF_ADDRESS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}\.?")


_OTHER_TEXTS: Final = {
    "awsRegion": ("eu-west-1", "us-west-2"),
    "eventTime": ("2026-01-16T11:30:00Z",),
    "eventVersion": ("1.08",),
    "recipientAccountId": ("444455556666",),
    "userAgent": ("console.amazonaws.com", "Boto3/1"),
}
"""What members that every record has may hold where patterns do not want the usual text."""

KNOWN_TEXTS: Final = {
    **{tuple(path.split(".")[1:]): known.values for path, known in KNOWN_FIELDS.items() if known.values},
    ("errorCode",): ERROR_CODES,
}
"""Texts that fields are known to have, by the names that lead to the field."""


class _Part:
    """What some members may be; a claim is checked once against all of it."""

    def __init__(self, choices: Iterable[Members]) -> None:
        self._choices = list(choices)
        self._fitting: dict[Claim, int] = {}

    def first(self, claims: Iterable[Claim]) -> Members | None:
        """Returns the first choice that meets all claims."""
        left = (1 << len(self._choices)) - 1
        for claim in claims:
            left &= self._bits(claim)
        return self._choices[(left & -left).bit_length() - 1] if left else None

    def _bits(self, claim: Claim) -> int:
        if claim not in self._fitting:
            test = test_of(claim)
            predicate = test_predicate(test, claim.steps)
            self._fitting[claim] = sum(
                1 << at for at, choice in enumerate(self._choices) if predicate(choice) == claim.holds
            )
        return self._fitting[claim]


class PlausibleRecords:
    """Makes records that meet claims; knows of the claims only the texts that any of them may ask for."""

    def __init__(self, claims: Iterable[Claim], finder: ValueFinder) -> None:
        texts = _texts_asked(claims)
        self._finder = finder
        self._texts = texts
        self._call = _Part(_calls(claims, texts))
        self._caller = _Part(callers(texts))
        self._others: dict[str, _Part | None] = {}

    def record(self, claims: Claims) -> Members | None:
        """Returns a record that meets all claims; None where no such record is known."""
        by_name: dict[str, list[Claim]] = {}
        for claim in claims:
            step = claim.steps[0] if claim.steps else None
            if not isinstance(step, NameStep):
                return None
            by_name.setdefault(step.name, []).append(claim)
        record = dict(RECORD)
        parts = ((self._call, _FIELDS_OF_THE_CALL), (self._caller, _FIELDS_OF_THE_CALLER))
        for part, names in parts:
            members = part.first(claim for name in names for claim in by_name.pop(name, ()))
            if members is None:
                return None
            record.update(members)
        for name in sorted(by_name):
            other = self._other(name, frozenset(by_name[name]))
            if other is None:
                return None
            record.pop(name, None)
            record.update(other)
        return record

    def _other(self, name: str, claims: Claims) -> Members | None:
        known = KNOWN_FIELDS.get(f"$.{name}")
        if known is not None and known.kind in (FieldKind.OBJECT, FieldKind.ARRAY, FieldKind.ANY):
            return self._free(name, claims)
        if name == "errorMessage":
            return self._free(name, claims)
        if name not in self._others:
            self._others[name] = _Part(_choices(name, self._texts))
        part = self._others[name]
        return part.first(claims) if part else None

    def _free(self, name: str, claims: Claims) -> Members | None:
        made = self._finder.event(claims)
        if made is None:
            return None
        kind = KNOWN_FIELDS[f"$.{name}"].kind
        wanted = {FieldKind.OBJECT: dict, FieldKind.ARRAY: list, FieldKind.TEXT: str}.get(kind, object)
        return made if name not in made or isinstance(made[name], wanted) else None


def _calls(claims: Iterable[Claim], texts: _Texts) -> Iterator[Members]:
    """Goes through pairs of a source and a call, those that patterns ask for first."""
    names = list(texts.get(("eventName",), ()))
    sources = [source.removesuffix(HOST_SUFFIX) for source in texts.get(("eventSource",), ())]
    fitting = [name for value in _values(claims, "eventName") for name in _fitting(value, sources)]
    # Names that patterns spell out come first.
    names = list(dict.fromkeys([*names, *fitting]))
    pairs = [(service, name) for name in names for service in _services_with(name)]
    pairs += [(service, name) for name in names for service in sources if event_names(service) is None]
    pairs += _COMMON_CALLS
    for service in sources:
        pairs += [(service, name) for name in sorted(event_names(service) or ())[:_MOST_NAMES_OF_A_VALUE]]
    types = dict.fromkeys(("AwsServiceEvent", *texts[("eventType",)]) if ("eventType",) in texts else ())
    for service, name in dict.fromkeys(_as_written(*pair) for pair in pairs):
        kind = "AwsConsoleSignIn" if service == "signin" else "AwsApiCall"
        for event_type in (kind, *types):
            yield {"eventSource": service + HOST_SUFFIX, "eventName": name, "eventType": event_type}


def _as_written(service: str, name: str) -> tuple[str, str]:
    """Names a call as CloudTrail does; versions of an interface are dates, of which one stands for all."""
    return service, WRITTEN_OTHERWISE.get((service, name), name).replace("20*", "20150331")


def _fitting(value: Value, sources: Iterable[str]) -> Iterator[str]:
    """Gives known names that fit a value with wildcards: some of each source's calls, then of all calls."""
    if isinstance(value, NumberLiteral) or (isinstance(value, TextLiteral) and len(value.pieces) < 2):
        return
    fits = text_test(value)
    for service in (*sources, ""):
        lines = _lines_with(value, _lines(service))
        yield from islice(filter(fits, lines), _MOST_NAMES_OF_A_VALUE)


def _lines_with(value: TextLiteral | RegexLiteral, lines: str) -> Iterator[str]:
    """Gives lines that may fit a value, found by its longest fixed part: much faster than trying them all."""
    if isinstance(value, RegexLiteral):
        yield from lines.split()
        return
    first, *middle, last = value.pieces
    part = max((f"\n{first}", *middle, f"{last}\n"), key=len)
    at = lines.find(part)
    while at >= 0:
        start = lines.rfind("\n", 0, at + 1) + 1
        end = lines.find("\n", max(start, at + 1))
        if end < 0:
            return
        yield lines[start:end]
        at = lines.find(part, end)


@cache
def _lines(service: str) -> str:
    """Lists the calls of a service, or of all, each between line breaks."""
    names = event_names(service) if service else all_event_names()
    return "\n" + "".join(f"{name}\n" for name in sorted(names or ()))


def _services_with(name: str) -> list[str]:
    operation = without_version(name)
    known = [service for service in _SERVICES if operation in (event_names(service) or ())]
    return [*known, *ELSEWHERE.get(name, ())]


def _choices(name: str, texts: _Texts) -> Iterator[Members]:
    known = KNOWN_FIELDS.get(f"$.{name}")
    if name in RECORD:
        yield {name: RECORD[name]}
    else:
        yield {}
    if known is None:
        return
    if known.kind is FieldKind.BOOLEAN:
        yield from ({name: value} for value in _BOOLEANS)
        return
    known_texts = KNOWN_TEXTS.get((name,), _OTHER_TEXTS.get(name, ()))
    for text in dict.fromkeys([*known_texts, *texts.get((name,), ())]):
        yield {name: text}


def _values(claims: Iterable[Claim], *names: str) -> Iterator[Value]:
    steps: tuple[Step, ...] = tuple(map(NameStep, names))
    seen: dict[Value, None] = {}
    for claim in claims:
        if claim.steps == steps and claim.check.comparison is not None:
            seen.setdefault(claim.check.comparison.value)
    yield from seen


def _texts_asked(claims: Iterable[Claim]) -> dict[tuple[str, ...], list[str]]:
    """Lists for each field the texts that claims name, wildcards left out or filled in."""
    texts: dict[tuple[str, ...], dict[str, None]] = {}
    for claim in claims:
        names = tuple(step.name for step in claim.steps if isinstance(step, NameStep))
        comparison = claim.check.comparison
        if comparison is None or len(names) < len(claim.steps) or claim.check.asked is Asked.ORDERED:
            continue
        found = texts.setdefault(names, {})
        if isinstance(comparison.value, RegexLiteral):
            continue
        pieces = comparison.value.pieces if isinstance(comparison.value, TextLiteral) else ()
        text = "".join(pieces) if pieces else comparison.value.text
        if len(pieces) > 1 and names == ("sourceIPAddress",):
            text = _address(text)
        if text:
            found.setdefault(text)
    return {names: list(found) for names, found in texts.items() if found}


def _address(beginning: str) -> str:
    """Completes the beginning of an address."""
    if _BEGINNING_OF_ADDRESS.fullmatch(beginning) is None:
        return beginning
    numbers = [number for number in beginning.split(".") if number]
    return ".".join([*numbers, "1", "1", "1", "1"][:4])
