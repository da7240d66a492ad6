"""Policies of topics and keys: who may publish and encrypt, and what cannot be told from here."""

import json
import time
from typing import Any

import pytest

from trailbell.account._access_policy import Request, allows

TOPIC = "arn:aws:sns:us-east-1:111122223333:bell"
ALARM = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a"
PUBLISH = Request(
    "cloudwatch.amazonaws.com",
    "sns:Publish",
    TOPIC,
    {"aws:sourceaccount": "111122223333", "aws:sourcearn": ALARM, "aws:securetransport": "true"},
)
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}


def policy(*statements: dict[str, Any]) -> str:
    usual = {"Effect": "Allow", "Principal": CLOUDWATCH, "Action": "sns:Publish", "Resource": TOPIC}
    return json.dumps({"Statement": [{**usual, **each} for each in statements]})


def with_condition(operator: str, key: str, value: object) -> str:
    return policy({"Condition": {operator: {key: value}}})


def denied(operator: str, key: str, value: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy({}), True),
        (policy({"Action": "SNS:*"}), True),
        (policy({"Action": ["sns:Subscribe", "sns:pub*"]}), True),
        (policy({"Action": "sns:Subscribe"}), False),
        (policy({"Resource": "*"}), True),
        (policy({"Resource": TOPIC + "s"}), False),
        (policy({"Resource": "arn:aws:sns:*:111122223333:b?ll"}), True),
        (policy({"Principal": "*"}), True),
        (policy({"Principal": {"AWS": "*"}}), True),
        (policy({"Principal": {"AWS": "111122223333"}}), False),
        (policy({"Principal": {"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]}}), True),
        (policy({}, {"Effect": "Deny"}), False),
        (policy({}, {"Effect": "Deny", "Action": "sns:Subscribe"}), True),
        (policy({}, denied("Bool", "aws:SecureTransport", "false")), True),
        (policy({}, denied("StringEquals", "aws:VpceId", "v")), None),
        (with_condition("StringEquals", "aws:SourceAccount", ["222233334444", "111122223333"]), True),
        (with_condition("StringEquals", "AWS:SourceAccount", "222233334444"), False),
        (with_condition("StringNotEquals", "aws:SourceAccount", "222233334444"), True),
        (with_condition("StringEqualsIfExists", "aws:SourceAccount", "222233334444"), False),
        (with_condition("ArnLike", "aws:SourceArn", "arn:aws:cloudwatch:*:111122223333:alarm:*"), True),
        (with_condition("ArnEquals", "aws:SourceArn", ALARM + "b"), False),
        (with_condition("Bool", "aws:SecureTransport", True), True),
        (with_condition("StringEquals", "aws:PrincipalOrgID", "o-1"), None),
        (with_condition("IpAddress", "aws:SourceAccount", "10.0.0.0/8"), None),
        ("", False),
        ("[]", False),
        ("{", False),
        ("[" * 100_000, False),
        ('{"Statement": "none"}', False),
        ('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sns:*"}}', True),
    ],
)  # fmt: skip
def test_a_policy_allows_denies_or_cannot_be_told(text: str, expected: bool | None) -> None:
    assert expected is allows(text, PUBLISH)


def test_a_pattern_full_of_stars_is_matched_quickly() -> None:
    hostile = policy({"Resource": "*a" * 2000 + "b"})
    began = time.monotonic()

    assert allows(hostile, Request(PUBLISH.service, PUBLISH.action, "a" * 4000, {})) is False
    assert time.monotonic() - began < 10
