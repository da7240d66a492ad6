"""Publishing to a topic: the message and one row for each of its receivers, in one transaction."""

import uuid
from collections.abc import Callable, Sequence

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._arns import checked_topic_arn, existing_topic
from trailbell.chain._clock import Clock
from trailbell.chain._recipients import recipients
from trailbell.settings import Settings
from trailbell.store import NewMessage, Store, Transaction
from trailbell.topics import (
    BatchEntry,
    FailedEntry,
    NoticeKind,
    Publication,
    PublishRequest,
    check_publish,
    check_publish_batch,
)

__all__ = ["BatchOutcome", "Publisher"]

_MOST_PENDING = 100_000


class BatchOutcome(msgspec.Struct, frozen=True):
    """What became of each entry: the ids of what was published, and what was not."""

    published: dict[str, str]
    failed: tuple[FailedEntry, ...]


class Publisher:
    """Publishes messages: they are durable when the answer is given.

    Args:
        store: Where the outbox is.
        clock: The time.
        settings: The account and the region.
        wake: Says that something was written to the outbox.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._wake = wake

    def publish(self, request: PublishRequest) -> str:
        """Publishes one message; returns its id.

        Raises:
            RequestRefusedError: SNS refuses it, there is no such topic, or too much waits already.
        """
        arn, publication = check_publish(request)
        checked_topic_arn(arn, self._settings)
        with self._store.write() as transaction:
            existing_topic(transaction, arn)
            _check_room(transaction)
            message_id = self._write(transaction, arn, publication)
        self._wake()
        return message_id

    def publish_batch(self, topic_arn: str, entries: Sequence[BatchEntry]) -> BatchOutcome:
        """Publishes up to ten messages.

        Raises:
            RequestRefusedError: The batch is refused as a whole.
        """
        checked_topic_arn(topic_arn, self._settings)
        checked = check_publish_batch(entries)
        published: dict[str, str] = {}
        failed: list[FailedEntry] = []
        with self._store.write() as transaction:
            existing_topic(transaction, topic_arn)
            _check_room(transaction)
            for entry, outcome in zip(entries, checked, strict=True):
                if isinstance(outcome, FailedEntry):
                    failed.append(outcome)
                else:
                    published[entry.id] = self._write(transaction, topic_arn, outcome)
        self._wake()
        return BatchOutcome(published, tuple(failed))

    def _write(self, transaction: Transaction, topic_arn: str, publication: Publication) -> str:
        now_ms = self._clock.now_ms()
        message_id = str(uuid.uuid4())
        attributes = msgspec.json.encode(publication.attributes).decode()
        for subscription in recipients(
            transaction, topic_arn, publication.attributes, publication.message_for
        ):
            transaction.outbox.add(
                NewMessage(
                    message_id=message_id,
                    subscription_arn=subscription.arn,
                    topic_arn=topic_arn,
                    kind=NoticeKind.PUBLISHED,
                    subject=publication.subject or "",
                    body=publication.message_for(subscription.protocol),
                    created_ms=now_ms,
                    due_ms=now_ms,
                    attributes=attributes,
                )
            )
        return message_id


def _check_room(transaction: Transaction) -> None:
    if transaction.outbox.count_pending(_MOST_PENDING) >= _MOST_PENDING:
        raise RequestRefusedError(
            RefusalKind.THROTTLED, f"{_MOST_PENDING} messages wait to be delivered; try again later"
        )
