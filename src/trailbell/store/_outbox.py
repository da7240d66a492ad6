"""Messages promised to subscriptions, written with the state change that caused them.

A row is taken under a lease (its due time moves into the future), so that a crash while sending
brings it back by itself: at least once, and the attempt is on record.
"""

import enum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from trailbell.alarms import StateChange
from trailbell.store._schema import delivery_attempt, outbox
from trailbell.topics import NoticeKind

__all__ = ["Attempt", "DeliveryState", "NewMessage", "Outbox", "OutboxMessage"]


class DeliveryState(enum.StrEnum):
    """Where a message stands: DEAD means given up, and stays visible."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class NewMessage(msgspec.Struct, frozen=True):
    """A message to write.

    evidence_start_ms: where the evidence for people begins; None takes none.
    body: the message for programs; text for people is written when it is first sent.
    """

    message_id: str
    subscription_arn: str
    kind: NoticeKind
    change: StateChange
    evidence_start_ms: int | None
    subject: str
    body: str
    created_ms: int
    due_ms: int


class OutboxMessage(NewMessage, frozen=True):
    """A message as it is kept."""

    id: int = 0
    text: str = ""
    attempts: int = 0
    state: DeliveryState = DeliveryState.PENDING
    detail: str = ""


class Attempt(msgspec.Struct, frozen=True):
    """What came of one try; ``retry_ms`` is the next instant to try, where there is one."""

    at_ms: int
    state: DeliveryState
    detail: str
    retry_ms: int | None = None


class Outbox:
    """The transactional outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: NewMessage) -> None:
        """Promises a message."""
        values = msgspec.structs.asdict(message)
        values["kind"] = message.kind.value
        values["change"] = msgspec.json.encode(message.change).decode()
        self._connection.execute(
            insert(outbox).values(text="", attempts=0, state=DeliveryState.PENDING.value, detail="", **values)
        )

    def claim(self, subscription_arn: str, now_ms: int, lease_ms: int) -> OutboxMessage | None:
        """Takes the next message due for a subscription, and counts the attempt."""
        row = self._connection.execute(
            select(outbox)
            .where(
                outbox.c.subscription_arn == subscription_arn,
                outbox.c.state == DeliveryState.PENDING.value,
                outbox.c.due_ms <= now_ms,
            )
            .order_by(outbox.c.due_ms, outbox.c.id)
            .limit(1)
        ).first()
        if row is None:
            return None
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(due_ms=now_ms + lease_ms, attempts=row.attempts + 1)
        )
        return msgspec.structs.replace(_message(row), attempts=row.attempts + 1)

    def keep_text(self, message_id: int, text: str) -> None:
        """Keeps the text written for people, so that every retry says the same."""
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(text=text))

    def finish(self, message_id: int, attempt: Attempt) -> None:
        """Records what came of an attempt."""
        values: dict[str, object] = {"state": attempt.state.value, "detail": attempt.detail}
        if attempt.retry_ms is not None:
            values["due_ms"] = attempt.retry_ms
        if attempt.state is not DeliveryState.PENDING:
            values["finished_ms"] = attempt.at_ms
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(values))
        self._connection.execute(
            insert(delivery_attempt).values(
                outbox_id=message_id,
                at_ms=attempt.at_ms,
                outcome="retry" if attempt.state is DeliveryState.PENDING else attempt.state.value,
                detail=attempt.detail,
            )
        )

    def next_due_ms(self, subscription_arn: str) -> int | None:
        """When the subscription's next message is due; None if it has none."""
        return self._connection.execute(
            select(func.min(outbox.c.due_ms)).where(
                outbox.c.subscription_arn == subscription_arn,
                outbox.c.state == DeliveryState.PENDING.value,
            )
        ).scalar()

    def release(self, now_ms: int) -> None:
        """Makes every message that waits due at once, leases of a dead process included."""
        self._connection.execute(
            update(outbox)
            .where(outbox.c.state == DeliveryState.PENDING.value, outbox.c.attempts > 0)
            .values(due_ms=now_ms)
        )

    def bury_orphans(self, subscription_arns: list[str], now_ms: int) -> int:
        """Gives up messages whose subscription is gone; returns how many."""
        done = self._connection.execute(
            update(outbox)
            .where(
                outbox.c.state == DeliveryState.PENDING.value,
                outbox.c.subscription_arn.not_in(subscription_arns),
            )
            .values(state=DeliveryState.DEAD.value, detail="the subscription is gone", finished_ms=now_ms)
        )
        return done.rowcount

    def counts(self) -> dict[DeliveryState, int]:
        """Counts the messages by state."""
        found = self._connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
        counted = {DeliveryState(state): number for state, number in found}
        return {state: counted.get(state, 0) for state in DeliveryState}


def _message(row: Row[Any]) -> OutboxMessage:
    return OutboxMessage(
        message_id=row.message_id,
        subscription_arn=row.subscription_arn,
        kind=NoticeKind(row.kind),
        change=msgspec.json.decode(row.change, type=StateChange),
        evidence_start_ms=row.evidence_start_ms,
        subject=row.subject,
        body=row.body,
        created_ms=row.created_ms,
        due_ms=row.due_ms,
        id=row.id,
        text=row.text,
        attempts=row.attempts,
        state=DeliveryState(row.state),
        detail=row.detail,
    )
