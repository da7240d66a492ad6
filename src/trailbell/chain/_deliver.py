"""Sending what the outbox holds: one subscription's messages in turn, whatever others do."""

import structlog

from trailbell.chain._clock import Clock
from trailbell.chain._compose import Composer
from trailbell.chain._open_channels import OpenChannels
from trailbell.channels import Outcome, OutcomeKind, RefusedAddressError, SigningKeyError
from trailbell.store import Attempt, DeliveryState, OutboxMessage, Store
from trailbell.topics import (
    DEFAULT_POLICY,
    HTTP_LIFETIME_MS,
    MAIL_RETRY_POLICY,
    HttpPolicy,
    NoticeKind,
    Subscription,
    SubscriptionState,
    Topic,
    delay_ms,
    http_policy,
    retry_delay_ms,
)

__all__ = ["LEASE_MS", "Deliverer"]

_log = structlog.get_logger(__name__)

LEASE_MS = 60_000
"""How long a message is held by who tries it; longer than any try takes."""


class Deliverer:
    """Delivers messages over their subscription's channel and puts on record what came of it."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, channels: OpenChannels) -> None:
        self._store = store
        self._clock = clock
        self._composer = composer
        self._channels = channels

    def deliver_next(self, subscription_arn: str) -> float | None:
        """Tries a subscription's next message that is due.

        Returns the seconds to pause before the next, as its policy asks for; None if nothing is due.
        """
        with self._store.write() as transaction:
            message = transaction.outbox.claim(subscription_arn, self._clock.now_ms(), LEASE_MS)
            if message is None:
                return None
            subscription = transaction.topics.subscription(subscription_arn)
            topic = transaction.topics.find(message.topic_arn)
        if subscription is None:
            gone = Attempt(self._clock.now_ms(), DeliveryState.DEAD, "the subscription is gone")
            self._finish(message, gone)
            return 0.0
        self.attempt(message, subscription, topic)
        limit = _policy(subscription, topic).max_receives_per_second
        return 0.0 if limit is None else 1.0 / limit

    def attempt(self, message: OutboxMessage, subscription: Subscription, topic: Topic | None) -> Outcome:
        """Tries one claimed message and puts the outcome on record."""
        outcome = self._send(message, subscription, topic)
        self._finish(message, self._judged(message, subscription, topic, outcome))
        return outcome

    def let_go(self, subscription: Subscription) -> None:
        """Lets the connections to one subscription go."""
        self._channels.let_go(subscription)

    def close(self) -> None:
        """Lets every connection go."""
        self._channels.close()

    def _send(self, message: OutboxMessage, subscription: Subscription, topic: Topic | None) -> Outcome:
        is_gone = subscription.state is SubscriptionState.DELETED
        if is_gone and message.kind is not NoticeKind.UNSUBSCRIBE:
            return Outcome(OutcomeKind.REFUSED, "the subscription was deleted")
        if self._has_outlived(message, subscription, topic):
            return Outcome(OutcomeKind.REFUSED, "it waited for longer than an hour under the throttle")
        try:
            channel = self._channels.of(subscription)
            return channel.send(self._composer.compose(message, subscription, topic))
        except RefusedAddressError as error:
            return Outcome(OutcomeKind.REFUSED, str(error))
        except SigningKeyError as error:
            return Outcome(OutcomeKind.RETRY, str(error))

    def _has_outlived(self, message: OutboxMessage, subscription: Subscription, topic: Topic | None) -> bool:
        """Whether a throttle held a message back for too long; what waited for this server is still sent."""
        return (
            subscription.protocol.is_http
            and _policy(subscription, topic).max_receives_per_second is not None
            and self._clock.now_ms() - message.created_ms > HTTP_LIFETIME_MS
        )

    def _judged(
        self, message: OutboxMessage, subscription: Subscription, topic: Topic | None, outcome: Outcome
    ) -> Attempt:
        now_ms = self._clock.now_ms()
        if outcome.kind is OutcomeKind.DELIVERED:
            return Attempt(now_ms, DeliveryState.DELIVERED, outcome.detail)
        if outcome.kind is OutcomeKind.REFUSED:
            return Attempt(now_ms, DeliveryState.DEAD, outcome.detail)
        wait_ms = _wait_ms(message.attempts, subscription, topic, outcome)
        is_too_old = (
            subscription.protocol.is_http
            and wait_ms is not None
            and now_ms + wait_ms - message.created_ms > HTTP_LIFETIME_MS
        )
        if wait_ms is None or is_too_old:
            given_up = f"given up after {message.attempts} attempts: {outcome.detail}"
            return Attempt(now_ms, DeliveryState.DEAD, given_up)
        return Attempt(now_ms, DeliveryState.PENDING, outcome.detail, now_ms + wait_ms)

    def _finish(self, message: OutboxMessage, attempt: Attempt) -> None:
        with self._store.write() as transaction:
            transaction.outbox.finish(message.id, attempt)
        if attempt.state is not DeliveryState.DELIVERED:
            _log.warning(
                "message not delivered",
                message=message.message_id,
                alarm=None if message.change is None else message.change.alarm.name,
                subscription=message.subscription_arn,
                attempt=message.attempts,
                state=attempt.state.value,
                detail=attempt.detail,
            )


def _wait_ms(attempts: int, subscription: Subscription, topic: Topic | None, outcome: Outcome) -> int | None:
    """Says how long to wait after a failed attempt; None means give up."""
    if subscription.protocol.is_http:
        # SNS follows its policy and pays no heed to Retry-After.
        return retry_delay_ms(_policy(subscription, topic).retry, attempts)
    if subscription.protocol.is_mail:
        return retry_delay_ms(MAIL_RETRY_POLICY, attempts)
    return delay_ms(DEFAULT_POLICY, attempts, outcome.retry_after_seconds)


def _policy(subscription: Subscription, topic: Topic | None) -> HttpPolicy:
    return http_policy(
        subscription.attributes.get("DeliveryPolicy"),
        None if topic is None else topic.attributes.get("DeliveryPolicy"),
    )
