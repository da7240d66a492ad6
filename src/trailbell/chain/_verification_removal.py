"""Taking back what a verification has put in: its file, its data, messages that wait, its alarm's state."""

import contextlib
from collections.abc import Callable, Collection
from pathlib import Path

import structlog
from msgspec.structs import replace

from trailbell._errors import RequestRefusedError
from trailbell.alarms import AlarmState
from trailbell.chain._clock import Clock
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._verification import AddedData, Verification, as_stored, from_stored
from trailbell.metrics import MetricKey
from trailbell.sources import SourceError, take_file_away
from trailbell.store import Store, Transaction

__all__ = ["VerificationRemoval"]

_log = structlog.get_logger(__name__)

_GIVEN_UP = "the verification that it was made for is over"
_SET_BACK = "Set back after verification {id}: its event was made up, and its data has been removed."


class VerificationRemoval:
    """Takes back; may be interrupted anywhere and done again.

    Args:
        store: Where everything is kept.
        clock: The time.
        evaluator: Sets alarms back.
        look: Has alarms on metrics judged by what remains, where that is not left to the tick.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        evaluator: Evaluator,
        look: Callable[[Collection[MetricKey]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._evaluator = evaluator
        self._look = look

    def remove(self, verification: Verification) -> Verification:
        """Takes all back; returns the verification with what could not be."""
        verification = self._remove_data(verification)
        verification = replace(verification, left=tuple(self._remove_file(verification)))
        for name, moved_ms in verification.set_back.items():
            self._set_back(verification, name, moved_ms)
        if verification.added is not None:
            # Data of others that came meanwhile must ring as if nothing had been here.
            self._look(verification.added.metrics)
            for name in verification.set_back:
                self._evaluator.ring_for_the_past(name, verification.added.start_ms)
        verification = replace(verification, is_removed=True)
        with self._store.write() as transaction:
            removed_ms = self._clock.now_ms()
            transaction.verifications.put(as_stored(verification, is_open=False, removed_ms=removed_ms))
        _log.info("verification over", id=verification.id, state=verification.state, left=verification.left)
        return verification

    def _remove_data(self, verification: Verification) -> Verification:
        """Takes back all that is in the database, and closes the verification to its file."""
        with self._evaluator.resting(), self._store.write() as transaction:
            stored = transaction.verifications.find(verification.id)
            if stored is not None:
                # Its file may have been taken in since it was looked at.
                verification = replace(verification, added=from_stored(stored).added)
            added = verification.added
            if added is not None and stored is not None and stored.is_open:
                transaction.events.delete(verification.id, verification.file_name)
                transaction.log_batches.delete_numbered(added.batches, added.at_ms)
                transaction.sources.forget_counted(added.identities)
                transaction.datapoints.take_back(added.metrics, added.start_ms)
                set_back = _moved(transaction, added)
                self._give_up_messages(transaction, set_back, added)
                notes = _others(transaction, set_back)
                verification = replace(verification, set_back=set_back, notes=(*verification.notes, *notes))
            transaction.verifications.put(as_stored(verification, is_open=False))
        return verification

    def _give_up_messages(self, transaction: Transaction, names: Collection[str], added: AddedData) -> None:
        numbers = [
            each.id for name in names for each in transaction.outbox.promises(name, added.newest_message)
        ]
        transaction.outbox.bury_messages(numbers, self._clock.now_ms(), _GIVEN_UP)

    def _remove_file(self, verification: Verification) -> list[str]:
        if verification.source_id is None:
            return []
        try:
            take_file_away(Path(verification.source), verification.file_name)
        except SourceError as error:
            return [f"The file stays, and is not read again: {error}."]
        return []

    def _set_back(self, verification: Verification, name: str, moved_ms: int) -> None:
        with self._store.read() as transaction:
            stored = transaction.alarms.find(name)
        # One that has moved since has done so by other data.
        if stored is None or stored.state is not AlarmState.ALARM or stored.state_updated_ms != moved_ms:
            return
        state = AlarmState.OK if verification.added is None else verification.added.states[name]
        # It may be deleted just now.
        with contextlib.suppress(RequestRefusedError):
            self._evaluator.set_state(name, state, _SET_BACK.format(id=verification.id), "")


def _moved(transaction: Transaction, added: AddedData) -> dict[str, int]:
    """Finds the alarms that went to ALARM since the data was added, with the instant of their move."""
    moved = {}
    for name, before in added.states.items():
        stored = transaction.alarms.find(name)
        if (
            stored is not None
            and before is not AlarmState.ALARM
            and stored.state is AlarmState.ALARM
            and stored.state_updated_ms >= added.at_ms
        ):
            moved[name] = stored.state_updated_ms
    return moved


def _others(transaction: Transaction, names: Collection[str]) -> list[str]:
    """Tells of the events of others behind alarms that are set back."""
    notes = []
    for name in names:
        stored = transaction.alarms.find(name)
        if stored is None or stored.episode_start_ms is None:
            continue
        # The end lies behind all data there is.
        span = (stored.episode_start_ms, 2**62)
        total = sum(
            transaction.datapoints.evidence_within(metric, [span]).total
            for metric in stored.definition.watched
        )
        if total:
            events = "1 other event" if total == 1 else f"{total} other events"
            notes.append(f"{events} came in meanwhile: alarm {name} is judged anew by what remains.")
    return notes
