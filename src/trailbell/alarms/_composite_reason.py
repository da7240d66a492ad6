"""What AWS says about a change of a composite alarm: StateReason and StateReasonData (11.2)."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite_change import ChildState
from trailbell.alarms._instant import iso_text, moment

__all__ = ["DefinitionEvent", "child_reason", "definition_reason", "full_text", "triggers_json"]

_MOST_DATA_CHARACTERS = 4000
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class DefinitionEvent(StrEnum):
    """What was done to the definition of a composite alarm, so that its rule has to be evaluated."""

    CREATED = "was created and its alarm rule"
    UPDATED = "was updated and its new alarm rule"


def full_text(at_ms: int) -> str:
    """Returns the form of composite reasons and mails: `Monday 14 September, 2026 11:18:52 UTC`."""
    at = moment(at_ms)
    day = f"{_WEEKDAYS[at.weekday()]} {at.day:02d} {_MONTHS[at.month - 1]}, {at.year}"
    return f"{day} {at.hour:02d}:{at.minute:02d}:{at.second:02d} UTC"


def child_reason(child: ChildState) -> str:
    """Returns the reason of a change that a child's change led to."""
    return f"{child.arn} transitioned to {child.state} at {full_text(child.transitioned_ms)}"


def definition_reason(arn: str, event: DefinitionEvent, state: AlarmState) -> str:
    """Returns the reason of a change that the definition led to; `arn` is the composite alarm's."""
    return f"{arn} {event} evaluates to {state}"


def triggers_json(triggering: Sequence[ChildState]) -> str:
    """Returns the StateReasonData, JSON text of at most 4,000 characters: as many children as fit."""
    written: list[str] = []
    room = _MOST_DATA_CHARACTERS - len('{"triggeringAlarms":[]}')
    for child in triggering:
        state = {"value": child.state, "timestamp": iso_text(child.transitioned_ms)}
        text = msgspec.json.encode({"arn": child.arn, "state": state}).decode()
        room -= len(text) + 1
        # The limit is SetAlarmState's; what AWS does at it is not recorded.
        if room < 0:
            break
        written.append(text)
    return f'{{"triggeringAlarms":[{",".join(written)}]}}'
