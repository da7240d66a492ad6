"""From a row of the outbox to what a channel sends: words for people, SNS's envelopes, plain bodies."""

import msgspec

from trailbell.alarms import CompositeChange, StateChange, child_names, parse_rule
from trailbell.chain._announce import Announcer
from trailbell.chain._clock import Clock
from trailbell.chain._composite_reading import evidence_of, leaves_of, metrics_of
from trailbell.channels import OutgoingMessage, SigningKeys
from trailbell.controls import CATALOGUE
from trailbell.evidence import to_json
from trailbell.metrics import MetricKey
from trailbell.store import OutboxMessage, Store, Transaction
from trailbell.topics import (
    DEFAULT_CONTENT_TYPE,
    DEFAULT_MAIL_SUBJECT,
    Envelope,
    EnvelopeType,
    Mail,
    MessageAttribute,
    Notice,
    NoticeKind,
    Protocol,
    Subscription,
    Topic,
    alarm_text,
    confirmation_mail,
    confirmation_page_url,
    confirmation_text,
    delivery_headers,
    envelope_json,
    http_policy,
    mail_button,
    notification_mail,
    string_to_sign,
    subscribe_url,
    unsubscribe_mail,
    unsubscribe_page_url,
    unsubscribe_text,
    unsubscribe_url,
)

__all__ = ["Composer"]

_ADVICE = {control.alarm_name: control.advice for control in CATALOGUE if control.alarm_name is not None}
_TYPES = {
    NoticeKind.SUBSCRIBE: EnvelopeType.SUBSCRIPTION_CONFIRMATION,
    NoticeKind.UNSUBSCRIBE: EnvelopeType.UNSUBSCRIBE_CONFIRMATION,
}


