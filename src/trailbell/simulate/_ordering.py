"""The order of records inside a file: by time, but for some that come a little late."""

from __future__ import annotations

from operator import itemgetter
from typing import TypeVar

from trailbell.simulate._chance import Chance

__all__ = ["order_like_aws"]

_T = TypeVar("_T")

_LATE_SHARE = 0.66
_LATE_SHARE_OVER_A_GAP = 0.22
_FAR_SHARE = 0.06
_LONGEST_STEP_SECONDS = 29


def order_like_aws(moments: list[tuple[int, _T]], chance: Chance) -> list[tuple[int, _T]]:
    """Returns pairs of instant (milliseconds) and anything, about 22 % of them earlier than the one before.

    A late one stands behind the next of a later second, sometimes behind one of a much later second, but
    never by more than 29 seconds. Records show seconds, so a smaller step would not be seen.
    """
    waiting = sorted(moments, key=itemgetter(0))
    ordered: list[tuple[int, _T]] = []
    place = 0
    while place < len(waiting):
        later = _behind(waiting, place, chance)
        ordered.extend(waiting[place + 1 : later + 1])
        ordered.append(waiting[place])
        place = later + 1
    return ordered


def _behind(waiting: list[tuple[int, _T]], place: int, chance: Chance) -> int:
    """Returns the place behind which the record at `place` stands; its own where it is not late."""
    own_second = waiting[place][0] // 1000
    following = next((n for n in range(place + 1, len(waiting)) if waiting[n][0] // 1000 > own_second), place)
    step = waiting[following][0] // 1000 - own_second
    if not 0 < step <= _LONGEST_STEP_SECONDS:
        return place
    if chance.share() >= (_LATE_SHARE if step == 1 else _LATE_SHARE_OVER_A_GAP):
        return place
    if chance.share() >= _FAR_SHARE:
        return following
    limit_second = own_second + chance.between(step, _LONGEST_STEP_SECONDS)
    while following + 1 < len(waiting) and waiting[following + 1][0] // 1000 <= limit_second:
        following += 1
    return following
