"""Which management events a trail records: basic and advanced event selectors (CloudTrail API Reference)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from trailbell.account._snapshot import EventSelection

__all__ = ["Recorded", "recorded"]


class Recorded(msgspec.Struct, frozen=True):
    """What a trail records: reading calls and writing calls of services in general, and what it leaves out.

    ``unread`` and ``unwritten`` are the event sources whose reading or writing calls are left out, among
    those that were asked about or stand in a selector. ``limits`` names the fields by which selectors let
    only some events through.
    """

    reads: bool
    writes: bool
    unread: tuple[str, ...] = ()
    unwritten: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


_Tests = Mapping[str, Sequence[str]]
_ANY_OTHER_SOURCE = "-"
_POSITIVE: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": str.__eq__,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}
_WORDS = {True: "true", False: "false"}


class _Part(msgspec.Struct, frozen=True):
    kinds: frozenset[bool]
    sources: tuple[_Tests, ...] = ()

    def lets(self, kind: bool, source: str) -> bool:
        return kind in self.kinds and all(_passes(tests, source) for tests in self.sources)


def recorded(selection: EventSelection, sources: Iterable[str] = ()) -> Recorded:
    """Returns what the selectors of a trail let through together; an event passes if one of them matches.

    A trail without any selector records all management events, which is what CloudTrail does with a trail
    for which none were put.
    """
    if not selection.basic and not selection.advanced:
        return Recorded(reads=True, writes=True)
    parts: list[_Part] = []
    limits: list[str] = []
    if selection.advanced:
        for selector in selection.advanced:
            part, limit = _advanced(selector)
            parts.extend([part] if part is not None else [])
            limits.extend(limit)
    else:
        parts.extend(part for part in map(_basic, selection.basic) if part is not None)
    tests = [each for part in parts for each in part.sources]
    if any(not _passes(each, _ANY_OTHER_SOURCE) for each in tests):
        limits.append("eventSource")
    named = {value for each in tests for values in each.values() for value in values if "." in value}
    asked = sorted(named | set(sources))
    return Recorded(
        reads=any(part.lets(True, _ANY_OTHER_SOURCE) for part in parts),
        writes=any(part.lets(False, _ANY_OTHER_SOURCE) for part in parts),
        unread=tuple(each for each in asked if not any(part.lets(True, each) for part in parts)),
        unwritten=tuple(each for each in asked if not any(part.lets(False, each) for part in parts)),
        limits=tuple(dict.fromkeys(limits)),
    )


def _basic(selector: Mapping[str, Any]) -> _Part | None:
    if not selector.get("IncludeManagementEvents", True):
        return None
    kinds = {"ReadOnly": [True], "WriteOnly": [False]}.get(
        selector.get("ReadWriteType", "All"), [True, False]
    )
    excluded = tuple(selector.get("ExcludeManagementEventSources") or ())
    return _Part(frozenset(kinds), ({"NotEquals": excluded},) if excluded else ())


def _advanced(selector: Mapping[str, Any]) -> tuple[_Part | None, list[str]]:
    """Returns the part of an advanced selector, or None with the fields that narrow it too much to judge."""
    kinds, sources, limits, is_management = frozenset({True, False}), list[_Tests](), list[str](), False
    for field in selector.get("FieldSelectors") or ():
        name = str(field.get("Field"))
        tests = {key: tuple(values) for key, values in field.items() if key != "Field" and values}
        if name == "eventCategory":
            is_management = "Management" in tests.get("Equals", ())
        elif name == "readOnly":
            kinds &= frozenset(kind for kind, word in _WORDS.items() if _passes(tests, word))
        elif name == "eventSource":
            sources.append(tests)
        else:
            limits.append(name)
    if not is_management:
        return None, []
    return (None, limits) if limits else (_Part(kinds, tuple(sources)), [])


def _passes(tests: _Tests, text: str) -> bool:
    """Says whether a value passes all operators of a field selector; of an operator's values one is enough.

    Of a negated operator's values none may match. An operator that is not known lets nothing through.
    """
    for operator, values in tests.items():
        test = _POSITIVE.get(operator.removeprefix("Not"))
        if test is None or any(test(text, each) for each in values) == operator.startswith("Not"):
            return False
    return True
