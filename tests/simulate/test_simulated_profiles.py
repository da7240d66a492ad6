"""What sets the profiles apart, counted by hand over decoded records."""

import json
from collections import Counter
from importlib import resources
from typing import Any

import pytest

from support.simulated_traffic import START_MS, is_counted, records_in
from trailbell.simulate import Company, DeliveryHabits, Profile, generate

# One call for each control that has a pattern: control, event name, and the identity type where it matters.
ONE_OF_EACH = {
    "console_signin_without_mfa": "ConsoleLogin",
    "root_usage": "GetAccountSummary",
    "iam_policy_changes": "AttachRolePolicy",
    "cloudtrail_config_changes": "StopLogging",
    "console_auth_failures": "ConsoleLogin",
    "cmk_disable_or_delete": "ScheduleKeyDeletion",
    "s3_bucket_policy_changes": "PutBucketPolicy",
    "config_changes": "StopConfigurationRecorder",
    "security_group_changes": "AuthorizeSecurityGroupIngress",
    "nacl_changes": "CreateNetworkAclEntry",
    "network_gateway_changes": "AttachInternetGateway",
    "route_table_changes": "ReplaceRoute",
    "vpc_changes": "AcceptVpcPeeringConnection",
    "organizations_changes": "MoveAccount",
}


def traffic(profile: Profile, seconds: float = 3600, rate: float = 5) -> list[dict[str, Any]]:
    return records_in(generate(Company(1), profile, START_MS, seconds, rate))


def is_foreign(record: dict[str, Any]) -> bool:
    return str(record["sourceIPAddress"]).startswith(("203.0.113.", "198.51.100."))


@pytest.fixture(scope="module")
def calm() -> list[dict[str, Any]]:
    return traffic(Profile.CALM)


def test_calm_traffic_has_few_errors_and_most_of_them_are_no_refusals(calm: list[dict[str, Any]]) -> None:
    failed = [record for record in calm if "errorCode" in record]

    assert 0.01 < len(failed) / len(calm) < 0.03
    assert sum(map(is_counted, failed)) < len(failed) / 3


def test_calm_traffic_has_refusals_that_cis_does_not_count(calm: list[dict[str, Any]]) -> None:
    refused = [r for r in calm if r.get("errorCode") == "AccessDenied" and not is_counted(r)]
    sources = {"HeadBucket" if r["eventName"] == "HeadBucket" else r["sourceIPAddress"] for r in refused}

    assert sources == {"HeadBucket", "delivery.logs.amazonaws.com"}


def test_calm_traffic_comes_from_no_foreign_address(calm: list[dict[str, Any]]) -> None:
    assert [record["eventName"] for record in calm if is_foreign(record)] == []


@pytest.mark.parametrize("seconds", [60, 600, 7200])
def test_an_intruder_is_one_user_with_one_agent_at_two_addresses_who_is_nearly_always_refused(
    seconds: float,
) -> None:
    records = [record for record in traffic(Profile.INTRUDER, seconds, 2) if is_foreign(record)]

    assert len(records) >= 60
    assert {r["userIdentity"]["arn"].rsplit("/", 1)[-1] for r in records} == {"backup-export"}
    assert {r["userIdentity"]["accessKeyId"][:4] for r in records} == {"AKIA"}
    assert len({r["userAgent"] for r in records}) == 1
    assert len({r["sourceIPAddress"] for r in records}) == 2
    assert sum(map(is_counted, records)) / len(records) > 0.85
    assert len({r["eventName"] for r in records}) >= 10


def test_an_intruder_leaves_calm_before_and_after() -> None:
    records = traffic(Profile.INTRUDER, 3600, 1)
    times = sorted(record["eventTime"] for record in records if is_foreign(record))

    assert times[0] >= "2025-01-01T12:12:00Z"
    assert times[-1] <= "2025-01-01T12:48:00Z"


def test_the_user_whose_key_leaked_works_from_the_office_as_well() -> None:
    records = traffic(Profile.INTRUDER, 3600, 4)
    addresses = {
        r["sourceIPAddress"].rsplit(".", 1)[0]
        for r in records
        if r["userIdentity"].get("userName") == "backup-export"
    }

    assert addresses == {"192.0.2", "203.0.113", "198.51.100"}


def test_every_control_gets_exactly_one_call_of_its_own() -> None:
    records = traffic(Profile.EVERY_CONTROL, 900, 3)
    watched = Counter(r["eventName"] for r in records if r["eventName"] in set(ONE_OF_EACH.values()))
    root = [r["eventName"] for r in records if r["userIdentity"].get("type") == "Root"]
    sign_ins = [
        (r["additionalEventData"]["MFAUsed"], r.get("errorMessage"), r["responseElements"]["ConsoleLogin"])
        for r in records
        if r["eventName"] == "ConsoleLogin"
    ]
    # Some calls are ordinary when another than root makes them, and people sign in with a second factor.
    del watched["GetAccountSummary"], watched["ConsoleLogin"]

    assert set(watched) == set(ONE_OF_EACH.values()) - {"GetAccountSummary", "ConsoleLogin"}
    assert set(watched.values()) == {1}
    assert root == ["GetAccountSummary"]
    assert [entry for entry in sign_ins if entry[0] != "Yes"] == [("No", None, "Success")]
    assert [entry for entry in sign_ins if entry[1]] == [("Yes", "Failed authentication", "Failure")]
    assert sum(map(is_counted, records)) == 1


def test_the_table_of_controls_has_each_of_them_once() -> None:
    table = resources.files("trailbell.simulate").joinpath("tables", "controls.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in table.splitlines()]

    assert {row["control"]: row["name"] for row in rows} == {
        "unauthorized_api_calls": "DescribeInstances",
        **ONE_OF_EACH,
    }
    assert len(rows) == 15


def test_log_delivery_makes_nearly_all_calls_and_nearly_all_refusals_of_its_profile() -> None:
    records = traffic(Profile.LOG_DELIVERY, 1200, 10)
    refused = [r for r in records if r.get("errorCode", "").startswith("AccessDenied")]
    host = "delivery.logs.amazonaws.com"

    assert sum(r["sourceIPAddress"] == host for r in records) / len(records) > 0.9
    assert sum(r["sourceIPAddress"] == host for r in refused) / len(refused) > 0.9


def test_planned_calls_are_delivered_without_lateness_too() -> None:
    habits = DeliveryHabits(lateness=False)
    records = records_in(generate(Company(1), Profile.INTRUDER, START_MS, 120, 1, habits))

    assert sum(map(is_foreign, records)) == 60
