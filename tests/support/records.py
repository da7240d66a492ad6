"""Made-up CloudTrail records and log files for tests."""

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

__all__ = ["ACCOUNT", "denial", "log_file", "record", "user", "write_log"]

ACCOUNT = "111122223333"

_numbers = itertools.count(1)


def user(name: str) -> dict[str, Any]:
    """Builds the identity of an IAM user."""
    return {
        "type": "IAMUser",
        "principalId": f"AIDA{name.upper()}",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "userName": name,
    }


def record(**changes: Any) -> dict[str, Any]:
    """Builds a record of a call that went well, with the given members changed; None leaves one out."""
    base: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": user("alice"),
        "eventTime": "2026-09-14T05:37:00Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeInstances",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "requestParameters": None,
        "responseElements": None,
        "eventID": f"event-{next(_numbers)}",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
    } | changes
    return {name: value for name, value in base.items() if value is not None or name.endswith("s")}


def denial(name: str = "alice", **changes: Any) -> dict[str, Any]:
    """Builds a record that the unauthorized-calls pattern counts."""
    return record(**{"userIdentity": user(name), "errorCode": "AccessDenied", **changes})


def log_file(records: list[dict[str, Any]]) -> bytes:
    """Wraps records as CloudTrail delivers them."""
    return gzip.compress(json.dumps({"Records": records}).encode(), mtime=0)


def write_log(path: Path, records: list[dict[str, Any]]) -> Path:
    """Writes a log file, making its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(log_file(records))
    return path
