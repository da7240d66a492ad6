"""A clock that stands still until a test turns it."""

import datetime

__all__ = ["MINUTE_MS", "START_MS", "ManualClock", "at"]

MINUTE_MS = 60_000


def at(text: str) -> int:
    """Reads an ISO instant as milliseconds since the epoch."""
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


START_MS = at("2026-09-14T05:40:00Z")


class ManualClock:
    """Knows only the time it was told."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def turn(self, *, minutes: float = 0, seconds: float = 0) -> int:
        """Moves on, and returns the new time."""
        self._now_ms += round(minutes * MINUTE_MS + seconds * 1000)
        return self._now_ms
