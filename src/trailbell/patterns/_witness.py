"""Events made up to show what patterns do: minimal CloudTrail records, as text that any reader takes."""

import json
from collections.abc import Container, Iterator, Mapping
from math import isinf
from typing import Any, Final

__all__ = ["PLAIN_MESSAGE", "RECORD", "record_text", "records_around"]

PLAIN_MESSAGE: Final = "not a JSON object"
"""A message that no JSON pattern matches."""

_CALLER: Final = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEUSER",
    "arn": "arn:aws:iam::111122223333:user/dev",
    "accountId": "111122223333",
    "userName": "dev",
}

RECORD: Final[dict[str, Any]] = {
    "eventVersion": "1.09",
    "userIdentity": _CALLER,
    "eventTime": "2026-01-15T10:00:00Z",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "DescribeInstances",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "203.0.113.10",
    "userAgent": "aws-cli/2",
    "eventType": "AwsApiCall",
    "recipientAccountId": "111122223333",
}
"""An ordinary record: the members that every record has."""


def records_around(members: Mapping[str, object], asked: Container[str]) -> Iterator[dict[str, Any]]:
    """Offers records that hold some members, with ever less of an ordinary record around them.

    ``asked`` are the members that may have to be missing where they are not among those given.
    """
    yield {**RECORD, **members}
    yield {**{name: value for name, value in RECORD.items() if name not in asked}, **members}
    yield dict(members)


def record_text(record: Mapping[str, object]) -> str:
    """Returns a record as compact JSON; numbers that overflow a double are written as such."""
    return "".join(_pieces(record))


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield "{"
        for at, (name, member) in enumerate(value.items()):
            yield f"{',' if at else ''}{json.dumps(name)}:"
            yield from _pieces(member)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for at, element in enumerate(value):
            yield "," if at else ""
            yield from _pieces(element)
        yield "]"
    elif isinstance(value, float) and isinf(value):
        yield "1e999" if value > 0 else "-1e999"
    else:
        yield json.dumps(value)
