"""Instants as CloudTrail writes them."""

import time

__all__ = ["iso_seconds"]


def iso_seconds(at_ms: int) -> str:
    """Returns an instant (milliseconds since the epoch) as ISO 8601 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_ms // 1000))
