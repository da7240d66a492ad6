"""What one pass finds, and how it is counted."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.clock import MINUTE_MS, START_MS
from support.records import denial, record
from trailbell.evidence import Evidence, merge
from trailbell.filters import (
    Batch,
    FilterSet,
    LogEvent,
    MetricFilter,
    MetricTransformation,
    RecordCounts,
    Settled,
    fold,
    identities_of,
    settle,
)
from trailbell.metrics import MetricKey

DENIALS = MetricKey("CISBenchmark", "denials")
ALL = MetricKey("CISBenchmark", "all")


def metric_filter(
    name: str, pattern: str, metric: MetricKey = DENIALS, default: float | None = None
) -> MetricFilter:
    transformation = MetricTransformation(metric, default_value=default)
    return MetricFilter("CloudTrail/logs", name, pattern, transformation)


DENIED = metric_filter("denied", '{ $.errorCode = "AccessDenied*" }')


def batch(*records: dict[str, Any], at_ms: int = START_MS, from_trail: bool = True) -> Batch:
    events = tuple(LogEvent(at_ms, json.dumps(each).encode(), offset) for offset, each in enumerate(records))
    return Batch(events, from_trail=from_trail)


def count(given_batch: Batch, filters: FilterSet, seen: frozenset[bytes] = frozenset()) -> Settled:
    return settle(fold(given_batch, filters), filters, seen)


def test_a_match_is_one_sample_in_the_minute_of_the_log_event_with_its_evidence() -> None:
    settled = count(batch(denial("mallory"), record(), at_ms=START_MS + 1234), FilterSet([DENIED]))

    [(place, contribution)] = settled.contributions.items()
    assert contribution.evidence is not None
    assert (DENIALS, "None", START_MS) == (place.metric, place.unit, place.minute_ms)
    assert (1.0, 1.0) == (contribution.statistics.sample_count, contribution.statistics.sum)
    assert contribution.evidence.total == 1
    assert RecordCounts(matched=1, unmatched=1) == settled.counts


def test_a_record_of_a_trail_that_was_counted_before_is_a_duplicate() -> None:
    filters = FilterSet([DENIED])
    again = denial("mallory")
    first = count(batch(again), filters)
    second = count(batch(again), filters, first.identities)

    assert RecordCounts(duplicate=1) == second.counts
    assert {} == second.contributions


def test_a_record_twice_in_one_batch_counts_once() -> None:
    twice = denial()
    settled = count(batch(twice, twice), FilterSet([DENIED]))

    assert RecordCounts(matched=1, duplicate=1) == settled.counts


def test_a_filter_added_later_still_counts_what_others_had_counted() -> None:
    twice = denial()
    first = count(batch(twice), FilterSet([DENIED]))
    both = FilterSet([DENIED, metric_filter("everything", "", ALL)])
    second = count(batch(twice), both, first.identities)

    assert RecordCounts(matched=1) == second.counts
    assert {ALL} == {place.metric for place in second.contributions}


def test_equal_event_ids_of_two_accounts_are_two_events() -> None:
    one = denial(eventID="same")
    other = denial(eventID="same", recipientAccountId="444455556666")

    assert RecordCounts(matched=2) == count(batch(one, other), FilterSet([DENIED])).counts


def test_records_without_an_event_id_are_never_duplicates() -> None:
    nameless = denial()
    del nameless["eventID"]

    assert RecordCounts(matched=2) == count(batch(nameless, nameless), FilterSet([DENIED])).counts


def test_log_events_that_are_no_trail_are_counted_as_given() -> None:
    twice = denial()
    settled = count(batch(twice, twice, from_trail=False), FilterSet([DENIED]))

    assert RecordCounts(matched=2) == settled.counts
    assert frozenset() == identities_of(
        fold(batch(twice, from_trail=False), FilterSet([DENIED])), FilterSet([DENIED])
    )


def test_plain_text_is_rejected_from_a_trail_and_unmatched_elsewhere() -> None:
    event = LogEvent(START_MS, b"not json", 7)
    filters = FilterSet([DENIED])

    assert RecordCounts(rejected=1) == count(Batch((event,)), filters).counts
    assert RecordCounts(unmatched=1) == count(Batch((event,), from_trail=False), filters).counts


def test_every_event_that_does_not_match_adds_the_default_value() -> None:
    filters = FilterSet([metric_filter("denied", '{ $.errorCode = "AccessDenied*" }', default=7)])
    settled = count(batch(record(), record(), record()), filters)

    [contribution] = settled.contributions.values()
    assert contribution.evidence is None
    assert (3.0, 21.0) == (contribution.statistics.sample_count, contribution.statistics.sum)


def test_two_filters_on_one_metric_add_two_samples_for_one_call() -> None:
    filters = FilterSet([DENIED, metric_filter("also", '{ $.errorCode = "*Denied" }')])
    settled = count(batch(denial()), filters)

    [contribution] = settled.contributions.values()
    assert contribution.evidence is not None
    assert contribution.statistics.sample_count == 2
    assert contribution.evidence.total == 1


NAMES = st.sampled_from(["alice", "bob", "mallory"])
RECORDS = st.lists(
    st.builds(
        lambda name, number, is_denied: (denial if is_denied else record)(
            **({"name": name} if is_denied else {}), eventID=f"id-{number}"
        ),
        NAMES,
        st.integers(0, 12),
        st.booleans(),
    ),
    max_size=30,
)


@given(RECORDS, st.integers(0, 30))
def test_splitting_a_stream_and_merging_gives_the_same_counts_and_evidence(
    records: list[dict[str, Any]], cut: int
) -> None:
    filters = FilterSet([DENIED])
    whole = count(batch(*records), filters)
    first = count(batch(*records[:cut]), filters)
    second = count(batch(*records[cut:]), filters, first.identities)

    assert whole.counts == first.counts + second.counts
    assert _evidence(whole) == merge([_evidence(first), _evidence(second)])


def _evidence(settled: Settled) -> Evidence:
    return merge(each.evidence for each in settled.contributions.values() if each.evidence is not None)


@given(RECORDS)
def test_the_classes_add_up_to_what_was_read(records: list[dict[str, Any]]) -> None:
    assert len(records) == count(batch(*records), FilterSet([DENIED])).counts.read


def test_late_events_land_in_their_own_minute() -> None:
    filters = FilterSet([DENIED])
    events = tuple(
        LogEvent(START_MS + minute * MINUTE_MS, json.dumps(denial()).encode()) for minute in (2, 0, 2)
    )
    settled = count(Batch(events), filters)

    by_minute = {
        place.minute_ms - START_MS: each.statistics.sum for place, each in settled.contributions.items()
    }
    assert {0: 1.0, 2 * MINUTE_MS: 2.0} == by_minute
