"""Writes messages for people to a terminal, or wherever standard output goes."""

import threading
from typing import TextIO

from trailbell.channels._contract import Outcome, OutcomeKind, OutgoingMessage

__all__ = ["TerminalChannel"]


class TerminalChannel:
    """A stream that gets the text of each message and a newline; it is not closed with the channel."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: OutgoingMessage) -> Outcome:
        """Writes the text; a stream that is closed or whose reader is gone refuses for good."""
        try:
            # A terminal that cannot show a character gets its escape rather than no alarm.
            encoding = self._stream.encoding or "utf-8"
            text = message.text.encode(encoding, "backslashreplace").decode(encoding)
            with self._lock:
                self._stream.write(f"{text}\n")
                self._stream.flush()
        except (BrokenPipeError, ValueError):
            return Outcome(OutcomeKind.REFUSED, "nobody reads this output any more")
        except OSError as error:
            return Outcome(OutcomeKind.RETRY, f"the output cannot be written to: {error.strerror}")
        return Outcome(OutcomeKind.DELIVERED, "written")

    def close(self) -> None:
        """Leaves the stream to its owner."""
