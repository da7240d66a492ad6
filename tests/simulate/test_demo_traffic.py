"""The demo's feed: calm, then an intruder, then calm for good."""

from itertools import islice, pairwise

import pytest

from support.simulated_traffic import START_MS, is_counted, records_in, records_of, second_of
from trailbell.simulate import Company, Delivery, demo_traffic

CALM_MS, PROBING_MS = 12_000, 52_000

# Event names that some CIS control other than the first watches for, and that calm traffic must not have.
WATCHED = {
    "AttachRolePolicy", "PutRolePolicy", "CreatePolicy", "StopLogging", "UpdateTrail", "ScheduleKeyDeletion",
    "DisableKey", "PutBucketPolicy", "PutBucketAcl", "StopConfigurationRecorder",
    "AuthorizeSecurityGroupIngress", "CreateSecurityGroup", "CreateNetworkAclEntry", "AttachInternetGateway",
    "CreateRoute", "ReplaceRoute", "CreateVpc", "AcceptVpcPeeringConnection", "MoveAccount", "CreateAccount",
}  # fmt: skip


def feed(seed: int, until_ms: int, run_id: str = "evening") -> list[Delivery]:
    deliveries = []
    for delivery in demo_traffic(Company(seed), START_MS, run_id):
        if delivery.delivered_ms >= START_MS + until_ms:
            break
        deliveries.append(delivery)
    return deliveries


def part(deliveries: list[Delivery], from_ms: int, until_ms: int) -> list[Delivery]:
    return [d for d in deliveries if START_MS + from_ms <= d.delivered_ms < START_MS + until_ms]


@pytest.mark.parametrize("seed", range(8))
def test_no_refusal_of_the_calm_start_counts(seed: int) -> None:
    records = records_in(feed(seed, CALM_MS))

    assert len(records) > 15
    assert [record for record in records if is_counted(record)] == []


@pytest.mark.parametrize("seed", range(8))
def test_the_calm_start_has_both_refusals_that_cis_excludes(seed: int) -> None:
    refused = [r for r in records_in(feed(seed, CALM_MS)) if r.get("errorCode") == "AccessDenied"]

    assert {r["eventName"] for r in refused} >= {"GetBucketAcl", "HeadBucket"}
    assert "delivery.logs.amazonaws.com" in {r["sourceIPAddress"] for r in refused}


@pytest.mark.parametrize("seed", range(8))
def test_the_intruder_is_refused_more_than_30_times_in_several_ways(seed: int) -> None:
    refused = [r for r in records_in(part(feed(seed, PROBING_MS), CALM_MS, PROBING_MS)) if is_counted(r)]

    assert len(refused) > 30
    assert len({r["eventName"] for r in refused}) >= 8
    assert len({r["errorCode"] for r in refused}) >= 2
    assert {r["userIdentity"]["arn"].rsplit("/", 1)[-1] for r in refused} == {"backup-export"}


def test_after_the_intruder_it_stays_calm() -> None:
    records = records_in(part(feed(1, 600_000), PROBING_MS, 600_000))

    assert len(records) > 1000
    assert [record for record in records if is_counted(record)] == []


def test_no_other_control_has_a_reason_to_ring_but_for_one_security_group_after_three_minutes() -> None:
    records = records_in(feed(1, 600_000))
    watched = [r for r in records if r["eventName"] in WATCHED]
    sign_ins = [r["additionalEventData"]["MFAUsed"] for r in records if r["eventName"] == "ConsoleLogin"]
    (change,) = watched

    assert change["eventName"] == "AuthorizeSecurityGroupIngress"
    assert 170 <= second_of(change) - START_MS // 1000 <= 185
    assert set(sign_ins) <= {"Yes"}
    assert [r for r in records if r["userIdentity"].get("type") == "Root"] == []


def test_a_small_file_comes_every_two_seconds() -> None:
    deliveries = feed(1, 120_000)
    instants = sorted({delivery.delivered_ms for delivery in deliveries})

    assert {after - before for before, after in pairwise(instants)} == {2000}
    assert instants[0] == START_MS
    assert max(delivery.records for delivery in deliveries) <= 25
    assert len(deliveries) < 2 * len(instants)


def test_calls_are_stamped_just_before_their_file_arrives() -> None:
    delays = [
        delivery.delivered_ms // 1000 - second_of(record)
        for delivery in feed(1, 120_000)
        for record in records_of(delivery)
    ]

    assert (min(delays), max(delays)) == (1, 2)


def test_it_never_ends_of_itself() -> None:
    assert len(list(islice(demo_traffic(Company(1), START_MS, "evening"), 1000))) == 1000


def test_the_same_run_gives_the_same_files_and_another_run_fresh_ids() -> None:
    first, second, other = feed(1, 60_000), feed(1, 60_000), feed(1, 60_000, run_id="morning")
    ids, other_ids = ({r["eventID"] for r in records_in(deliveries)} for deliveries in (first, other))

    assert first == second
    assert ids & other_ids == set()
