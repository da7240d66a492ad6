"""The windows over which statistics are asked for, and the datapoints merged into them.

Periods, rounding and ages are those of metrics-and-alarms sections 2.2, 2.9 and 2.10.
"""

from collections.abc import Iterable

import msgspec

from trailbell.metrics._period import floor_to
from trailbell.metrics._statistics import Datapoint, StatisticSet

__all__ = ["SHORT_PERIODS", "Windows", "is_period", "is_period_kept", "windowed", "windows_between"]

SHORT_PERIODS = (1, 5, 10, 20, 30)
"""The periods below a minute, in seconds."""

_MINUTE_SECONDS = 60
_LONGEST_SECONDS = 86_400
_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000

# What a period must be a multiple of (in seconds) for data that begins up to this long ago.
_KEPT = ((3 * _HOUR_MS, 1), (15 * _DAY_MS, 60), (63 * _DAY_MS, 300))
_KEPT_LONGEST_SECONDS = 3600


class Windows(msgspec.Struct, frozen=True):
    """Whole windows side by side, from ``start_ms`` to ``end_ms`` (exclusive)."""

    start_ms: int
    end_ms: int
    period_seconds: int

    @property
    def count(self) -> int:
        """How many windows there are."""
        return (self.end_ms - self.start_ms) // (self.period_seconds * 1000)


def is_period(period_seconds: int) -> bool:
    """Returns whether statistics can be asked for by this period."""
    if period_seconds < _MINUTE_SECONDS:
        return period_seconds in SHORT_PERIODS
    return period_seconds % _MINUTE_SECONDS == 0 and period_seconds <= _LONGEST_SECONDS


def is_period_kept(period_seconds: int, start_ms: int, now_ms: int) -> bool:
    """Returns whether data that begins at ``start_ms`` is still kept as finely as this period needs."""
    for age_ms, seconds in _KEPT:
        if now_ms - start_ms <= age_ms:
            return period_seconds % seconds == 0
    return period_seconds % _KEPT_LONGEST_SECONDS == 0


def windows_between(start_ms: int, end_ms: int, period_seconds: int) -> Windows:
    """Returns the windows of a request: its start is rounded down, and a partial last window is left out.

    Windows stand on the grid counted from the epoch; those of one second begin with a whole minute.
    """
    grid = _MINUTE_SECONDS if period_seconds == 1 else period_seconds
    return Windows(floor_to(start_ms, grid), floor_to(end_ms, period_seconds), period_seconds)


def windowed(datapoints: Iterable[Datapoint], windows: Windows, unit: str | None = None) -> list[Datapoint]:
    """Merges datapoints by window and unit, oldest first; those outside or of another unit are left out."""
    found: dict[tuple[int, str], list[StatisticSet]] = {}
    for each in datapoints:
        if windows.start_ms <= each.start_ms < windows.end_ms and unit in {None, each.unit}:
            place = (floor_to(each.start_ms, windows.period_seconds), each.unit)
            found.setdefault(place, []).append(each.statistics)
    return [
        Datapoint(start_ms, StatisticSet.merge(*found[start_ms, held]), held)
        for start_ms, held in sorted(found)
    ]
