"""When records count: at the delivery of their file, or at the time of the call."""

from collections.abc import Sequence
from typing import Any

import msgspec

from trailbell.cloudtrail import facts_of

__all__ = ["EventTimes"]

_MOST_KEPT = 100_000


class _Timed(msgspec.Struct, gc=False):
    event_time: Any = msgspec.field(name="eventTime", default=None)


_DECODER = msgspec.json.Decoder(_Timed)


class EventTimes:
    """Reads the time of the call out of records; most share it with others, so that it is parsed once."""

    def __init__(self) -> None:
        self._known: dict[Any, int | None] = {}

    def of(self, records: Sequence[bytes]) -> list[int | None]:
        """Returns when each call was made, None where a record names no usable time."""
        return [self._of(record) for record in records]

    def _of(self, record: bytes) -> int | None:
        try:
            text = _DECODER.decode(record).event_time
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return facts_of(record).event_time_ms
        if not isinstance(text, str):
            return None
        try:
            return self._known[text]
        except KeyError:
            pass
        # The facts know all the forms a time may have.
        at_ms = facts_of(msgspec.json.encode({"eventTime": text})).event_time_ms
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[text] = at_ms
        return at_ms
