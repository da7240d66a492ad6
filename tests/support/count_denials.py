"""Counts denials in CloudTrail log files, by itself: run as a program, it imports nothing of ours.

usage: count_denials.py FOLDER - prints one JSON object with the counts by principal, call, error,
address, account and region of the distinct events that the unauthorized-calls control counts.
"""

import gzip
import json
import pathlib
import sys
from collections import Counter


def is_counted(event: dict[str, str]) -> bool:
    code = event.get("errorCode")
    if code is None:
        return False
    if code.endswith("UnauthorizedOperation"):
        return True
    return (
        code.startswith("AccessDenied")
        and event["sourceIPAddress"] != "delivery.logs.amazonaws.com"
        and event["eventName"] != "HeadBucket"
    )


def main(folder: str) -> None:
    counters: dict[str, Counter[str]] = {
        name: Counter() for name in ("principals", "calls", "errors", "addresses", "accounts", "regions")
    }
    seen = set()
    for path in sorted(pathlib.Path(folder).rglob("*.json.gz")):
        for event in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
            if event["eventID"] in seen or not is_counted(event):
                continue
            seen.add(event["eventID"])
            counters["principals"][event["userIdentity"]["arn"]] += 1
            service = event["eventSource"].split(".")[0]
            counters["calls"][f"{service}:{event['eventName']}"] += 1
            counters["errors"][event["errorCode"]] += 1
            counters["addresses"][event["sourceIPAddress"]] += 1
            counters["accounts"][event["recipientAccountId"]] += 1
            counters["regions"][event["awsRegion"]] += 1
    print(json.dumps({"total": len(seen), **counters}))  # noqa: T201 - this is a program


if __name__ == "__main__":
    main(sys.argv[1])
