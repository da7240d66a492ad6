"""How long data of metrics is kept, and how finely (metrics-and-alarms sections 1.8 and 2.10)."""

import msgspec

from trailbell.metrics._period import floor_to

__all__ = ["KEPT_DAYS", "RollUp", "is_period_kept", "roll_ups"]

KEPT_DAYS = 455
"""How long data is kept at all."""

_SECOND, _MINUTE, _FIVE_MINUTES, _HOUR = 1, 60, 300, 3600
_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000

# Up to which age data is kept by a period in seconds; what is older is kept by the hour.
_KEPT_MS = ((_SECOND, 3 * _HOUR_MS), (_MINUTE, 15 * _DAY_MS), (_FIVE_MINUTES, 63 * _DAY_MS))

# A question that begins within the age may have a first window that begins up to a day before.
_LONGEST_WINDOW_MS = _DAY_MS


class RollUp(msgspec.Struct, frozen=True):
    """Data that begins before ``before_ms`` is kept by no shorter period than ``period_seconds``."""

    before_ms: int
    period_seconds: int


def is_period_kept(period_seconds: int, start_ms: int, now_ms: int) -> bool:
    """Returns whether data that begins at ``start_ms`` is still kept as finely as this period needs."""
    for seconds, age_ms in _KEPT_MS:
        if now_ms - start_ms <= age_ms:
            return period_seconds % seconds == 0
    return period_seconds % _HOUR == 0


def roll_ups(now_ms: int) -> tuple[RollUp, RollUp, RollUp]:
    """Returns what is to be merged into longer periods, the oldest data and the longest period first.

    Every whole window of a question that is allowed finds its data as fine as it needs it.
    """
    (_, seconds_ms), (_, minutes_ms), (_, five_minutes_ms) = _KEPT_MS
    return (
        RollUp(floor_to(now_ms - five_minutes_ms - _LONGEST_WINDOW_MS, _HOUR), _HOUR),
        RollUp(floor_to(now_ms - minutes_ms - _LONGEST_WINDOW_MS, _FIVE_MINUTES), _FIVE_MINUTES),
        # Windows of less than a minute begin with a whole one.
        RollUp(floor_to(now_ms - seconds_ms, _MINUTE), _MINUTE),
    )
