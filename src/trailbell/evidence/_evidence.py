"""Who did it: the summary kept with every datapoint, mergeable in any order and bounded in size."""

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Generic, TypeVar

import msgspec

from trailbell.cloudtrail import PrincipalKind, RecordFacts
from trailbell.evidence._counting import Tally

__all__ = [
    "MAXIMUM_EXAMPLES",
    "MAXIMUM_KEYS",
    "Dimension",
    "Evidence",
    "Example",
    "KeyCount",
    "PrincipalCount",
    "evidence_of",
    "merge",
]

MAXIMUM_KEYS = 4096
"""Up to so many keys a dimension is counted exactly."""

MAXIMUM_EXAMPLES = 5
"""So many event ids are kept as examples."""

_CHUNK_RECORDS = 4096


class KeyCount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many records have one value."""

    key: str
    count: int


class PrincipalCount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many records one principal made."""

    key: str
    kind: PrincipalKind
    count: int


class Example(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One record to begin an investigation with."""

    event_time_ms: int | None
    event_id: str


_CountT = TypeVar("_CountT", KeyCount, PrincipalCount)


class Dimension(msgspec.Struct, Generic[_CountT], frozen=True, array_like=True):
    """The records counted by one of their facts; records without the fact are not in it.

    Attributes:
        counts: The most frequent key first, keys of the same count in their order.
        error_bound: 0 when the counts are exact. Otherwise any key's true count lies between its count, 0 if
            it is missing, and that plus the bound.
    """

    counts: tuple[_CountT, ...] = ()
    error_bound: int = 0


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """Who did what from where, for any number of records.

    Attributes:
        total: How many records there are; always exact.
        first_ms: The earliest time of a call, None if no record has one.
        last_ms: The latest time of a call.
        examples: The first records by time and then id, at most five.
        principals: By caller.
        calls: By service and action.
        errors: By error code.
        addresses: By source address.
        accounts: By account.
        regions: By region.
    """

    total: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    examples: tuple[Example, ...] = ()
    principals: Dimension[PrincipalCount] = Dimension()
    calls: Dimension[KeyCount] = Dimension()
    errors: Dimension[KeyCount] = Dimension()
    addresses: Dimension[KeyCount] = Dimension()
    accounts: Dimension[KeyCount] = Dimension()
    regions: Dimension[KeyCount] = Dimension()

    @classmethod
    def empty(cls) -> "Evidence":
        """Returns the evidence of no records."""
        return cls()

    @property
    def approximate(self) -> bool:
        """Whether some dimension had more keys than are counted exactly."""
        return self.principals.error_bound > 0 or any(
            dimension.error_bound > 0
            for dimension in (self.calls, self.errors, self.addresses, self.accounts, self.regions)
        )


def evidence_of(facts: Iterable[RecordFacts], maximum_keys: int = MAXIMUM_KEYS) -> Evidence:
    """Returns the evidence of some records."""
    gathering = _Gathering(maximum_keys)
    remaining = iter(facts)
    while chunk := list(islice(remaining, _CHUNK_RECORDS)):
        gathering.add_facts(chunk)
    return gathering.evidence()


def merge(evidences: Iterable[Evidence], maximum_keys: int = MAXIMUM_KEYS) -> Evidence:
    """Returns the evidence of all records behind several evidences, in any order and grouping."""
    gathering = _Gathering(maximum_keys)
    for evidence in evidences:
        gathering.add_evidence(evidence)
    return gathering.evidence()


class _Gathering:
    """Evidence that is being gathered."""

    def __init__(self, maximum_keys: int) -> None:
        self.total = 0
        self.times: list[int] = []
        self.examples: list[Example] = []
        self.principals: Tally[tuple[str, PrincipalKind]] = Tally(maximum_keys)
        self.calls: Tally[str] = Tally(maximum_keys)
        self.errors: Tally[str] = Tally(maximum_keys)
        self.addresses: Tally[str] = Tally(maximum_keys)
        self.accounts: Tally[str] = Tally(maximum_keys)
        self.regions: Tally[str] = Tally(maximum_keys)

    def add_facts(self, facts: Sequence[RecordFacts]) -> None:
        self.total += len(facts)
        times = [one.event_time_ms for one in facts if one.event_time_ms is not None]
        if times:
            self._add_times(min(times), max(times))
        self._add_examples(Example(one.event_time_ms, one.event_id) for one in facts if one.event_id)
        self.principals.add(Counter([(one.principal.key, one.principal.kind) for one in facts]))
        self.calls.add(_named([one.call for one in facts]))
        self.errors.add(_named([one.error_code for one in facts]))
        self.addresses.add(_named([one.address for one in facts]))
        self.accounts.add(_named([one.account_id for one in facts]))
        self.regions.add(_named([one.region for one in facts]))

    def add_evidence(self, evidence: Evidence) -> None:
        self.total += evidence.total
        if evidence.first_ms is not None and evidence.last_ms is not None:
            self._add_times(evidence.first_ms, evidence.last_ms)
        self._add_examples(evidence.examples)
        principals = Counter({(one.key, one.kind): one.count for one in evidence.principals.counts})
        self.principals.add(principals, evidence.principals.error_bound)
        _add_dimension(self.calls, evidence.calls)
        _add_dimension(self.errors, evidence.errors)
        _add_dimension(self.addresses, evidence.addresses)
        _add_dimension(self.accounts, evidence.accounts)
        _add_dimension(self.regions, evidence.regions)

    def evidence(self) -> Evidence:
        self.principals.close()
        principals = [PrincipalCount(*key, count) for key, count in self.principals.counts.items()]
        principals.sort(key=lambda one: (-one.count, one.key, one.kind))
        return Evidence(
            total=self.total,
            first_ms=min(self.times, default=None),
            last_ms=max(self.times, default=None),
            examples=tuple(self.examples),
            principals=Dimension(tuple(principals), self.principals.error_bound),
            calls=_dimension(self.calls),
            errors=_dimension(self.errors),
            addresses=_dimension(self.addresses),
            accounts=_dimension(self.accounts),
            regions=_dimension(self.regions),
        )

    def _add_times(self, first_ms: int, last_ms: int) -> None:
        self.times = (
            [min(first_ms, *self.times), max(last_ms, *self.times)] if self.times else [first_ms, last_ms]
        )

    def _add_examples(self, examples: Iterable[Example]) -> None:
        # Distinct ones, so that a record delivered twice does not use two places.
        candidates = {*self.examples, *examples}
        self.examples = heapq.nsmallest(MAXIMUM_EXAMPLES, candidates, key=_example_order)


def _example_order(example: Example) -> tuple[bool, int, str]:
    return example.event_time_ms is None, example.event_time_ms or 0, example.event_id


def _named(keys: list[str]) -> Counter[str]:
    counts = Counter(keys)
    counts.pop("", None)
    return counts


def _add_dimension(tally: Tally[str], dimension: Dimension[KeyCount]) -> None:
    tally.add(Counter({one.key: one.count for one in dimension.counts}), dimension.error_bound)


def _dimension(tally: Tally[str]) -> Dimension[KeyCount]:
    tally.close()
    ranked = sorted(tally.counts.items(), key=lambda item: (-item[1], item[0]))
    return Dimension(tuple(KeyCount(key, count) for key, count in ranked), tally.error_bound)