class Composer:
    """Writes messages as their subscription is to get them.

    Args:
        store: Where the evidence for people is read, and their words are kept.
        clock: The time up to which evidence is told.
        announcer: Knows the addresses of alarms.
        keys: What SNS's envelopes are signed with.
        base_url: Where links begin.
    """

    def __init__(
        self, store: Store, clock: Clock, announcer: Announcer, keys: SigningKeys, base_url: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._announcer = announcer
        self._keys = keys
        self._base_url = base_url

    def compose(
        self, message: OutboxMessage, subscription: Subscription, topic: Topic | None
    ) -> OutgoingMessage:
        """Writes one message; the same every time, but for a new signing key."""
        if subscription.protocol.is_from_settings:
            return OutgoingMessage(
                message_id=message.message_id,
                subject=message.subject,
                body=message.body,
                text=self._words(message, subscription),
            )
        # Whoever confirms is a person, also where a program reads what comes later.
        if subscription.protocol is Protocol.EMAIL or (
            subscription.protocol.is_mail and message.kind in _TYPES
        ):
            return _mail(message, self._words_mail(message, subscription), topic)
        envelope = self._envelope(message, subscription)
        raw = envelope.type is EnvelopeType.NOTIFICATION and _is_raw(subscription)
        body = message.body if raw else self._signed(envelope, topic)
        if subscription.protocol.is_mail:
            headers = {} if subscription.is_protected else mail_button(self._leave_url(subscription))
            return _mail(message, Mail(message.subject or DEFAULT_MAIL_SUBJECT, body, headers), topic)
        policy = http_policy(
            subscription.attributes.get("DeliveryPolicy"),
            None if topic is None else topic.attributes.get("DeliveryPolicy"),
            is_raw=raw,
        )
        is_notification = envelope.type is EnvelopeType.NOTIFICATION
        return OutgoingMessage(
            message_id=message.message_id,
            subject=message.subject,
            body=body,
            text="",
            headers=delivery_headers(envelope, is_raw=raw),
            content_type=policy.content_type if is_notification else DEFAULT_CONTENT_TYPE,
        )

    def _envelope(self, message: OutboxMessage, subscription: Subscription) -> Envelope:
        kind = _TYPES.get(message.kind, EnvelopeType.NOTIFICATION)
        texts = {
            EnvelopeType.NOTIFICATION: message.body,
            EnvelopeType.SUBSCRIPTION_CONFIRMATION: confirmation_text(message.topic_arn),
            EnvelopeType.UNSUBSCRIBE_CONFIRMATION: unsubscribe_text(subscription.arn),
        }
        return Envelope(
            type=kind,
            message_id=message.message_id,
            topic_arn=message.topic_arn,
            subject=message.subject or None,
            message=texts[kind],
            at_ms=message.created_ms,
            attributes=msgspec.json.decode(message.attributes, type=dict[str, MessageAttribute]),
            token=message.token,
            subscribe_url=subscribe_url(self._base_url, message.topic_arn, message.token),
            # Mail scanners follow every link in a mail: there it leads to a page that asks first.
            unsubscribe_url=self._leave_url(subscription)
            if subscription.protocol.is_mail
            else unsubscribe_url(self._base_url, subscription.arn),
            subscription_arn=subscription.arn,
        )

    def _signed(self, envelope: Envelope, topic: Topic | None) -> str:
        version = "1" if topic is None else topic.attributes.get("SignatureVersion", "1")
        signed = self._keys.sign(string_to_sign(envelope), version)
        certificate_url = f"{self._base_url}/{signed.certificate_name}"
        return envelope_json(envelope, version, signed.signature, certificate_url)

    def _words_mail(self, message: OutboxMessage, subscription: Subscription) -> Mail:
        address = subscription.endpoint
        back = confirmation_page_url(self._base_url, message.topic_arn, message.token, address)
        if message.kind is NoticeKind.SUBSCRIBE:
            return confirmation_mail(message.topic_arn, back)
        if message.kind is NoticeKind.UNSUBSCRIBE:
            return unsubscribe_mail(subscription.arn, back)
        words = self._words(message, subscription)
        leave = None if subscription.is_protected else self._leave_url(subscription)
        return notification_mail(message.subject, words, leave)

    def _leave_url(self, subscription: Subscription) -> str:
        return unsubscribe_page_url(self._base_url, subscription.arn, subscription.endpoint)

    def _words(self, message: OutboxMessage, subscription: Subscription) -> str:
        """Writes the words for people once, from the evidence gathered up to now."""
        if not subscription.protocol.is_for_people or message.text:
            return message.text
        if message.change is None:
            return message.body
        return self._alarm_words(message, message.change)

    def _alarm_words(self, message: OutboxMessage, change: StateChange | CompositeChange) -> str:
        alarm = change.alarm
        with self._store.write() as transaction:
            spans = []
            if message.evidence_start_ms is not None:
                spans = [(message.evidence_start_ms, self._clock.now_ms() + 1)]
            evidence = evidence_of(transaction, _watched(transaction, change), spans)
            text = alarm_text(
                Notice(
                    change=change,
                    evidence=to_json(evidence),
                    advice=_advice(change),
                    url=self._announcer.alarm_url(alarm.name),
                    kind=message.kind,
                )
            )
            transaction.outbox.keep_text(message.id, text)
        return text


def _watched(transaction: Transaction, change: StateChange | CompositeChange) -> tuple[MetricKey, ...]:
    if isinstance(change, CompositeChange):
        names = child_names(parse_rule(change.alarm.rule), change.region, change.account_id)
        return metrics_of(leaves_of(transaction, names))
    return change.alarm.watched


def _advice(change: StateChange | CompositeChange) -> str:
    """What to do next: for a composite alarm by the first alarm that led to its change and has advice."""
    led = [each.name for each in change.triggering] if isinstance(change, CompositeChange) else []
    return next((_ADVICE[name] for name in [change.alarm.name, *led] if name in _ADVICE), "")


def _is_raw(subscription: Subscription) -> bool:
    return subscription.attributes.get("RawMessageDelivery") == "true"


def _mail(message: OutboxMessage, mail: Mail, topic: Topic | None) -> OutgoingMessage:
    return OutgoingMessage(
        message_id=f"{message.message_id}.{message.id}",
        subject=mail.subject,
        body=mail.text,
        text=mail.text,
        headers=mail.headers,
        sender_name="" if topic is None else topic.attributes.get("DisplayName", ""),
    )
