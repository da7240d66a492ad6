"""Events as CloudTrail writes them, one for each way a control can be matched.

They tell at once that a filter misses something, and are what a person is shown. Ordinary events that no
control asks for tell that a filter matches far too much.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from trailbell.patterns import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    JsonPattern,
    Operator,
    Pattern,
    TextLiteral,
    parse_pattern,
    selectors,
)

__all__ = ["event_names", "ordinary_events", "sample_events", "variants"]

_Event = dict[str, Any]
_REGION = "us-east-1"
_NAMES = "$.eventName"
_SOURCES = "$.eventSource"

_READS = {
    "ec2.amazonaws.com": (
        "DescribeInstances",
        "DescribeSecurityGroups",
        "DescribeNetworkAcls",
        "DescribeVpcs",
        "DescribeRouteTables",
        "DescribeInternetGateways",
        "DescribeCustomerGateways",
        "DescribeVpcPeeringConnections",
    ),
    "iam.amazonaws.com": ("GetPolicy", "ListUsers", "ListPolicies", "GetRolePolicy"),
    "s3.amazonaws.com": ("ListBuckets", "GetBucketPolicy", "GetBucketAcl", "GetBucketLifecycle"),
    "kms.amazonaws.com": ("Decrypt", "DescribeKey", "ListKeys"),
    "config.amazonaws.com": ("DescribeConfigRules", "DescribeConfigurationRecorders"),
    "cloudtrail.amazonaws.com": ("LookupEvents", "DescribeTrails", "GetTrail"),
    "organizations.amazonaws.com": ("ListAccounts", "DescribeOrganization", "ListHandshakesForAccount"),
    "sts.amazonaws.com": ("AssumeRole",),
}
_WRITES = (("ec2.amazonaws.com", "RunInstances"), ("s3.amazonaws.com", "CreateBucket"))


def sample_events(pattern: Pattern, sources: tuple[str, ...], account: str) -> tuple[_Event, ...]:
    """Returns events of an account that a control's pattern may match; not each of them does.

    ``sources`` are the services the control is about, where the pattern itself names none.
    """
    if not isinstance(pattern, JsonPattern):
        return ()
    names = _literals(pattern.condition, _NAMES)
    named = _literals(pattern.condition, _SOURCES) or sources
    calls = [_call(account, source, name) for source in named for name in names]
    return (*calls, *_special_events(account))


def variants(event: _Event, account: str) -> Iterator[_Event]:
    """Tells the same call by others, from elsewhere and refused: what a filter has no business to ask."""
    elsewhere = {
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "console.amazonaws.com",
    }
    yield event | elsewhere
    if event["userIdentity"]["type"] == "IAMUser":
        yield event | elsewhere | {"userIdentity": _role(account)}
        if event["eventType"] == "AwsApiCall":
            yield event | {"userIdentity": _root(account)}
    if "errorCode" not in event and event["eventType"] == "AwsApiCall":
        yield event | {"errorCode": "AccessDenied", "errorMessage": "not authorized"}


@lru_cache(maxsize=256)
def event_names(text: str) -> frozenset[str]:
    """Returns the names of the calls a pattern asks for; none where it asks for more than names."""
    pattern = parse_pattern(text)
    fields = {str(each) for each in selectors(pattern)}
    if not isinstance(pattern, JsonPattern) or not fields <= {_NAMES, _SOURCES}:
        return frozenset()
    return frozenset(_literals(pattern.condition, _NAMES))


def ordinary_events(account: str) -> tuple[_Event, ...]:
    """Returns successful calls of every day, which no control is about."""
    reads = (
        _call(account, source, name, readOnly=True) for source, names in _READS.items() for name in names
    )
    writes = (_call(account, source, name) for source, name in _WRITES)
    return (*reads, *writes, _sign_in(account, mfa="Yes", outcome="Success"))


def _special_events(account: str) -> Iterator[_Event]:
    refused = {"errorMessage": "not authorized"}
    yield _call(
        account, "ec2.amazonaws.com", "RunInstances", errorCode="Client.UnauthorizedOperation", **refused
    )
    yield _call(account, "s3.amazonaws.com", "GetBucketAcl", errorCode="AccessDenied", **refused)
    yield _call(account, "kms.amazonaws.com", "ListKeys", errorCode="AccessDeniedException", **refused)
    yield _call(
        account,
        "ec2.amazonaws.com",
        "DescribeInstances",
        errorCode="Client.UnauthorizedOperation",
        userIdentity=_role(account),
        **refused,
    )
    yield _sign_in(account, mfa="No", outcome="Success")
    yield _sign_in(account, mfa="No", outcome="Failure") | {"errorMessage": "Failed authentication"}
    yield _call(account, "iam.amazonaws.com", "CreateAccessKey", userIdentity=_root(account))
    yield _sign_in(account, mfa="Yes", outcome="Success") | {"userIdentity": _root(account)}


def _call(account: str, source: str, name: str, **members: Any) -> _Event:
    event = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLEUSER",
            "arn": f"arn:aws:iam::{account}:user/example",
            "accountId": account,
            "accessKeyId": "AKIAEXAMPLEUSER",
            "userName": "example",
        },
        "eventTime": "2026-01-15T10:00:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": _REGION,
        "sourceIPAddress": "203.0.113.10",
        "userAgent": "aws-cli/2.22.0",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "5b1a2c3d-0000-4000-8000-000000000001",
        "eventID": "5b1a2c3d-0000-4000-8000-000000000002",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    return event | members


def _sign_in(account: str, mfa: str, outcome: str) -> _Event:
    return _call(
        account,
        "signin.amazonaws.com",
        "ConsoleLogin",
        eventType="AwsConsoleSignIn",
        responseElements={"ConsoleLogin": outcome},
        additionalEventData={
            "LoginTo": "https://console.aws.amazon.com/",
            "MobileVersion": "No",
            "MFAUsed": mfa,
        },
    )


def _root(account: str) -> _Event:
    return {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        "accessKeyId": "",
    }


def _role(account: str) -> _Event:
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLEROLE:session",
        "arn": f"arn:aws:sts::{account}:assumed-role/Example/session",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLEROLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEROLE",
                "arn": f"arn:aws:iam::{account}:role/Example",
                "accountId": account,
                "userName": "Example",
            },
            "attributes": {"creationDate": "2026-01-15T09:00:00Z", "mfaAuthenticated": "false"},
        },
    }


def _literals(condition: Condition, field: str) -> tuple[str, ...]:
    """Returns the plain values that a field is compared with, each once, in order of appearance."""
    found: list[str] = []
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, AllOf | AnyOf):
            waiting.extend(reversed(node.terms))
        elif isinstance(node, Comparison) and str(node.selector) == field:
            value = node.value
            is_plain = isinstance(value, TextLiteral) and len(value.pieces) == 1
            if node.operator is Operator.EQUAL and is_plain:
                found.append(value.text)
    return tuple(dict.fromkeys(found))
