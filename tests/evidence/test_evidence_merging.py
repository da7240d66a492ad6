from collections import Counter
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from support.record_facts import facts_strategy
from trailbell.cloudtrail import RecordFacts
from trailbell.evidence import Evidence, evidence_of, merge

_FACTS = st.lists(facts_strategy(), max_size=25)


def _split(records: list[RecordFacts], cuts: list[int]) -> list[list[RecordFacts]]:
    bounds = [0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]
    return [records[start:end] for start, end in pairwise(bounds)]


@given(_FACTS, st.lists(st.integers(0, 25), max_size=5), st.randoms(use_true_random=False))
def test_split_anyhow_and_merged_in_any_order_is_the_whole(
    records: list[RecordFacts], cuts: list[int], order: Random
) -> None:
    whole = evidence_of(records)
    order.shuffle(records)
    parts = [evidence_of(part) for part in _split(records, cuts)]
    order.shuffle(parts)

    assert whole == merge(parts)


@given(st.lists(_FACTS.map(evidence_of), min_size=3, max_size=3))
def test_merging_may_be_grouped_anyhow(parts: list[Evidence]) -> None:
    first, second, third = parts

    assert merge([merge([first, second]), third]) == merge([first, merge([second, third])])


@given(_FACTS.map(evidence_of))
def test_nothing_merged_in_changes_nothing(evidence: Evidence) -> None:
    assert evidence == merge([Evidence.empty(), evidence, Evidence.empty()])


@given(_FACTS)
def test_every_record_has_a_principal(records: list[RecordFacts]) -> None:
    evidence = evidence_of(records)

    assert len(records) == sum(one.count for one in evidence.principals.counts)


@given(_FACTS, st.lists(st.integers(0, 25), max_size=5), st.integers(1, 6))
def test_beyond_the_bound_the_true_count_lies_within_the_error_bound(
    records: list[RecordFacts], cuts: list[int], maximum_keys: int
) -> None:
    parts = [evidence_of(part, maximum_keys) for part in _split(records, cuts)]
    evidence = merge(parts, maximum_keys)
    error_bound = evidence.calls.error_bound
    counts = {one.key: one.count for one in evidence.calls.counts}
    true = Counter(record.call for record in records if record.call)

    assert len(records) == evidence.total
    assert len(counts) <= maximum_keys
    assert counts.keys() <= true.keys()
    assert all(
        counts.get(key, 0) <= number <= counts.get(key, 0) + error_bound for key, number in true.items()
    )
    assert (error_bound == 0) or (len(true) > maximum_keys and evidence.approximate)


@given(_FACTS, st.lists(st.integers(0, 25), max_size=5), st.integers(1, 6))
def test_beyond_the_bound_principals_keep_their_promise_too(
    records: list[RecordFacts], cuts: list[int], maximum_keys: int
) -> None:
    parts = [evidence_of(part, maximum_keys) for part in _split(records, cuts)]
    principals = merge(parts, maximum_keys).principals
    counts = {(one.key, one.kind): one.count for one in principals.counts}
    true = Counter((record.principal.key, record.principal.kind) for record in records)

    assert counts.keys() <= true.keys()
    assert all(
        counts.get(key, 0) <= number <= counts.get(key, 0) + principals.error_bound
        for key, number in true.items()
    )
