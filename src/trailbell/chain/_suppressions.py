"""Taking the actions of composite alarms, or holding them back, and ending what holds them back in time."""

from msgspec.structs import replace

from trailbell.alarms import (
    LATEST_END_MS,
    AlarmState,
    SuppressionStep,
    end_period,
    follow_suppressor,
    suppress_change,
    update_suppressor,
)
from trailbell.chain._announce import Announcer
from trailbell.chain._composite_reading import behind, standing_of, suppressor_of
from trailbell.evidence import Evidence
from trailbell.settings import Settings
from trailbell.store import Store, StoredComposite, Transaction

__all__ = ["Suppressions"]

_NOT_LOOKED = 0


class Suppressions:
    """What holds the actions of composite alarms back.

    Args:
        store: Where it is kept; every call in a transaction is in one that writes.
        settings: The account and the region.
        announcer: Takes the actions.
    """

    def __init__(self, store: Store, settings: Settings, announcer: Announcer) -> None:
        self._store = store
        self._settings = settings
        self._announcer = announcer
        # When the next period ends, so that no look into the store is needed before; None if none runs.
        # It may be too early, after a transaction that was undone, but never too late.
        self._next_ms: int | None = _NOT_LOOKED

    def move(self, transaction: Transaction, moved: StoredComposite, evidence: Evidence, now_ms: int) -> None:
        """Takes the actions of a composite alarm that has just moved, or holds them back."""
        alarm = moved.definition
        suppressor = standing_of(transaction, self._settings, suppressor_of(alarm, self._settings))
        self._take(transaction, moved, suppress_change(alarm, suppressor, now_ms), now_ms, evidence=evidence)

    def follow(self, transaction: Transaction, name: str, now_ms: int) -> None:
        """Does what follows for a composite alarm from a move of its suppressor."""
        stored = transaction.composites.find(name)
        if stored is None:
            return
        alarm = stored.definition
        suppressor = standing_of(transaction, self._settings, suppressor_of(alarm, self._settings))
        step = follow_suppressor(alarm, stored.suppression, suppressor, now_ms)
        self._take(transaction, stored, step, now_ms)

    def update(
        self, transaction: Transaction, before: StoredComposite, after: StoredComposite, now_ms: int
    ) -> None:
        """Does what follows from a new definition with, perhaps, another suppressor."""
        alarm = after.definition
        suppressor = standing_of(transaction, self._settings, suppressor_of(alarm, self._settings))
        step = update_suppressor(before.definition, alarm, after.suppression, suppressor)
        self._take(transaction, after, step, now_ms)

    def end_periods(self, until_ms: int, now_ms: int) -> bool:
        """Ends the periods that were over by an instant, and takes the actions; True if there were any."""
        if self._next_ms is None or until_ms < self._next_ms:
            return False
        try:
            with self._store.write() as transaction:
                is_any = self._end(transaction, until_ms, now_ms)
                self._next_ms = transaction.composites.next_due_ms()
        except BaseException:
            self._next_ms = _NOT_LOOKED
            raise
        return is_any

    def end_overdue(self, transaction: Transaction, now_ms: int) -> None:
        """Ends the periods that should have ended some time ago, as when the server did not run."""
        until_ms = now_ms - LATEST_END_MS
        if self._next_ms is not None and self._next_ms <= until_ms:
            self._end(transaction, until_ms, now_ms)

    def _end(self, transaction: Transaction, until_ms: int, now_ms: int) -> bool:
        due = transaction.composites.due(until_ms)
        for stored in due:
            # AWS dates the end of a period by when it was to end.
            ended_ms = stored.suppression.due_ms
            self._take(transaction, stored, end_period(stored.suppression, until_ms), now_ms, ended_ms)
        return bool(due)

    def _take(
        self,
        transaction: Transaction,
        stored: StoredComposite,
        step: SuppressionStep,
        now_ms: int,
        at_ms: int | None = None,
        evidence: Evidence | None = None,
    ) -> None:
        """Writes what holds after a step, and takes the actions of the present state if it is time."""
        change = stored.held
        after = replace(stored, suppression=step.suppression)
        if step.suppression.by is not stored.suppression.by:
            after = replace(after, state_updated_ms=now_ms if at_ms is None else at_ms)
        if step.takes_actions and change is not None:
            after = replace(after, held=None)
            if change.new_state is AlarmState.ALARM:
                after = replace(after, told_ms=max(change.at_ms + self._announcer.gather_ms, now_ms))
            who = behind(transaction, self._settings, stored, now_ms) if evidence is None else evidence
            # By the definition as it is now: its actions may be others than when they were held back.
            change = replace(change, alarm=stored.definition)
            self._announcer.announce(transaction, change, after, who, now_ms)
        if after != stored:
            transaction.composites.set_state(after)
        due_ms = step.suppression.due_ms
        if due_ms is not None and (self._next_ms is None or due_ms < self._next_ms):
            self._next_ms = due_ms
