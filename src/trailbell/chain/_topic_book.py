"""Topics as SNS's operations make, change and list them."""

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._arns import checked_topic_arn, existing_topic
from trailbell.chain._clock import Clock
from trailbell.settings import Settings
from trailbell.store import Store, Transaction
from trailbell.topics import (
    Topic,
    changed_topic_attributes,
    check_topic_name,
    created_topic_attributes,
    has_topic_attributes,
    topic_arn,
    topic_attributes_shown,
)

__all__ = ["PAGE_SIZE", "TopicBook", "TopicPage", "check_token"]

PAGE_SIZE = 100
"""How many topics or subscriptions SNS lists at once."""

_MOST_TOPICS = 100_000
_MOST_TAGS = 50
_DELETED_REASON = "the topic was deleted"


class TopicPage(msgspec.Struct, frozen=True):
    """Some topics; ``next_token`` is empty on the last page."""

    topics: tuple[Topic, ...]
    next_token: str


class TopicBook:
    """Makes, changes, lists and deletes topics.

    Args:
        store: Where they are kept.
        clock: The time.
        settings: The account and the region.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    def create(self, name: str, attributes: Mapping[str, str], given_tags: Sequence[tuple[str, str]]) -> str:
        """Makes a topic, or finds the one of this name if nothing about it differs; returns its ARN.

        Raises:
            RequestRefusedError: The name or an attribute is not valid, or the topic there is differs.
        """
        check_topic_name(name, is_fifo=attributes.get("FifoTopic", "").lower() == "true")
        made = created_topic_attributes(attributes)
        tags = _distinct(given_tags)
        arn = topic_arn(self._settings.region, self._settings.account_id, name)
        with self._store.write() as transaction:
            present = transaction.topics.find(arn)
            if present is not None:
                _check_same(present, attributes, tags, transaction.tags.of(arn))
                return arn
            if len(tags) > _MOST_TAGS:
                raise RequestRefusedError(
                    RefusalKind.TOO_MANY_TAGS,
                    "Could not complete request: tag quota of per resource exceeded",
                )
            if transaction.topics.count() >= _MOST_TOPICS:
                raise RequestRefusedError(RefusalKind.TOPIC_LIMIT, "Topic limit exceeded")
            transaction.topics.put(Topic(arn, name, made), self._clock.now_ms())
            transaction.tags.put(arn, tags)
        return arn

    def delete(self, arn: str) -> None:
        """Deletes a topic, and gives up what waits for its subscriptions; one that is not there is no matter.

        Raises:
            RequestRefusedError: This is no ARN of a topic here.
        """
        checked_topic_arn(arn, self._settings)
        now_ms = self._clock.now_ms()
        with self._store.write() as transaction:
            if not transaction.topics.delete(arn):
                return
            transaction.tags.remove_all(arn)
            for subscription in transaction.topics.subscriptions(arn):
                # Orphans can be looked at for a while, counted from now.
                transaction.topics.set_subscription(replace(subscription, state_ms=now_ms))
                transaction.outbox.bury(subscription.arn, now_ms, _DELETED_REASON)

    def attributes(self, arn: str) -> dict[str, str]:
        """Shows a topic's attributes as GetTopicAttributes does.

        Raises:
            RequestRefusedError: There is no such topic.
        """
        checked_topic_arn(arn, self._settings)
        with self._store.read() as transaction:
            topic = existing_topic(transaction, arn)
            counts = transaction.topics.counts(arn)
        return topic_attributes_shown(topic, self._settings.account_id, counts)

    def set_attribute(self, arn: str, name: str, value: str) -> None:
        """Sets one attribute; an empty value takes it away where SNS allows that.

        Raises:
            RequestRefusedError: There is no such topic, or the name or the value is not valid.
        """
        checked_topic_arn(arn, self._settings)
        with self._store.write() as transaction:
            topic = existing_topic(transaction, arn)
            transaction.topics.set_attributes(arn, changed_topic_attributes(topic, name, value))

    def page(self, token: str) -> TopicPage:
        """Lists topics by ARN; a token is the last ARN of the page before.

        Raises:
            RequestRefusedError: The token is not one of ours.
        """
        if token:
            check_token(token, self._settings)
        with self._store.read() as transaction:
            found = transaction.topics.page(token, PAGE_SIZE + 1)
        more = len(found) > PAGE_SIZE
        return TopicPage(tuple(found[:PAGE_SIZE]), found[PAGE_SIZE - 1].arn if more else "")

    def tags(self, arn: str) -> dict[str, str]:
        """Lists a topic's tags.

        Raises:
            RequestRefusedError: There is no such topic.
        """
        with self._store.read() as transaction:
            _check_resource(transaction, arn)
            return transaction.tags.of(arn)

    def tag(self, arn: str, tags: Sequence[tuple[str, str]]) -> None:
        """Sets tags on a topic.

        Raises:
            RequestRefusedError: There is no such topic, a key is given twice, or it would have more than 50.
        """
        given = _distinct(tags)
        self._change_tags(arn, lambda transaction: transaction.tags.put(arn, given))

    def untag(self, arn: str, keys: Collection[str]) -> None:
        """Removes tags from a topic.

        Raises:
            RequestRefusedError: There is no such topic.
        """
        self._change_tags(arn, lambda transaction: transaction.tags.remove(arn, keys))

    def _change_tags(self, arn: str, change: Callable[[Transaction], None]) -> None:
        with self._store.write() as transaction:
            _check_resource(transaction, arn)
            change(transaction)
            if len(transaction.tags.of(arn)) > _MOST_TAGS:
                raise RequestRefusedError(
                    RefusalKind.TOO_MANY_TAGS,
                    "Could not complete request: tag quota of per resource exceeded",
                )


def check_token(token: str, settings: Settings) -> None:
    """Refuses a page token that no page could have given.

    Raises:
        RequestRefusedError: It is not an ARN of a topic or subscription here.
    """
    if not token.startswith(f"arn:aws:sns:{settings.region}:{settings.account_id}:"):
        raise RequestRefusedError(RefusalKind.INVALID_TOKEN, "Invalid parameter: NextToken")


def _distinct(tags: Sequence[tuple[str, str]]) -> dict[str, str]:
    distinct = dict(tags)
    if len(distinct) < len(tags):
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER, "Invalid parameter: Duplicated keys are not allowed."
        )
    return distinct


def _check_resource(transaction: Transaction, arn: str) -> None:
    if transaction.topics.find(arn) is None:
        raise RequestRefusedError(RefusalKind.RESOURCE_NOT_FOUND, "Resource does not exist")


def _check_same(
    present: Topic, given: Mapping[str, str], tags: Mapping[str, str], present_tags: Mapping[str, str]
) -> None:
    if not has_topic_attributes(present, given):
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
        )
    if any(present_tags.get(key) != value for key, value in tags.items()):
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            "Invalid parameter: Tags Reason: Topic already exists with different tags",
        )
