"""Which alarm notifies once an alarm on a metric has rung: itself, or a composite alarm that stands on it."""

from collections.abc import Iterator

import msgspec

from trailbell.alarms import AlarmState
from trailbell.store import StoredAlarm, StoredComposite, Transaction

__all__ = ["Notifier", "notifier_of"]


class Notifier(msgspec.Struct, frozen=True):
    """An alarm with actions for ALARM; ``waits_for`` says why they have not been taken, or is empty."""

    name: str
    actions: tuple[str, ...]
    moved_ms: int
    waits_for: str = ""


def notifier_of(transaction: Transaction, alarm: StoredAlarm, since_ms: int) -> Notifier | None:
    """Finds who notifies of an alarm that rang since an instant; None where nobody does.

    Of several composite alarms it is one that has taken its actions, where there is one.
    """
    definition = alarm.definition
    actions = definition.actions_for(AlarmState.ALARM)
    if actions:
        return Notifier(definition.name, actions, alarm.state_updated_ms)
    above = [_of_composite(each, since_ms) for each in _composites_on(transaction, definition.name)]
    return min((each for each in above if each.actions), key=lambda each: bool(each.waits_for), default=None)


def _of_composite(stored: StoredComposite, since_ms: int) -> Notifier:
    name, actions = stored.definition.name, stored.definition.actions_for(AlarmState.ALARM)
    moved_ms = stored.state_transitioned_ms
    waits_for = ""
    if stored.state is not AlarmState.ALARM:
        waits_for = f"it is in {stored.state}"
    elif moved_ms < since_ms:
        waits_for = "it was in ALARM already"
    elif stored.held is not None:
        waits_for = f"its actions are suppressed: {stored.suppression.reason}"
    return Notifier(name, actions, moved_ms, waits_for)


def _composites_on(transaction: Transaction, name: str) -> Iterator[StoredComposite]:
    """Yields the composite alarms that mention an alarm, and those that mention these, each once."""
    seen: set[str] = set()
    waiting = {name}
    while waiting:
        waiting = set(transaction.composites.parents(waiting)) - seen
        seen |= waiting
        for each in sorted(waiting):
            stored = transaction.composites.find(each)
            if stored is not None:
                yield stored
