"""Topics, their subscriptions, and the tokens that confirm them."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.store._schema import subscription, subscription_token, topic
from trailbell.topics import Protocol, Subscription, SubscriptionState, Topic

__all__ = ["Topics"]

_DELETED = SubscriptionState.DELETED.value
_FROM_SETTINGS = [each.value for each in Protocol if each.is_from_settings]


class Topics:
    """Who is told."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, made: Topic, now_ms: int) -> None:
        """Makes a topic; making it again changes nothing.

        A topic deleted and made anew does not get its subscriptions back, but for those of the settings.
        """
        inserted = self._connection.execute(
            upsert(topic)
            .values(
                arn=made.arn,
                name=made.name,
                created_ms=now_ms,
                attributes=_json(made.attributes),
                subscriptions_deleted=made.subscriptions_deleted,
            )
            .on_conflict_do_nothing()
        )
        if inserted.rowcount:
            self._forget(subscription.c.topic_arn == made.arn, subscription.c.protocol.not_in(_FROM_SETTINGS))

    def find(self, arn: str) -> Topic | None:
        """Finds a topic."""
        row = self._connection.execute(select(topic).where(topic.c.arn == arn)).first()
        return None if row is None else _topic(row)

    def page(self, after: str, limit: int) -> list[Topic]:
        """Lists topics by ARN, those after one."""
        found = self._connection.execute(
            select(topic).where(topic.c.arn > after).order_by(topic.c.arn).limit(limit)
        )
        return [_topic(each) for each in found]

    def count(self) -> int:
        """Counts the topics."""
        return self._connection.execute(select(func.count()).select_from(topic)).scalar_one()

    def all(self) -> list[Topic]:
        """Lists the topics by ARN."""
        return [_topic(each) for each in self._connection.execute(select(topic).order_by(topic.c.arn))]

    def set_attributes(self, arn: str, attributes: Mapping[str, str]) -> None:
        """Replaces what was set on a topic."""
        self._connection.execute(update(topic).where(topic.c.arn == arn).values(attributes=_json(attributes)))

    def delete(self, arn: str) -> bool:
        """Deletes a topic, but not its subscriptions; False if there was none."""
        return self._connection.execute(delete(topic).where(topic.c.arn == arn)).rowcount > 0

    def subscribe(self, made: Subscription, now_ms: int) -> None:
        """Adds a subscription; one of the same ARN is left as it is."""
        self._connection.execute(
            upsert(subscription)
            .values(
                arn=made.arn,
                topic_arn=made.topic_arn,
                protocol=made.protocol.value,
                endpoint=made.endpoint,
                created_ms=now_ms,
                state=made.state.value,
                state_ms=now_ms,
                attributes=_json(made.attributes),
                was_authenticated=made.was_authenticated,
                is_protected=made.is_protected,
            )
            .on_conflict_do_nothing()
        )

    def set_subscription(self, changed: Subscription) -> None:
        """Writes what may change about a subscription: its state and its attributes."""
        self._connection.execute(
            update(subscription)
            .where(subscription.c.arn == changed.arn)
            .values(
                state=changed.state.value,
                state_ms=changed.state_ms,
                attributes=_json(changed.attributes),
                was_authenticated=changed.was_authenticated,
                is_protected=changed.is_protected,
            )
        )

    def count_deleted(self, topic_arn: str, number: int = 1) -> None:
        """Counts subscriptions of a topic that were deleted; -1 for one that was restored."""
        self._connection.execute(
            update(topic)
            .where(topic.c.arn == topic_arn)
            .values(subscriptions_deleted=topic.c.subscriptions_deleted + number)
        )

    def keep_only(self, topic_arn: str, endpoints: Collection[str]) -> None:
        """Drops the subscriptions that the settings made and whose endpoint is not among those given."""
        self._connection.execute(
            delete(subscription).where(
                subscription.c.topic_arn == topic_arn,
                subscription.c.protocol.in_(_FROM_SETTINGS),
                subscription.c.endpoint.not_in(endpoints),
            )
        )

    def subscription(self, arn: str) -> Subscription | None:
        """Finds a subscription, a deleted one too."""
        row = self._connection.execute(select(subscription).where(subscription.c.arn == arn)).first()
        return None if row is None else _subscription(row)

    def same_endpoint(self, topic_arn: str, protocol: Protocol, endpoint: str) -> Subscription | None:
        """Finds the subscription of an endpoint to a topic that is not deleted."""
        row = self._connection.execute(
            select(subscription).where(
                subscription.c.topic_arn == topic_arn,
                subscription.c.protocol == protocol.value,
                subscription.c.endpoint == endpoint,
                subscription.c.state != _DELETED,
            )
        ).first()
        return None if row is None else _subscription(row)

    def subscriptions(self, topic_arn: str | None = None) -> list[Subscription]:
        """Lists the subscriptions of one topic, or all, by ARN; deleted ones are left out."""
        query = select(subscription).where(subscription.c.state != _DELETED).order_by(subscription.c.arn)
        if topic_arn is not None:
            query = query.where(subscription.c.topic_arn == topic_arn)
        return [_subscription(each) for each in self._connection.execute(query)]

    def page_of_subscriptions(self, topic_arn: str | None, after: str, limit: int) -> list[Subscription]:
        """Lists subscriptions by ARN, those after one; leaves out deleted ones and those of the settings."""
        wanted: list[ColumnElement[bool]] = [
            subscription.c.arn > after,
            subscription.c.state != _DELETED,
            subscription.c.protocol.not_in(_FROM_SETTINGS),
        ]
        if topic_arn is not None:
            wanted.append(subscription.c.topic_arn == topic_arn)
        query = select(subscription).where(*wanted).order_by(subscription.c.arn).limit(limit)
        return [_subscription(each) for each in self._connection.execute(query)]

    def counts(self, topic_arn: str | None = None) -> dict[SubscriptionState, int]:
        """Counts subscriptions by state, of one topic or of all; those of the settings are left out."""
        query = select(subscription.c.state, func.count()).where(
            subscription.c.protocol.not_in(_FROM_SETTINGS)
        )
        if topic_arn is not None:
            query = query.where(subscription.c.topic_arn == topic_arn)
        found = {
            each.state: each[1] for each in self._connection.execute(query.group_by(subscription.c.state))
        }
        return {state: found.get(state.value, 0) for state in SubscriptionState}

    def add_token(self, token: str, subscription_arn: str, now_ms: int) -> None:
        """Keeps a token that confirms a subscription."""
        self._connection.execute(
            insert(subscription_token).values(
                token=token, subscription_arn=subscription_arn, created_ms=now_ms
            )
        )

    def token(self, token: str) -> tuple[str, int] | None:
        """Finds the subscription's ARN a token stands for, and when the token was made."""
        row = self._connection.execute(
            select(subscription_token).where(subscription_token.c.token == token)
        ).first()
        return None if row is None else (row.subscription_arn, row.created_ms)

    def forget_tokens_of(self, subscription_arn: str) -> None:
        """Forgets the tokens of a subscription: links that were sent before no longer work."""
        self._connection.execute(
            delete(subscription_token).where(subscription_token.c.subscription_arn == subscription_arn)
        )

    def forget_tokens(self, before_ms: int) -> int:
        """Forgets the tokens made before an instant."""
        return self._connection.execute(
            delete(subscription_token).where(subscription_token.c.created_ms < before_ms)
        ).rowcount

    def forget(self, arn: str) -> None:
        """Forgets a subscription and its tokens, as if it had never been."""
        self._forget(subscription.c.arn == arn)

    def forget_deleted(self, topic_arn: str, protocol: Protocol, endpoint: str) -> None:
        """Forgets what an endpoint had of a topic before: its way back ends where it subscribes anew."""
        self._forget(
            subscription.c.topic_arn == topic_arn,
            subscription.c.protocol == protocol.value,
            subscription.c.endpoint == endpoint,
            subscription.c.state == _DELETED,
        )

    def forget_old(self, state: SubscriptionState, before_ms: int) -> int:
        """Forgets the subscriptions that have been in a state since before an instant, and their tokens."""
        return self._forget(subscription.c.state == state.value, subscription.c.state_ms < before_ms)

    def forget_orphans(self, before_ms: int) -> int:
        """Forgets the subscriptions of topics that were deleted before an instant, and their tokens."""
        gone = subscription.c.topic_arn.not_in(select(topic.c.arn))
        return self._forget(gone, subscription.c.state_ms < before_ms)

    def _forget(self, *wanted: ColumnElement[bool]) -> int:
        arns = select(subscription.c.arn).where(*wanted)
        self._connection.execute(
            delete(subscription_token).where(subscription_token.c.subscription_arn.in_(arns))
        )
        return self._connection.execute(delete(subscription).where(*wanted)).rowcount


def _topic(row: Row[Any]) -> Topic:
    return Topic(row.arn, row.name, msgspec.json.decode(row.attributes), row.subscriptions_deleted)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        arn=row.arn,
        topic_arn=row.topic_arn,
        protocol=Protocol(row.protocol),
        endpoint=row.endpoint,
        state=SubscriptionState(row.state),
        state_ms=row.state_ms,
        attributes=msgspec.json.decode(row.attributes),
        was_authenticated=row.was_authenticated,
        is_protected=row.is_protected,
    )


def _json(attributes: Mapping[str, str]) -> str:
    return msgspec.json.encode(attributes).decode()
