"""What a replay is asked for."""

from pathlib import Path

import msgspec

from trailbell.alarms import Alarm, CompositeAlarm
from trailbell.filters import MetricFilter

__all__ = ["CLOCKS", "ReplayRequest"]

CLOCKS = ("delivery", "event")
"""When a record counts: when its file was delivered, or when the call was made."""


class ReplayRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to replay, and how.

    Attributes:
        sources: Files, folders, patterns of names, and ``-`` for standard input.
        filters: The metric filters, each with a name of its own.
        alarms: The alarms over the metrics they feed.
        composites: The composite alarms over those and one another.
        clock: One of ``CLOCKS``.
        from_ms: Records before it on the clock are passed over; None for no limit.
        to_ms: Records from it on are passed over; None for no limit.
        deduplicate: Whether a record that was delivered twice counts once.
        jobs: How many processes read files.
        exact: Whether every record is decoded, also where its text shows that no filter can match.
        events_file: Where each counted match is written as a line of JSON; None for nowhere.
    """

    sources: tuple[str, ...]
    filters: tuple[MetricFilter, ...]
    alarms: tuple[Alarm, ...]
    composites: tuple[CompositeAlarm, ...] = ()
    clock: str = "delivery"
    from_ms: int | None = None
    to_ms: int | None = None
    deduplicate: bool = True
    jobs: int = 1
    exact: bool = False
    events_file: Path | None = None
