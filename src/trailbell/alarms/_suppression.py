"""When the actions of a composite alarm are held back (metrics-and-alarms 11.3).

This is what AWS's user guide ("Suppressing composite alarm actions") documents, and captures of it show:

* A change of the composite alarm's state while the suppressor is in ALARM holds its actions back ("Alarm").
* A change at any other time starts the wait period ("WaitPeriod"), and discards a period that runs.
* The suppressor that enters ALARM during a period discards it, and holds the actions back ("Alarm").
* The suppressor that leaves ALARM while it holds actions back starts the extension period
  ("ExtensionPeriod").
* At the end of a period the actions of the state the composite alarm then has are taken, those of earlier
  changes never are.
* While nothing is held back, the suppressor's changes do nothing: actions that were taken stay taken.
* Another suppressor discards a period that runs.

All of it happens for alarms whose actions are disabled, too; `CompositeAlarm.actions_for` gives none then.
"""

from enum import StrEnum

import msgspec

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_change import ChildState
from trailbell.alarms._composite_reason import full_text
from trailbell.alarms._rule_reference import read_reference

__all__ = [
    "LATEST_END_MS",
    "SuppressedBy",
    "Suppression",
    "SuppressionStep",
    "end_period",
    "follow_suppressor",
    "suppress_change",
    "update_suppressor",
]


LATEST_END_MS = 2_000
"""How long after its end a period is ended at the latest.

The ticks of alarms come first: a suppressor that takes the whole of a wait period to enter ALARM is in time.
"""


class SuppressedBy(StrEnum):
    """What holds the actions back (ActionsSuppressedBy of DescribeAlarms)."""

    WAIT_PERIOD = "WaitPeriod"
    EXTENSION_PERIOD = "ExtensionPeriod"
    ALARM = "Alarm"


class Suppression(msgspec.Struct, frozen=True):
    """Whether the actions of a composite alarm's present state are held back, by what, and until when.

    `reason` is AWS's ActionsSuppressedReason, empty while nothing is held back.
    `due_ms` is when a period ends; it is None where there is nothing to wait for but the suppressor.
    """

    by: SuppressedBy | None = None
    reason: str = ""
    due_ms: int | None = None


class SuppressionStep(msgspec.Struct, frozen=True):
    """What holds after a step, and whether the actions of the alarm's present state are to be taken now."""

    suppression: Suppression
    takes_actions: bool


_TAKEN = SuppressionStep(Suppression(), takes_actions=True)


def suppress_change(alarm: CompositeAlarm, suppressor: ChildState | None, at_ms: int) -> SuppressionStep:
    """Returns what holds after the composite alarm changed its state at `at_ms`.

    What was held back for an earlier change is dropped.
    `suppressor` is the suppressor's state, None if the alarm has none or it does not exist.
    """
    if alarm.suppressor is None:
        return _TAKEN
    if suppressor is not None and suppressor.state == AlarmState.ALARM:
        return _held_by(suppressor)
    return _started(SuppressedBy.WAIT_PERIOD, alarm.suppressor_wait_seconds, at_ms)


def follow_suppressor(
    alarm: CompositeAlarm, suppression: Suppression, suppressor: ChildState | None, at_ms: int
) -> SuppressionStep:
    """Returns what holds after the suppressor changed its state at `at_ms`.

    One that was deleted (None) counts as one that has left ALARM.
    """
    if suppression.by is None:
        return SuppressionStep(suppression, takes_actions=False)
    if suppressor is not None and suppressor.state == AlarmState.ALARM:
        return _held_by(suppressor)
    if suppression.by == SuppressedBy.ALARM:
        return _started(SuppressedBy.EXTENSION_PERIOD, alarm.suppressor_extension_seconds, at_ms)
    return SuppressionStep(suppression, takes_actions=False)


def update_suppressor(
    before: CompositeAlarm, after: CompositeAlarm, suppression: Suppression, suppressor: ChildState | None
) -> SuppressionStep:
    """Returns what holds after the definition was replaced; `suppressor` is the state of the new suppressor.

    The same suppressor, by name or by ARN, changes nothing, and a period that runs keeps its end.
    Another one, or none, ends what held the actions back, unless it is in ALARM itself.
    AWS was seen to end it; that the actions are taken then, and not lost, is our reading of its guide.
    """
    if suppression.by is None or _name(before) == _name(after):
        return SuppressionStep(suppression, takes_actions=False)
    if after.suppressor is not None and suppressor is not None and suppressor.state == AlarmState.ALARM:
        return _held_by(suppressor)
    return _TAKEN


def end_period(suppression: Suppression, now_ms: int) -> SuppressionStep:
    """Returns what holds at `now_ms`: a wait or extension period that is due has ended.

    A period does not end by itself. A caller that judges alarms and ends periods at the same tick does so in
    this order: a suppressor that takes the whole wait period to enter ALARM then still comes in time.
    """
    if suppression.due_ms is None or now_ms < suppression.due_ms:
        return SuppressionStep(suppression, takes_actions=False)
    return _TAKEN


def _held_by(suppressor: ChildState) -> SuppressionStep:
    since = full_text(suppressor.transitioned_ms)
    reason = f"Actions suppressed by {suppressor.arn} that transitioned to ALARM at {since}"
    return SuppressionStep(Suppression(SuppressedBy.ALARM, reason), takes_actions=False)


def _started(period: SuppressedBy, seconds: int | None, at_ms: int) -> SuppressionStep:
    if not seconds:
        return _TAKEN
    held = Suppression(period, f"Actions suppressed by {period}", at_ms + seconds * 1000)
    return SuppressionStep(held, takes_actions=False)


def _name(alarm: CompositeAlarm) -> str | None:
    return None if alarm.suppressor is None else read_reference(alarm.suppressor).name
