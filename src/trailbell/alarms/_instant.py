"""Instants as AWS's alarm texts write them, always in UTC."""

from datetime import UTC, datetime, timedelta

__all__ = ["iso_text", "reason_text"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_MS = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LATEST_MS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def iso_text(at_ms: int) -> str:
    """Returns the form of messages and reason data: `2026-09-14T05:43:07.551+0000`."""
    moment = _moment(at_ms)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "+0000"


def reason_text(at_ms: int) -> str:
    """Returns the form inside a state reason: `14/09/26 05:57:00`."""
    moment = _moment(at_ms)
    return (
        f"{moment.day:02d}/{moment.month:02d}/{moment.year % 100:02d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
    )


def _moment(at_ms: int) -> datetime:
    # Around a record of the year 1 or 9999 an alarm looks at instants that no date can hold.
    return _EPOCH + timedelta(milliseconds=min(max(at_ms, _EARLIEST_MS), _LATEST_MS))
