import json
from typing import Any

import pytest

from trailbell.cloudtrail import Principal, PrincipalKind, RecordFacts, facts_of

_UNKNOWN = Principal(PrincipalKind.UNKNOWN, "unknown")
_NOTHING = RecordFacts("", None, "", "", "", "", "", "", "", _UNKNOWN)

_RECORD = {
    "eventVersion": "1.08",
    "userIdentity": {
        "type": "IAMUser",
        "arn": "arn:aws:iam::111122223333:user/alice",
        "accountId": "111122223333",
    },
    "eventTime": "2026-09-14T05:43:07Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "198.51.100.7",
    "userAgent": "aws-cli/2.17",
    "errorCode": "AccessDenied",
    "errorMessage": "Access Denied",
    "requestParameters": {"bucketName": "example"},
    "responseElements": None,
    "eventID": "11111111-2222-3333-4444-555555555555",
    "recipientAccountId": "444455556666",
}


def test_a_record_gives_its_facts() -> None:
    expected = RecordFacts(
        event_id="11111111-2222-3333-4444-555555555555",
        event_time_ms=1_789_364_587_000,
        account_id="444455556666",
        region="eu-west-1",
        call="s3:GetObject",
        error_code="AccessDenied",
        error_message="Access Denied",
        address="198.51.100.7",
        user_agent="aws-cli/2.17",
        principal=Principal(PrincipalKind.USER, "arn:aws:iam::111122223333:user/alice"),
    )

    assert expected == facts_of(json.dumps(_RECORD).encode())


def _facts(**members: Any) -> RecordFacts:
    return facts_of(json.dumps(members).encode())


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param(
            {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"}, "ec2:RunInstances", id="call"
        ),
        pytest.param({"eventSource": "ec2.amazonaws.com.cn", "eventName": "A"}, "ec2:A", id="China"),
        pytest.param(
            {"eventSource": "aws.example.com", "eventName": "A"}, "aws.example.com:A", id="another host"
        ),
        pytest.param({"eventName": "A"}, "A", id="no source"),
        pytest.param({"eventSource": "s3.amazonaws.com"}, "s3", id="no name"),
        pytest.param({"eventSource": None, "eventName": ["A"]}, "", id="neither"),
        pytest.param(
            {
                "insightDetails": {
                    "eventSource": "ssm.amazonaws.com",
                    "eventName": "UpdateInstanceInformation",
                }
            },
            "ssm:UpdateInstanceInformation",
            id="Insight",
        ),
        pytest.param({"insightDetails": "odd"}, "", id="odd Insight"),
    ],
)
def test_the_call_is_service_and_action(members: dict[str, Any], expected: str) -> None:
    assert expected == _facts(**members).call


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-09-14T05:43:07Z", 1_789_364_587_000),
        ("2026-09-14T05:43:07.250Z", 1_789_364_587_250),
        ("2026-09-14T07:43:07+02:00", 1_789_364_587_000),
        ("2026-09-14T05:43:07", 1_789_364_587_000),
        (" 2026-09-14T05:43:07Z ", 1_789_364_587_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("2026-13-14T05:43:07Z", None),
        ("yesterday", None),
        ("", None),
        (1_789_364_587, None),
        (None, None),
        ({"a": 1}, None),
    ],
)
def test_the_time_of_the_call_is_milliseconds_or_none(time: Any, expected: int | None) -> None:
    assert expected == _facts(eventTime=time).event_time_ms


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {"recipientAccountId": "444455556666", "userIdentity": {"accountId": "111122223333"}},
            "444455556666",
        ),
        ({"userIdentity": {"accountId": "111122223333"}}, "111122223333"),
        ({"recipientAccountId": None, "userIdentity": {"accountId": 111122223333}}, "111122223333"),
        ({"recipientAccountId": 444455556666}, "444455556666"),
        ({"userIdentity": "111122223333"}, ""),
    ],
)
def test_the_account_is_the_one_that_received_the_record_else_the_callers(
    members: dict[str, Any], expected: str
) -> None:
    assert expected == _facts(**members).account_id


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        ("line\n\u202e\u0000\u001b[31m", "line\n\u202e\u0000\u001b[31m"),
        ("x" * 5000, "x" * 1024),
        (7, "7"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        ([], ""),
        ({"a": "b"}, ""),
    ],
)
def test_a_member_of_any_type_becomes_bounded_text(value: Any, expected: str) -> None:
    facts = _facts(
        errorCode=value, errorMessage=value, userAgent=value, sourceIPAddress=value, awsRegion=value
    )

    assert {expected} == {
        facts.error_code,
        facts.error_message,
        facts.user_agent,
        facts.address,
        facts.region,
    }


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(b'"errorMessage":1e999', id="a number beyond range"),
        pytest.param(b'"errorMessage":' + b"9" * 5000, id="a number of five thousand digits"),
        pytest.param(b'"other":"\\ud800"', id="half a surrogate pair"),
        pytest.param(b'"eventName":"\xff"', id="broken UTF-8"),
        pytest.param(b'"errorMessage":NaN', id="no number"),
    ],
)
def test_an_odd_value_costs_no_other_fact(odd: bytes) -> None:
    facts = facts_of(b"{" + odd + b',"eventID":"x","awsRegion":"eu-west-1"}')

    assert (facts.event_id, facts.region) == ("x", "eu-west-1")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\x00", id="garbage"),
        pytest.param(b'{"eventID":"x","a":' + b"[" * 10_000 + b"]" * 10_000 + b"}", id="nested too deeply"),
    ],
)
def test_what_says_nothing_gives_empty_facts(record: bytes) -> None:
    assert facts_of(record) == _NOTHING
