from collections import Counter

import pytest

from support.record_facts import NOON_MS, facts
from trailbell.cloudtrail import Principal, PrincipalKind
from trailbell.evidence import (
    MAXIMUM_KEYS,
    Dimension,
    Evidence,
    Example,
    KeyCount,
    PrincipalCount,
    evidence_of,
    merge,
)

_ALICE = Principal(PrincipalKind.USER, "arn:aws:iam::111122223333:user/alice")


def test_records_are_counted_by_every_fact() -> None:
    evidence = evidence_of(
        [
            facts(1, _ALICE, call="ec2:RunInstances", error_code="", region="us-east-1"),
            facts(0),
            facts(2, address="203.0.113.9", account_id="444455556666"),
        ]
    )

    expected = Evidence(
        total=3,
        first_ms=NOON_MS,
        last_ms=NOON_MS + 2000,
        examples=(
            Example(NOON_MS, "event-0000"),
            Example(NOON_MS + 1000, "event-0001"),
            Example(NOON_MS + 2000, "event-0002"),
        ),
        principals=Dimension(
            (
                PrincipalCount("arn:aws:iam::111122223333:role/deploy", PrincipalKind.ROLE, 2),
                PrincipalCount("arn:aws:iam::111122223333:user/alice", PrincipalKind.USER, 1),
            )
        ),
        calls=Dimension((KeyCount("s3:GetObject", 2), KeyCount("ec2:RunInstances", 1))),
        errors=Dimension((KeyCount("AccessDenied", 2),)),
        addresses=Dimension((KeyCount("198.51.100.7", 2), KeyCount("203.0.113.9", 1))),
        accounts=Dimension((KeyCount("111122223333", 2), KeyCount("444455556666", 1))),
        regions=Dimension((KeyCount("eu-west-1", 2), KeyCount("us-east-1", 1))),
    )
    assert expected == evidence


def test_no_records_give_the_empty_evidence() -> None:
    assert Evidence.empty() == evidence_of([])
    assert Evidence.empty() == merge([])


def test_empty_values_are_no_keys() -> None:
    evidence = evidence_of([facts(call="", error_code="", address="", account_id="", region="")] * 3)
    dimensions = (evidence.calls, evidence.errors, evidence.addresses, evidence.accounts, evidence.regions)

    assert (3, {Dimension()}) == (evidence.total, set(dimensions))


def test_sessions_of_a_role_are_one_principal_and_kinds_keep_equal_keys_apart() -> None:
    principals = [
        Principal(PrincipalKind.ROLE, "x", "monday"),
        Principal(PrincipalKind.ROLE, "x", "tuesday"),
        Principal(PrincipalKind.USER, "x"),
    ]
    evidence = evidence_of([facts(0, principal) for principal in principals])

    expected = (PrincipalCount("x", PrincipalKind.ROLE, 2), PrincipalCount("x", PrincipalKind.USER, 1))
    assert expected == evidence.principals.counts


def test_records_without_a_time_do_not_move_the_period() -> None:
    evidence = evidence_of([facts(0, event_time_ms=None), facts(3), facts(1), facts(2, event_time_ms=None)])

    assert (evidence.first_ms, evidence.last_ms) == (NOON_MS + 1000, NOON_MS + 3000)


def test_examples_are_the_first_by_time_then_id_and_those_without_a_time_come_last() -> None:
    records = [
        facts(0, event_id="z-untimed", event_time_ms=None),
        facts(1, event_id="b"),
        facts(1, event_id="a"),
        facts(1, event_id="a"),
        facts(0, event_id="c"),
        facts(0, event_id=""),
    ]
    expected = ["c", "a", "b", "z-untimed"]

    assert expected == [example.event_id for example in evidence_of(records).examples]


def test_five_examples_are_kept_of_many_records_in_any_order() -> None:
    records = [facts(number * 7919 % 10_000) for number in range(10_000)]

    expected = [f"event-{number:04d}" for number in range(5)]
    assert expected == [example.event_id for example in evidence_of(records).examples]


def test_as_many_keys_as_the_limit_are_counted_exactly() -> None:
    evidence = evidence_of(facts(address=f"192.0.2.{number}") for number in range(MAXIMUM_KEYS))

    assert (
        len(evidence.addresses.counts),
        evidence.addresses.error_bound,
        evidence.approximate,
    ) == (MAXIMUM_KEYS, 0, False)


def test_one_key_more_keeps_the_heavy_hitters_and_says_by_how_much_they_may_be_short() -> None:
    addresses = [f"192.0.2.{number}" for number in range(MAXIMUM_KEYS + 1)] + ["198.51.100.7"] * 40
    evidence = evidence_of(facts(address=address) for address in addresses)

    assert (MAXIMUM_KEYS + 41, Dimension((KeyCount("198.51.100.7", 39),), 1), True, Dimension()) == (
        evidence.total,
        evidence.addresses,
        evidence.approximate,
        Dimension(evidence.calls.counts[1:], evidence.calls.error_bound),
    )


def test_a_heavy_hitter_is_found_among_a_hundred_thousand_callers() -> None:
    heavy = Principal(PrincipalKind.ROLE, "arn:aws:iam::111122223333:role/heavy")
    keys = [heavy] * 3000 + [Principal(PrincipalKind.USER, f"user-{number}") for number in range(100_000)]
    evidence = evidence_of(facts(0, keys[number * 7919 % len(keys)]) for number in range(len(keys)))
    first = evidence.principals.counts[0]

    assert (103_000, heavy.key) == (evidence.total, first.key)
    assert first.count <= 3000 <= first.count + evidence.principals.error_bound
    assert evidence.principals.error_bound <= evidence.total / MAXIMUM_KEYS


@pytest.mark.parametrize("maximum_keys", [1, 2, 7])
def test_the_error_bound_is_at_most_the_share_of_one_key(maximum_keys: int) -> None:
    keys = [chr(97 + number * number % 26) for number in range(5000)]
    evidence = evidence_of((facts(call=key) for key in keys), maximum_keys)
    true = Counter(keys)

    assert len(evidence.calls.counts) <= maximum_keys
    assert evidence.calls.error_bound <= len(keys) / (maximum_keys + 1)
    assert all(one.count <= true[one.key] for one in evidence.calls.counts)
