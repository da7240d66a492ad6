"""Sending what the outbox holds: one subscription's messages in turn, whatever others do."""

import structlog

from trailbell.chain._announce import Announcer
from trailbell.chain._clock import Clock
from trailbell.channels import Channel, Outcome, OutcomeKind, OutgoingMessage
from trailbell.controls import CATALOGUE
from trailbell.evidence import to_json
from trailbell.store import Attempt, DeliveryState, OutboxMessage, Store
from trailbell.topics import DEFAULT_POLICY, DeliveryPolicy, Notice, Subscription, alarm_text, delay_ms

__all__ = ["Deliverer"]

_log = structlog.get_logger(__name__)

_LEASE_MS = 60_000
_ADVICE = {control.alarm_name: control.advice for control in CATALOGUE if control.alarm_name is not None}


class Deliverer:
    """Delivers the messages of one subscription over its channel."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        announcer: Announcer,
        subscription: Subscription,
        channel: Channel,
        policy: DeliveryPolicy = DEFAULT_POLICY,
    ) -> None:
        self._store = store
        self._clock = clock
        self._announcer = announcer
        self._subscription = subscription
        self._channel = channel
        self._policy = policy

    @property
    def subscription(self) -> Subscription:
        """Whose messages these are."""
        return self._subscription

    def deliver_next(self) -> bool:
        """Tries the next message that is due; False if there is none."""
        with self._store.write() as transaction:
            message = transaction.outbox.claim(self._subscription.arn, self._clock.now_ms(), _LEASE_MS)
        if message is None:
            return False
        outcome = self._channel.send(
            OutgoingMessage(
                message_id=message.message_id,
                subject=message.subject,
                body=message.body,
                text=self._text(message),
                attributes={},
            )
        )
        self._finish(message, outcome)
        return True

    def next_due_ms(self) -> int | None:
        """When there is something to do again; None if nothing waits."""
        with self._store.read() as transaction:
            return transaction.outbox.next_due_ms(self._subscription.arn)

    def close(self) -> None:
        """Lets the channel's connections go."""
        self._channel.close()

    def _text(self, message: OutboxMessage) -> str:
        """Writes the words for people once, from the evidence gathered up to now."""
        if message.text or not self._subscription.protocol.is_for_people:
            return message.text
        alarm = message.change.alarm
        with self._store.write() as transaction:
            spans = []
            if message.evidence_start_ms is not None:
                spans = [(message.evidence_start_ms, self._clock.now_ms() + 1)]
            evidence = transaction.datapoints.evidence_within(alarm.metric, spans)
            text = alarm_text(
                Notice(
                    change=message.change,
                    evidence=to_json(evidence),
                    advice=_ADVICE.get(alarm.name, ""),
                    url=self._announcer.alarm_url(alarm.name),
                    kind=message.kind,
                )
            )
            transaction.outbox.keep_text(message.id, text)
        return text

    def _finish(self, message: OutboxMessage, outcome: Outcome) -> None:
        now_ms = self._clock.now_ms()
        attempt = Attempt(now_ms, DeliveryState.DELIVERED, outcome.detail)
        if outcome.kind is OutcomeKind.RETRY:
            wait_ms = delay_ms(self._policy, message.attempts, outcome.retry_after_seconds)
            attempt = (
                Attempt(
                    now_ms,
                    DeliveryState.DEAD,
                    f"given up after {message.attempts} attempts: {outcome.detail}",
                )
                if wait_ms is None
                else Attempt(now_ms, DeliveryState.PENDING, outcome.detail, now_ms + wait_ms)
            )
        elif outcome.kind is OutcomeKind.REFUSED:
            attempt = Attempt(now_ms, DeliveryState.DEAD, outcome.detail)
        with self._store.write() as transaction:
            transaction.outbox.finish(message.id, attempt)
        if attempt.state is not DeliveryState.DELIVERED:
            _log.warning(
                "message not delivered",
                alarm=message.change.alarm.name,
                subscription=self._subscription.arn,
                attempt=message.attempts,
                state=attempt.state.value,
                detail=attempt.detail,
            )
