"""Reads simulated deliveries back, with nothing of the generator's own."""

import gzip
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from trailbell.simulate import Delivery

__all__ = ["START_MS", "is_counted", "records_in", "records_of", "second_of", "wire_size"]

START_MS = 1_735_732_800_000  # 2025-01-01T12:00:00Z


def records_of(delivery: Delivery) -> list[dict[str, Any]]:
    """The records of one file."""
    records: list[dict[str, Any]] = json.loads(gzip.decompress(delivery.content))["Records"]
    return records


def records_in(deliveries: Iterable[Delivery]) -> list[dict[str, Any]]:
    """The records of some files."""
    return [record for delivery in deliveries for record in records_of(delivery)]


def second_of(record: dict[str, Any]) -> int:
    """When the call was made, in seconds since the epoch."""
    return int(datetime.fromisoformat(record["eventTime"]).timestamp())


def wire_size(record: dict[str, Any]) -> int:
    """The record's size as compact JSON, in bytes."""
    return len(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode())


def is_counted(record: dict[str, Any]) -> bool:
    """Whether CIS 2.0 and later count the record as an unauthorized call, written out by hand."""
    code = record.get("errorCode", "")
    if code.endswith("UnauthorizedOperation"):
        return True
    is_excluded = (
        record["sourceIPAddress"] == "delivery.logs.amazonaws.com" or record["eventName"] == "HeadBucket"
    )
    return bool(code.startswith("AccessDenied")) and not is_excluded
