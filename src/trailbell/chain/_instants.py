"""Instants as people write them in a query or a setting, and as they read them."""

import datetime
import re

from trailbell.chain._errors import ChainError

__all__ = ["instant_text", "parse_instant"]

_AGO = re.compile(r"^(\d{1,9})([smhd])$")
_UNIT_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def parse_instant(text: str, now_ms: int) -> int:
    """Reads ``90s``, ``15m``, ``2h`` or ``7d`` (ago), or an ISO 8601 date or instant (UTC unless it says).

    Raises:
        ChainError: The text is neither.
    """
    ago = _AGO.match(text)
    if ago is not None:
        return now_ms - int(ago.group(1)) * _UNIT_MS[ago.group(2)]
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ChainError(
            f"{text!r} is no instant: write how long ago (90s, 15m, 2h, 7d) or a date like 2026-09-14T05:43Z"
        ) from error
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.UTC)
    return round(at.timestamp() * 1000)


def instant_text(at_ms: int) -> str:
    """Writes an instant as ISO 8601 in UTC, to the millisecond."""
    at = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"
