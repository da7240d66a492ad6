"""Instants as AWS's alarm texts write them, always in UTC."""

from datetime import UTC, datetime, timedelta

__all__ = ["iso_text", "moment", "reason_text"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_MS = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LATEST_MS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def iso_text(at_ms: int) -> str:
    """Returns the form of messages and reason data: `2026-09-14T05:43:07.551+0000`."""
    at = moment(at_ms)
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "+0000"


def reason_text(at_ms: int) -> str:
    """Returns the form inside a state reason: `14/09/26 05:57:00`."""
    at = moment(at_ms)
    return f"{at.day:02d}/{at.month:02d}/{at.year % 100:02d} {at.hour:02d}:{at.minute:02d}:{at.second:02d}"


def moment(at_ms: int) -> datetime:
    """Returns the date of an instant, or the nearest one there is."""
    # Around a record of the year 1 or 9999 an alarm looks at instants that no date can hold.
    return _EPOCH + timedelta(milliseconds=min(max(at_ms, _EARLIEST_MS), _LATEST_MS))
