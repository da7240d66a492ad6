"""Verifications of the running chain: started by order, followed, and taken back when they are over."""

import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec
import structlog
from msgspec.structs import replace

from trailbell.chain._clock import Clock
from trailbell.chain._errors import ChainError, UnknownVerificationError
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._loops import Loop
from trailbell.chain._set_up import LOG_GROUP
from trailbell.chain._trouble import Troubles
from trailbell.chain._verification import (
    Stopped,
    Verification,
    VerificationLink,
    VerificationState,
    as_stored,
    from_stored,
)
from trailbell.chain._verification_removal import VerificationRemoval
from trailbell.chain._verification_steps import follow
from trailbell.metrics import MetricKey
from trailbell.settings import Settings
from trailbell.sources import SourceError, place_file
from trailbell.store import Store, StoredSource

__all__ = ["VerificationLoop", "VerificationOrder", "Verifications"]

_log = structlog.get_logger(__name__)

_LOOK_SECONDS = 0.1
_IDLE_SECONDS = 60.0
_LONGEST_MS = 3_600_000


class VerificationOrder(msgspec.Struct, frozen=True):
    """A verification to begin.

    id: the id of its event. file_name and content: the file that holds it.
    control, filter_name and alarm_name: the control it is of, and what that is watched by.
    """

    id: str
    control: str
    filter_name: str
    alarm_name: str
    file_name: str
    content: bytes
    timeout_ms: int


class Verifications:
    """Proofs of the chain, one at a time.

    Args:
        store: Where everything is kept.
        clock: The time.
        settings: The account and the region.
        sources: The sources that are read.
        evaluator: Sets alarms back.
        look: Has alarms on metrics judged by what is there.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        sources: Sequence[StoredSource],
        evaluator: Evaluator,
        look: Callable[[Collection[MetricKey]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._sources = tuple(sources)
        self._removal = VerificationRemoval(store, clock, evaluator, look)
        self._changing = threading.Lock()
        self._begun = threading.Event()
        self.account_id = settings.account_id
        self.region = settings.region

    def start(self, order: VerificationOrder) -> Verification:
        """Puts the file of an event into the first source that can be written to.

        Raises:
            ChainError: Another verification is not over yet, or the timeout is out of bounds.
        """
        if not 1000 <= order.timeout_ms <= _LONGEST_MS:
            raise ChainError(f"the timeout must be from 1 to {_LONGEST_MS // 1000} seconds")
        with self._changing:
            with self._store.read() as transaction:
                others = transaction.verifications.unfinished()
            if others:
                raise ChainError(
                    f"verification {others[0].id} is not over yet: wait for its end, as two would disturb "
                    "each other"
                )
            verification = self._placed(order)
        self._begun.set()
        return verification

    def find(self, verification_id: str) -> Verification:
        """Finds a verification as it was last seen.

        Raises:
            UnknownVerificationError: There is none of this id, or it is forgotten by now.
        """
        with self._store.read() as transaction:
            stored = transaction.verifications.find(verification_id)
        if stored is None:
            raise UnknownVerificationError(verification_id)
        return from_stored(stored)

    def advance(self) -> bool:
        """Looks how far the running verification has got, and ends it; False if there is none."""
        with self._changing:
            with self._store.write() as transaction:
                unfinished = transaction.verifications.unfinished()
                if not unfinished:
                    return False
                before = from_stored(unfinished[0])
                after = before
                if before.state is VerificationState.RUNNING:
                    after = follow(transaction, before, LOG_GROUP, self._clock.now_ms())
                if after != before:
                    transaction.verifications.put(as_stored(after, is_open=unfinished[0].is_open))
            if after.state is not VerificationState.RUNNING:
                self._removal.remove(after)
            return True

    def remove_leftovers(self) -> None:
        """Takes back what verifications have put in that a dead process did not end."""
        with self._changing:
            with self._store.read() as transaction:
                unfinished = transaction.verifications.unfinished()
            for each in unfinished:
                verification = from_stored(each)
                if verification.state is VerificationState.RUNNING:
                    verification = replace(
                        verification,
                        state=VerificationState.STOPPED,
                        ended_ms=self._clock.now_ms(),
                        stopped=Stopped(
                            verification.next_link or VerificationLink.SUBSCRIPTION,
                            "The server ended while the event was on its way.",
                            "Run `trailbell verify` again.",
                        ),
                    )
                self._removal.remove(verification)

    def wait_for_work(self, seconds: float) -> None:
        """Waits until a verification is started, or for a while."""
        self._begun.wait(seconds)
        self._begun.clear()

    def wake(self) -> None:
        """Ends a wait."""
        self._begun.set()

    def _placed(self, order: VerificationOrder) -> Verification:
        verification = Verification(
            id=order.id,
            control=order.control,
            filter_name=order.filter_name,
            alarm_name=order.alarm_name,
            file_name=order.file_name,
            started_ms=self._clock.now_ms(),
            timeout_ms=order.timeout_ms,
        )
        refused = []
        for source in self._sources:
            at_source = replace(verification, source=source.location, source_id=source.id)
            # On record before it is there, so that it is known for what it is whenever it is read.
            self._put(at_source, is_open=True)
            try:
                place_file(Path(source.location), order.file_name, order.content)
            except SourceError as error:
                refused.append(str(error))
                continue
            _log.info("verification begun", id=order.id, control=order.control, file=order.file_name)
            return at_source
        reason = f"No file can be put into a source. {'; '.join(refused)}"
        advice = "Let the server's user write to the folder, for as long as it verifies."
        if not self._sources:
            reason = "The server has no source."
            advice = "Start it with --source FOLDER."
        stopped = replace(
            verification,
            state=VerificationState.STOPPED,
            stopped=Stopped(VerificationLink.SOURCE, reason, advice),
            ended_ms=self._clock.now_ms(),
            is_removed=True,
        )
        self._put(stopped, is_open=False, removed_ms=self._clock.now_ms())
        return stopped

    def _put(self, verification: Verification, *, is_open: bool, removed_ms: int | None = None) -> None:
        with self._store.write() as transaction:
            transaction.verifications.put(as_stored(verification, is_open=is_open, removed_ms=removed_ms))


class VerificationLoop(Loop):
    """Follows the verification that runs, closely, and sleeps while there is none."""

    def __init__(self, verifications: Verifications, troubles: Troubles) -> None:
        super().__init__("verification", troubles)
        self._verifications = verifications

    def run(self) -> None:
        """Follows what runs until it is over, then waits for the next."""
        while not self.stopping.is_set():
            is_running = self._verifications.advance()
            self.troubles.clear(self.name)
            if is_running:
                self.stopping.wait(_LOOK_SECONDS)
            else:
                self._verifications.wait_for_work(_IDLE_SECONDS)

    def stop(self) -> None:
        """Asks for the end after the step in hand."""
        super().stop()
        self._verifications.wake()
