"""Which subscriptions are worked on, each by a thread of its own, so that a dead receiver delays no other."""

import threading

import structlog

from trailbell._errors import TrailbellError
from trailbell.chain._clock import Clock
from trailbell.chain._deliver import Deliverer
from trailbell.chain._loops import Loop
from trailbell.chain._trouble import Troubles
from trailbell.store import Store

__all__ = ["DeliveryPool"]

_log = structlog.get_logger(__name__)

_MOST_AT_ONCE = 128
_LONGEST_WAIT_SECONDS = 60.0


class DeliveryPool(Loop):
    """Starts a worker for each subscription that has a message due; it ends when nothing more is due."""

    def __init__(self, store: Store, clock: Clock, deliverer: Deliverer, troubles: Troubles) -> None:
        super().__init__("deliver", troubles)
        self._store = store
        self._clock = clock
        self._deliverer = deliverer
        self._written = threading.Event()
        self._workers: dict[str, threading.Thread] = {}
        self._changing = threading.Lock()

    def wake(self) -> None:
        """Says that something was written to the outbox."""
        self._written.set()

    def stop(self) -> None:
        """Asks for the end after the attempts in hand."""
        super().stop()
        self._written.set()

    def join(self, timeout_seconds: float) -> bool:
        """Waits for the end of the loop and of the attempts in hand; False if one of them goes on."""
        if not super().join(timeout_seconds):
            return False
        with self._changing:
            workers = list(self._workers.values())
        for worker in workers:
            worker.join(timeout_seconds / len(workers))
        return not any(worker.is_alive() for worker in workers)

    def close(self) -> None:
        """Lets every connection go."""
        self._deliverer.close()

    def run(self) -> None:
        """Looks what is due, has it worked on, and sleeps until the next is due or something was written."""
        while not self.stopping.is_set():
            self._written.clear()
            now_ms = self._clock.now_ms()
            with self._changing:
                busy = set(self._workers)
            room = _MOST_AT_ONCE - len(busy)
            with self._store.read() as transaction:
                due = transaction.outbox.due(now_ms, busy, room) if room else []
                next_ms = transaction.outbox.next_due_ms(busy | set(due))
            for subscription_arn in due:
                self._start(subscription_arn)
            self.troubles.clear(self.name)
            wait = _LONGEST_WAIT_SECONDS
            # Without room the end of a worker is waited for, which wakes the loop.
            if next_ms is not None and len(busy) + len(due) < _MOST_AT_ONCE:
                wait = min(wait, max(0.0, (next_ms - self._clock.now_ms()) / 1000))
            self._written.wait(wait)

    def deliver_due(self) -> None:
        """Tries every message that is due now, once each, in this thread."""
        done: set[str] = set()
        while True:
            with self._store.read() as transaction:
                due = transaction.outbox.due(self._clock.now_ms(), done, _MOST_AT_ONCE)
            if not due:
                return
            for subscription_arn in due:
                self._work(subscription_arn)
                done.add(subscription_arn)

    def _start(self, subscription_arn: str) -> None:
        worker = threading.Thread(
            target=self._keep_working,
            args=(subscription_arn,),
            name=f"deliver {subscription_arn.rpartition(':')[2]}",
            daemon=True,
        )
        with self._changing:
            self._workers[subscription_arn] = worker
        worker.start()

    def _keep_working(self, subscription_arn: str) -> None:
        try:
            self._work(subscription_arn)
        except TrailbellError as error:
            self._report(str(error))
        except Exception as error:
            # A defect in one delivery must not end the others, and its lease brings the message back.
            _log.exception("delivery stopped short, will go on", subscription=subscription_arn)
            self._report(f"{type(error).__name__}: {error}")
        finally:
            with self._changing:
                del self._workers[subscription_arn]
            self._written.set()

    def _report(self, reason: str) -> None:
        self.troubles.report(self.name, reason)
        _log.error("delivery stopped short, will go on", reason=reason)
        # Not at once: what failed now fails again.
        self.stopping.wait(self.pause_seconds)

    def _work(self, subscription_arn: str) -> None:
        while not self.stopping.is_set():
            pause_seconds = self._deliverer.deliver_next(subscription_arn)
            if pause_seconds is None:
                return
            if pause_seconds:
                self.stopping.wait(pause_seconds)
