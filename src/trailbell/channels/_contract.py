"""What a channel promises to whoever hands it messages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

__all__ = ["Channel", "Outcome", "OutcomeKind", "OutgoingMessage"]


class OutgoingMessage(msgspec.Struct, frozen=True):
    """One message for one receiver.

    ``body`` is JSON for programs and ``text`` is for people, with hostile characters escaped already.
    ``message_id`` stays the same over all tries, so that a receiver can tell a repetition.
    ``headers`` and ``content_type`` go along where SNS's own form is sent, ``headers`` with mail too;
    ``sender_name`` is whom mail names as its sender. Webhooks and the terminal have their own form.
    """

    message_id: str
    subject: str
    body: str
    text: str
    attributes: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    content_type: str = "text/plain; charset=UTF-8"
    sender_name: str = ""


class OutcomeKind(StrEnum):
    """What became of one try."""

    DELIVERED = "delivered"
    RETRY = "retry"
    REFUSED = "refused"


class Outcome(msgspec.Struct, frozen=True):
    """What became of one try, and why.

    ``detail`` is safe to show: it holds no path, query or credential of a URL and nothing the receiver wrote.
    ``retry_after_seconds`` is what the receiver asked for, where it did. ``is_unreachable`` says that no
    connection came about, which a time-out is not: the receiver may just be slow.
    """

    kind: OutcomeKind
    detail: str
    status: int | None = None
    retry_after_seconds: int | None = None
    is_unreachable: bool = False


class Channel(Protocol):
    """A way to one receiver.

    * One call is one try: nothing is repeated here, when to try again is for the caller to decide.
    * ``retry`` says that the same message may arrive later, ``refused`` that it never will.
    * A try may have arrived although it says ``retry``: delivery is at least once.
    """

    def send(self, message: OutgoingMessage) -> Outcome:
        """Tries once; may be called from several threads and never raises for what goes wrong on the way."""
        ...

    def close(self) -> None:
        """Gives connections back; nothing is sent afterwards."""
        ...
