"""What a pass adds to metrics and evidence once it is known what had been counted before."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from trailbell.cloudtrail import RecordFacts
from trailbell.evidence import Evidence, evidence_of, merge
from trailbell.filters._counts import RecordCounts
from trailbell.filters._filter_set import FilterSet
from trailbell.filters._fold import Match, Partial
from trailbell.filters._series_limit import SeriesLimit
from trailbell.filters._transformation import MetricFilter
from trailbell.metrics import Histogram, MetricKey, StatisticSet, floor_to, merge_samples, sum_up

__all__ = ["Contribution", "CountedMatch", "SeriesMinute", "Settled", "identities_of", "settle"]

_MINUTE_SECONDS = 60
_IDENTITY_BYTES = 16


class SeriesMinute(msgspec.Struct, frozen=True):
    """The place a datapoint has: a metric, a unit and a minute (its first millisecond)."""

    metric: MetricKey
    unit: str
    minute_ms: int


class Contribution(msgspec.Struct, frozen=True):
    """What one batch adds to one datapoint; evidence is None where only default values came.

    ``histogram`` is None where the statistic set says all there is to say.
    """

    statistics: StatisticSet
    evidence: Evidence | None
    histogram: Histogram | None = None

    def merge(self, *others: "Contribution") -> "Contribution":
        """Sums up what this and others add; also as ``Contribution.merge(*contributions)``."""
        if not others:
            return self
        parts = (self, *others)
        statistics, histogram = merge_samples([(each.statistics, each.histogram) for each in parts])
        evidences = [each.evidence for each in parts if each.evidence is not None]
        return Contribution(statistics, merge(evidences) if evidences else None, histogram)


class CountedMatch(msgspec.Struct, frozen=True):
    """A match with the filters (indexes) that count it, those that had counted it before left out."""

    match: Match
    filters: tuple[int, ...]


class Settled(msgspec.Struct, frozen=True):
    """A batch ready to be committed.

    ``identities`` are the identities counted for the first time, to be remembered; ``witnesses`` are the
    facts of which the evidence in the contributions was made.
    """

    contributions: dict[SeriesMinute, Contribution]
    counted: tuple[CountedMatch, ...]
    identities: frozenset[bytes]
    counts: RecordCounts
    witnesses: Mapping[SeriesMinute, Sequence[RecordFacts]]


def _identity(facts: RecordFacts, counting: MetricFilter) -> bytes | None:
    """Names one (filter, account, event) for deduplication; None where the record has no ``eventID``."""
    if not facts.event_id:
        return None
    text = "\0".join((counting.log_group, counting.name, facts.account_id, facts.event_id))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_IDENTITY_BYTES).digest()


def identities_of(partial: Partial, filters: FilterSet) -> frozenset[bytes]:
    """Lists what deduplication must look up before the pass can be settled; empty off trails."""
    if not partial.from_trail:
        return frozenset()
    found = (
        _identity(match.facts, filters.filters[index]) for match in partial.matches for index in match.filters
    )
    return frozenset(each for each in found if each is not None)


def settle(
    partial: Partial, filters: FilterSet, seen: Collection[bytes], limit: SeriesLimit | None = None
) -> Settled:
    """Counts a pass: every filter counts a record of a trail once, however often it is delivered.

    Args:
        partial: The pass.
        filters: The set it was made with.
        seen: The identities of ``identities_of`` that had been counted before.
        limit: How many sets of dimensions a filter may make; what is beyond is published without any.
    """
    fresh: set[bytes] = set()
    counted: list[CountedMatch] = []
    duplicates = 0
    for match in partial.matches:
        counting = []
        for index in match.filters:
            identity = _identity(match.facts, filters.filters[index]) if partial.from_trail else None
            if identity is not None:
                if identity in seen or identity in fresh:
                    continue
                fresh.add(identity)
            counting.append(index)
        if counting:
            counted.append(CountedMatch(match, tuple(counting)))
        else:
            duplicates += 1
    counts = RecordCounts(
        matched=len(counted),
        unmatched=partial.unmatched,
        duplicate=duplicates,
        rejected=len(partial.unreadable),
    )
    contributions, witnesses = _contributions(partial, counted, filters, limit)
    return Settled(contributions, tuple(counted), frozenset(fresh), counts, witnesses)


def _contributions(
    partial: Partial, counted: Iterable[CountedMatch], filters: FilterSet, limit: SeriesLimit | None
) -> tuple[dict[SeriesMinute, Contribution], dict[SeriesMinute, list[RecordFacts]]]:
    # How often each value was seen: most filters publish one and the same.
    samples: dict[SeriesMinute, dict[float, float]] = {}
    facts: dict[SeriesMinute, list[RecordFacts]] = {}
    for each in counted:
        witnessed: set[SeriesMinute] = set()
        for index in each.filters:
            metric, value = filters.metric(index), filters.literals[index]
            extracted = each.match.extracted.get(index)
            if extracted is not None:
                value = extracted.value
                if extracted.dimensions and (limit is None or limit.admits(index, extracted.dimensions)):
                    metric = filters.metric(index, extracted.dimensions)
            if value is None:
                # The event matches and is kept; AWS publishes nothing for a field that is no number.
                continue
            place = _place(filters.filters[index], metric, each.match.at_ms)
            counts = samples.setdefault(place, {})
            counts[value] = counts.get(value, 0.0) + 1
            # Two filters may feed one metric: each adds its sample, but the call was made once.
            if place not in witnessed:
                witnessed.add(place)
                facts.setdefault(place, []).append(each.match.facts)
    for (index, minute_ms), number in partial.misses.items():
        transformation = filters.filters[index].transformation
        if transformation.default_value is not None:
            # What does not match carries no dimensions, not even those of the system.
            place = _place(filters.filters[index], transformation.metric, minute_ms)
            counts = samples.setdefault(place, {})
            value = transformation.default_value
            counts[value] = counts.get(value, 0.0) + number
    contributions = {}
    for place, counts in samples.items():
        statistics, histogram = sum_up(counts)
        evidence = evidence_of(facts[place]) if place in facts else None
        contributions[place] = Contribution(statistics, evidence, histogram)
    return contributions, facts


def _place(counting: MetricFilter, metric: MetricKey, at_ms: int) -> SeriesMinute:
    return SeriesMinute(metric, counting.transformation.datapoint_unit, floor_to(at_ms, _MINUTE_SECONDS))
