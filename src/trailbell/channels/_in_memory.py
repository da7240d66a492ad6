"""A channel that keeps what it is given, for tests and demonstrations."""

from collections.abc import Iterable

from trailbell.channels._contract import Outcome, OutcomeKind, OutgoingMessage

__all__ = ["MemoryChannel"]


class MemoryChannel:
    """Keeps every message tried; answers with the outcomes given, in order, and then with ``delivered``."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self.tried: list[OutgoingMessage] = []
        self.is_closed = False
        self._outcomes = iter(outcomes)

    def send(self, message: OutgoingMessage) -> Outcome:
        """Keeps the message and answers the next outcome."""
        self.tried.append(message)
        return next(self._outcomes, Outcome(OutcomeKind.DELIVERED, "kept in memory"))

    def close(self) -> None:
        """Notes that it was closed."""
        self.is_closed = True
