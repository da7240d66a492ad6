"""Messages promised to subscriptions, written with the state change that caused them.

A row is taken under a lease (its due time moves into the future), so that a crash while sending
brings it back by itself: at least once, and the attempt is on record.
"""

import enum
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, case, delete, func, insert, select, update

from trailbell.alarms import CompositeChange, StateChange
from trailbell.store._schema import delivery_attempt, outbox, subscription
from trailbell.topics import NoticeKind

__all__ = ["Attempt", "DeliveryState", "NewMessage", "Outbox", "OutboxMessage", "Promise"]


_CHANGE = func.coalesce(outbox.c.composite_change, outbox.c.change)


class DeliveryState(enum.StrEnum):
    """Where a message stands: DEAD means given up, and stays visible."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class NewMessage(msgspec.Struct, frozen=True):
    """A message to write.

    change: the change behind it, of an alarm on a metric or of a composite one; None for a confirmation or
        for what somebody published.
    evidence_start_ms: where the evidence for people begins; None takes none.
    body: the message for programs; text for people about an alarm is written when it is first sent.
    attributes: message attributes as JSON text, by SNS's names.
    token: what confirms the subscription, in a confirmation.
    """

    message_id: str
    subscription_arn: str
    topic_arn: str
    kind: NoticeKind
    subject: str
    body: str
    created_ms: int
    due_ms: int
    change: StateChange | CompositeChange | None = None
    evidence_start_ms: int | None = None
    attributes: str = "{}"
    token: str = ""


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


class Promise(msgspec.Struct, frozen=True):
    """How a message to one subscription stands; ``tries`` are those of which the outcome is known."""

    id: int
    subscription_arn: str
    topic_arn: str
    state: DeliveryState
    detail: str
    tries: int
    finished_ms: int | None


class Outbox:
    """The transactional outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: NewMessage) -> int:
        """Promises a message; returns its row number."""
        values = msgspec.structs.asdict(message)
        values["kind"] = message.kind.value
        # In columns of their own: what kind of change a row tells of need not be guessed from its JSON.
        is_composite = isinstance(message.change, CompositeChange)
        change = msgspec.json.encode(message.change).decode()
        values["change"], values["composite_change"] = ("null", change) if is_composite else (change, None)
        made = self._connection.execute(
            insert(outbox)
            .values(text="", attempts=0, state=DeliveryState.PENDING.value, detail="", **values)
            .returning(outbox.c.id)
        )
        return int(made.scalar_one())

    def claim(self, subscription_arn: str, now_ms: int, lease_ms: int) -> OutboxMessage | None:
        """Takes the next message due for a subscription, and counts the attempt."""
        found = self._connection.execute(
            select(outbox.c.id)
            .where(
                outbox.c.subscription_arn == subscription_arn,
                outbox.c.state == DeliveryState.PENDING.value,
                outbox.c.due_ms <= now_ms,
            )
            .order_by(outbox.c.due_ms, outbox.c.id)
            .limit(1)
        ).scalar()
        return None if found is None else self.take(found, now_ms, lease_ms)

    def take(self, message_id: int, now_ms: int, lease_ms: int) -> OutboxMessage | None:
        """Takes one message that waits, due or not, and counts the attempt."""
        row = self._connection.execute(
            select(outbox).where(outbox.c.id == message_id, outbox.c.state == DeliveryState.PENDING.value)
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
            # What confirms a subscription is no longer needed here, and a secret should not lie about.
            values["token"] = ""
        if attempt.state is DeliveryState.DELIVERED:
            # What others published may be large, and belongs to its receiver now.
            is_published = outbox.c.kind == NoticeKind.PUBLISHED.value
            values["body"] = case((is_published, ""), else_=outbox.c.body)
            values["attributes"] = case((is_published, "{}"), else_=outbox.c.attributes)
        changed = update(outbox).where(outbox.c.id == message_id)
        if attempt.state is DeliveryState.PENDING:
            # One that was given up during the attempt is not tried again.
            changed = changed.where(outbox.c.state == DeliveryState.PENDING.value)
        self._connection.execute(changed.values(values))
        self._connection.execute(
            insert(delivery_attempt).values(
                outbox_id=message_id,
                at_ms=attempt.at_ms,
                outcome="retry" if attempt.state is DeliveryState.PENDING else attempt.state.value,
                detail=attempt.detail,
            )
        )

    def due(self, now_ms: int, busy: Collection[str], limit: int) -> list[str]:
        """Lists subscriptions with a message that is due, those left out that somebody works on."""
        found = self._connection.execute(
            select(outbox.c.subscription_arn)
            .where(
                outbox.c.state == DeliveryState.PENDING.value,
                outbox.c.due_ms <= now_ms,
                outbox.c.subscription_arn.not_in(busy),
            )
            .distinct()
            .limit(limit)
        )
        return list(found.scalars())

    def next_due_ms(self, busy: Collection[str] = ()) -> int | None:
        """When the next message is due, subscriptions left out that somebody works on; None if none waits."""
        return self._connection.execute(
            select(func.min(outbox.c.due_ms)).where(
                outbox.c.state == DeliveryState.PENDING.value, outbox.c.subscription_arn.not_in(busy)
            )
        ).scalar()

    def find(self, message_id: int) -> OutboxMessage | None:
        """Finds a message by its row number."""
        row = self._connection.execute(select(outbox).where(outbox.c.id == message_id)).first()
        return None if row is None else _message(row)

    def newest_id(self) -> int:
        """Returns the row number of the newest message, 0 where there is none."""
        return self._connection.execute(select(func.max(outbox.c.id))).scalar_one() or 0

    def promises(self, alarm_name: str, after: int) -> list[Promise]:
        """Lists the messages of changes of an alarm of either kind, those after a row number."""
        tries = select(func.count()).where(delivery_attempt.c.outbox_id == outbox.c.id).scalar_subquery()
        found = self._connection.execute(
            select(outbox, tries.label("tries"))
            .where(
                outbox.c.id > after,
                outbox.c.kind == NoticeKind.CHANGE.value,
                func.json_extract(_CHANGE, "$.alarm.name") == alarm_name,
            )
            .order_by(outbox.c.id)
        )
        return [
            Promise(
                id=each.id,
                subscription_arn=each.subscription_arn,
                topic_arn=each.topic_arn,
                state=DeliveryState(each.state),
                detail=each.detail,
                tries=each.tries,
                finished_ms=each.finished_ms,
            )
            for each in found
        ]

    def bury_messages(self, numbers: Collection[int], now_ms: int, reason: str) -> int:
        """Gives up those of the messages that still wait; returns how many."""
        done = self._connection.execute(
            update(outbox)
            .where(outbox.c.state == DeliveryState.PENDING.value, outbox.c.id.in_(numbers))
            .values(state=DeliveryState.DEAD.value, detail=reason, finished_ms=now_ms)
        )
        return done.rowcount

    def count_pending(self, limit: int) -> int:
        """Counts the messages that wait, up to a limit."""
        some = (
            select(outbox.c.id).where(outbox.c.state == DeliveryState.PENDING.value).limit(limit).subquery()
        )
        return self._connection.execute(select(func.count()).select_from(some)).scalar_one()

    def bury(self, subscription_arn: str, now_ms: int, reason: str) -> int:
        """Gives up what waits for one subscription, but for the words that end it; returns how many."""
        done = self._connection.execute(
            update(outbox)
            .where(
                outbox.c.state == DeliveryState.PENDING.value,
                outbox.c.subscription_arn == subscription_arn,
                outbox.c.kind != NoticeKind.UNSUBSCRIBE.value,
            )
            .values(state=DeliveryState.DEAD.value, detail=reason, finished_ms=now_ms)
        )
        return done.rowcount

    def release(self, now_ms: int) -> None:
        """Makes due at once what a dead process was trying; what waits for its next try goes on waiting."""
        ended = select(func.count()).where(delivery_attempt.c.outbox_id == outbox.c.id).scalar_subquery()
        self._connection.execute(
            update(outbox)
            .where(outbox.c.state == DeliveryState.PENDING.value, outbox.c.attempts > ended)
            .values(due_ms=now_ms)
        )

    def forget(self, subscription_arn: str) -> None:
        """Forgets all messages to a subscription, as if they had never been promised."""
        messages = select(outbox.c.id).where(outbox.c.subscription_arn == subscription_arn)
        self._connection.execute(delete(delivery_attempt).where(delivery_attempt.c.outbox_id.in_(messages)))
        self._connection.execute(delete(outbox).where(outbox.c.subscription_arn == subscription_arn))

    def bury_orphans(self, now_ms: int) -> int:
        """Gives up messages whose subscription is gone; returns how many."""
        done = self._connection.execute(
            update(outbox)
            .where(
                outbox.c.state == DeliveryState.PENDING.value,
                outbox.c.subscription_arn.not_in(select(subscription.c.arn)),
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
        topic_arn=row.topic_arn,
        attributes=row.attributes,
        token=row.token,
        change=_change(row),
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


def _change(row: Row[Any]) -> StateChange | CompositeChange | None:
    if row.composite_change is not None:
        return msgspec.json.decode(row.composite_change, type=CompositeChange)
    return msgspec.json.decode(row.change, type=StateChange | None)
