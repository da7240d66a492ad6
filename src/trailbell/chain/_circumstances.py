"""What a change of state leaves unsaid: that nobody looked for a while, or that data came late."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from trailbell.alarms import AlarmState
from trailbell.chain._instants import instant_text
from trailbell.chain._seen import LateSlot

__all__ = ["Circumstances", "LateData"]

_MOST_LISTED = 10


class LateData(msgspec.Struct, frozen=True):
    """Data that came after an evaluation had judged its slots.

    ``state_then`` is the state to which that evaluation would have come with what is stored now.
    """

    judged_ms: int
    slots: Sequence[LateSlot]
    state_then: AlarmState


class Circumstances(msgspec.Struct, frozen=True):
    """What is to be said of one change of state.

    Attributes:
        judged_ms: As of when the alarm was judged.
        new_state: What came of it.
        gap_since_ms: When it was judged before, where that is longer ago than two of its ticks.
        set_back_ms: How far the clock was set back since the alarm was judged before; 0 for not at all.
        late: The late data.
    """

    judged_ms: int
    new_state: AlarmState
    gap_since_ms: int | None = None
    set_back_ms: int = 0
    late: LateData | None = None

    def member(self) -> dict[str, object] | None:
        """Returns the ``Trailbell`` member of a history item; None where there is nothing to say.

        ``note`` says it in words. Instants are in UTC, spans in seconds, slots by their start.
        """
        told: dict[str, object] = {}
        notes = []
        if self.gap_since_ms is not None:
            notes.append(self._gap_note(self.gap_since_ms))
            told["gap"] = {
                "judgedBefore": instant_text(self.gap_since_ms),
                "seconds": (self.judged_ms - self.gap_since_ms) / 1000,
            }
        if self.set_back_ms:
            notes.append(
                f"The clock was set back by {_span(self.set_back_ms)}, and alarms are judged by the new time."
            )
            told["clockSetBack"] = {"seconds": self.set_back_ms / 1000}
        if self.late is not None:
            notes.append(self._late_note(self.late))
            told["lateData"] = _late_member(self.late)
        return {"version": 1, "note": " ".join(notes), **told} if told else None

    def _gap_note(self, since_ms: int) -> str:
        return (
            f"Not judged for {_span(self.judged_ms - since_ms)}, since {instant_text(since_ms)}: "
            "what its state would have been in between is not known."
        )

    def _late_note(self, late: LateData) -> str:
        number = len(late.slots)
        periods, them = ("1 period", "it") if number == 1 else (f"{number} periods", "them")
        arrived = f"data of {periods} came after the evaluation of {instant_text(late.judged_ms)}"
        if late.state_then is self.new_state:
            return f"Late data: {arrived}, which would have come to {self.new_state} with it."
        return f"Late data: {arrived} had judged {them}."


def _late_member(late: LateData) -> dict[str, object]:
    return {
        "judgedBefore": instant_text(late.judged_ms),
        "stateWithIt": late.state_then,
        "slotCount": len(late.slots),
        "slots": [
            {
                "start": instant_text(each.start_ms),
                "sampleCountThen": each.count_then,
                "sampleCount": each.count,
            }
            for each in late.slots[:_MOST_LISTED]
        ],
    }


def _span(span_ms: int) -> str:
    """Writes a length of time: ``1 day, 2:00:05``."""
    return str(timedelta(seconds=span_ms // 1000))
