"""Counts a folder of mixed log files by itself: run as a program, it imports nothing of ours.

usage: count_delivered.py FOLDER - prints one JSON object: the four classes of all records, and what two
CIS controls (unauthorized calls, IAM policy changes) count of them, each record of an account once.
"""

import gzip
import hashlib
import json
import pathlib
import sys
from collections import Counter
from typing import Any

UNAUTHORIZED = "unauthorized_api_calls_metric"
IAM_CHANGES = "iam-changes-metric"
IAM_CALLS = {
    *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy"),
    *("PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
    *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy"),
    *("AttachGroupPolicy", "DetachGroupPolicy"),
}


def metrics_of(event: dict[str, Any]) -> list[str]:
    code = event.get("errorCode", "")
    is_refused = code.endswith("UnauthorizedOperation") or (
        code.startswith("AccessDenied")
        and event["sourceIPAddress"] != "delivery.logs.amazonaws.com"
        and event["eventName"] != "HeadBucket"
    )
    return [IAM_CHANGES] * (event["eventName"] in IAM_CALLS) + [UNAUTHORIZED] * is_refused


def caller_of(identity: dict[str, Any]) -> str:
    kind = identity["type"]
    if kind == "AssumedRole":
        return str(identity["sessionContext"]["sessionIssuer"]["arn"])
    if kind == "AWSService":
        return str(identity["invokedBy"])
    if kind == "AWSAccount":
        return str(identity["accountId"])
    if kind == "IdentityCenterUser":
        return str(identity["onBehalfOf"]["userId"])
    if kind == "WebIdentityUser":
        return str(identity["principalId"])
    return str(identity["arn"])


def events_in(path: pathlib.Path, content: bytes) -> list[Any]:
    """Reads a file's events; a line that is no JSON is None, and a damaged file raises."""
    text = gzip.decompress(content) if path.name.endswith(".gz") else content
    if ".jsonl" not in path.name:
        return list(json.loads(text)["Records"])
    events = []
    for line in text.splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            events.append(None)
    return events


class Counting:
    def __init__(self) -> None:
        self.classes = Counter(matched=0, unmatched=0, duplicate=0, rejected=0)
        self.sums: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.dimensions: dict[str, Counter[str]] = {
            name: Counter() for name in ("principals", "calls", "errors", "addresses", "accounts", "regions")
        }
        self.counted: set[tuple[str, str, str]] = set()

    def take(self, event: Any) -> None:
        if not isinstance(event, dict):
            self.classes["rejected"] += 1
            return
        metrics = metrics_of(event)
        account, event_id = event["recipientAccountId"], event.get("eventID", "")
        new = [each for each in metrics if not event_id or (each, account, event_id) not in self.counted]
        self.counted.update((each, account, event_id) for each in new)
        self.classes["matched" if new else "duplicate" if metrics else "unmatched"] += 1
        self.sums.update(new)
        if new:
            self.events[" ".join([account, event_id or "-", *new])] += 1
        if UNAUTHORIZED in new:
            self.describe(event)

    def describe(self, event: dict[str, Any]) -> None:
        service = event["eventSource"].removesuffix(".amazonaws.com")
        self.dimensions["principals"][caller_of(event["userIdentity"])] += 1
        self.dimensions["calls"][f"{service}:{event['eventName']}"] += 1
        self.dimensions["errors"][event["errorCode"]] += 1
        self.dimensions["addresses"][event["sourceIPAddress"]] += 1
        self.dimensions["accounts"][event["recipientAccountId"]] += 1
        self.dimensions["regions"][event["awsRegion"]] += 1


def main(folder: str) -> None:
    counting = Counting()
    contents: set[bytes] = set()
    for path in sorted(each for each in pathlib.Path(folder).rglob("*") if each.is_file()):
        content = path.read_bytes()
        try:
            events = events_in(path, content)
        except (OSError, EOFError, ValueError):
            counting.classes["rejected"] += 1
            continue
        digest = hashlib.sha256(content).digest()
        if digest not in contents:
            contents.add(digest)
            for event in events:
                counting.take(event)
    found = {
        "classes": counting.classes,
        "sums": counting.sums,
        "events": counting.events,
        "who": counting.dimensions,
    }
    print(json.dumps(found))  # noqa: T201 - this is a program


if __name__ == "__main__":
    main(sys.argv[1])
