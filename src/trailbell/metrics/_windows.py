"""The windows over which statistics are asked for, and the datapoints merged into them.

Periods and rounding are those of metrics-and-alarms sections 2.2, 2.9 and 2.10.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from trailbell.metrics._datapoint import Datapoint
from trailbell.metrics._period import floor_to
from trailbell.metrics._samples import Samples, merge_samples

__all__ = ["SHORT_PERIODS", "Windows", "is_period", "windowed", "windows_between"]

SHORT_PERIODS = (1, 5, 10, 20, 30)
"""The periods below a minute, in seconds."""

_MINUTE_SECONDS = 60
_LONGEST_SECONDS = 86_400
# A day has many minutes, and a histogram may have many bins.
_MERGED_AT_ONCE = 50


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


def windows_between(start_ms: int, end_ms: int, period_seconds: int) -> Windows:
    """Returns the windows of a request: its start is rounded down, and a partial last window is left out.

    Windows stand on the grid counted from the epoch; those of one second begin with a whole minute.
    """
    grid = _MINUTE_SECONDS if period_seconds == 1 else period_seconds
    return Windows(floor_to(start_ms, grid), floor_to(end_ms, period_seconds), period_seconds)


def windowed(
    datapoints: Iterable[Datapoint], windows: Windows, unit: str | None = None
) -> Iterator[Datapoint]:
    """Merges datapoints by unit and window; those outside or of another unit are left out.

    They come in the order of their units, and of their starts in each, and so do the windows. Only those of
    one window are in hand at a time.
    """
    inside = (
        each
        for each in datapoints
        if windows.start_ms <= each.start_ms < windows.end_ms and unit in {None, each.unit}
    )
    for (held, start_ms), found in groupby(
        inside, lambda each: (each.unit, floor_to(each.start_ms, windows.period_seconds))
    ):
        parts: list[Samples] = []
        for each in found:
            parts.append((each.statistics, each.histogram))
            if len(parts) == _MERGED_AT_ONCE:
                parts = [merge_samples(parts)]
        statistics, histogram = merge_samples(parts)
        yield Datapoint(start_ms, statistics, held, histogram)
