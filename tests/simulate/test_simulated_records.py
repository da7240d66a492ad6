"""Each record reads as one of AWS's own."""

import gzip
from typing import Any

import pytest

from support.simulated_traffic import START_MS, records_in, wire_size
from trailbell.cloudtrail import PrincipalKind, principal_of, read_records
from trailbell.simulate import Company, Profile, generate

# The order in which AWS writes them (traffic-profile, "Records").
KEY_ORDER = (
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
    "userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData",
    "requestID", "eventID", "readOnly", "resources", "eventType", "managementEvent", "recipientAccountId",
    "sharedEventID", "vpcEndpointId", "eventCategory", "tlsDetails", "sessionCredentialFromConsole",
)  # fmt: skip
ALWAYS = {
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
    "requestParameters", "responseElements", "eventID", "eventType", "eventCategory", "recipientAccountId",
}  # fmt: skip


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [
        record
        for profile in Profile
        for record in records_in(generate(Company(1), profile, START_MS, 1200, 5))
    ]


def test_keys_stand_in_the_order_in_which_aws_writes_them(records: list[dict[str, Any]]) -> None:
    strays = [list(r) for r in records if list(r) != [key for key in KEY_ORDER if key in r]]

    assert strays == []


def test_no_record_lacks_a_key_that_aws_always_writes(records: list[dict[str, Any]]) -> None:
    assert [record["eventName"] for record in records if ALWAYS - record.keys()] == []


def test_an_error_code_is_absent_and_not_null_on_success(records: list[dict[str, Any]]) -> None:
    assert [record["eventName"] for record in records if record.get("errorCode", "") is None] == []


def test_no_blank_of_a_template_is_left_unfilled(records: list[dict[str, Any]]) -> None:
    unfilled = [r["eventName"] for r in records if "$" in str(r).replace("[$LATEST]", "")]

    assert unfilled == []


def test_a_resource_named_twice_in_a_record_is_the_same_one(records: list[dict[str, Any]]) -> None:
    pairs = [
        (r["requestParameters"]["bucketName"], r["resources"][-1]["ARN"].removeprefix("arn:aws:s3:::"))
        for r in records
        if r["eventSource"] == "s3.amazonaws.com" and "resources" in r
    ]

    assert len(pairs) > 100
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


def test_a_refused_call_has_no_response(records: list[dict[str, Any]]) -> None:
    assert [r["eventName"] for r in records if "errorCode" in r and r["responseElements"] is not None] == []


def test_a_refusal_names_its_caller_and_action(records: list[dict[str, Any]]) -> None:
    refusals = [
        (r["errorMessage"], r["userIdentity"]["arn"], f"{r['eventSource'].split('.')[0]}:{r['eventName']}")
        for r in records
        if r.get("errorCode") == "Client.UnauthorizedOperation"
    ]

    assert len(refusals) > 10
    assert [message for message, arn, action in refusals if arn not in message or action not in message] == []


def test_global_services_are_recorded_in_the_home_region_alone(records: list[dict[str, Any]]) -> None:
    assert {r["awsRegion"] for r in records if r["eventSource"] == "iam.amazonaws.com"} == {"us-east-1"}


def test_sessions_begin_before_their_calls(records: list[dict[str, Any]]) -> None:
    contexts = [(r["eventTime"], r["userIdentity"].get("sessionContext")) for r in records]
    late = [
        (at, context) for at, context in contexts if context and context["attributes"]["creationDate"] > at
    ]

    assert late == []


def test_principals_of_every_kind_that_can_be_named_occur(records: list[dict[str, Any]]) -> None:
    kinds = {principal_of(record["userIdentity"]).kind for record in records}

    assert set(PrincipalKind) - {PrincipalKind.ANONYMOUS, PrincipalKind.UNKNOWN} <= kinds


def test_the_reader_of_log_files_rejects_nothing() -> None:
    deliveries = list(generate(Company(1), Profile.CALM, START_MS, 600, 10))
    readings = [read_records(gzip.decompress(delivery.content), delivery.key) for delivery in deliveries]

    assert [len(reading.records) for reading in readings] == [delivery.records for delivery in deliveries]
    assert [reading.rejected for reading in readings if reading.rejected] == []


def test_the_oversize_profile_has_records_of_100_kb_but_none_above_what_aws_allows() -> None:
    records = records_in(generate(Company(1), Profile.OVERSIZE, START_MS, 1200, 10))
    sizes = [wire_size(record) for record in records]

    assert sum(size > 100_000 for size in sizes) > 3
    assert max(sizes) <= 256 * 1024
    # AWS cuts each of the two bodies at 100 KB (logs-api section 10.1).
    assert max(wire_size(r["requestParameters"] or {}) for r in records) <= 100 * 1024
    assert max(wire_size(r["responseElements"] or {}) for r in records) <= 100 * 1024
