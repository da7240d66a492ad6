"""Topics and their subscriptions."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.store._schema import subscription, topic
from trailbell.topics import Protocol, Subscription, Topic

__all__ = ["Topics"]


class Topics:
    """Who is told."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, made: Topic, now_ms: int) -> None:
        """Makes a topic; making it again changes nothing."""
        self._connection.execute(
            upsert(topic).values(arn=made.arn, name=made.name, created_ms=now_ms).on_conflict_do_nothing()
        )

    def all(self) -> list[Topic]:
        """Lists the topics by ARN."""
        return [
            Topic(each.arn, each.name)
            for each in self._connection.execute(select(topic).order_by(topic.c.arn))
        ]

    def subscribe(self, made: Subscription, now_ms: int) -> None:
        """Adds a subscription; one with the same topic, protocol and endpoint is left as it is."""
        self._connection.execute(
            upsert(subscription)
            .values(
                arn=made.arn,
                topic_arn=made.topic_arn,
                protocol=made.protocol.value,
                endpoint=made.endpoint,
                created_ms=now_ms,
            )
            .on_conflict_do_nothing()
        )

    def keep_only(self, topic_arn: str, endpoints: Collection[str]) -> None:
        """Drops a topic's subscriptions whose endpoint is not among those given."""
        self._connection.execute(
            delete(subscription).where(
                subscription.c.topic_arn == topic_arn, subscription.c.endpoint.not_in(endpoints)
            )
        )

    def subscriptions(self, topic_arn: str | None = None) -> list[Subscription]:
        """Lists the subscriptions of one topic, or all, by ARN."""
        query = select(subscription).order_by(subscription.c.arn)
        if topic_arn is not None:
            query = query.where(subscription.c.topic_arn == topic_arn)
        return [
            Subscription(each.arn, each.topic_arn, Protocol(each.protocol), each.endpoint)
            for each in self._connection.execute(query)
        ]
