"""Subscriptions as SNS's operations make, confirm, change, list and end them."""

import re
import secrets
import uuid
from collections.abc import Mapping

import msgspec
import structlog
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._arns import checked_topic_arn, existing_topic
from trailbell.chain._clock import Clock
from trailbell.chain._first_contact import FirstContact
from trailbell.chain._topic_book import PAGE_SIZE, check_token
from trailbell.settings import Settings
from trailbell.store import NewMessage, Store, Transaction
from trailbell.topics import (
    NoticeKind,
    Subscription,
    SubscriptionState,
    changed_subscription_attributes,
    check_subscribe_endpoint,
    created_subscription_attributes,
    has_subscription_attributes,
    masked_endpoint,
    subscription_attributes_shown,
)

__all__ = ["TOKEN_LIFE_MS", "SubscriptionBook", "SubscriptionPage"]

_log = structlog.get_logger(__name__)

_TOKEN = re.compile(r"[0-9a-f]+", re.ASCII)
_TOKEN_PREFIX = "2336412f37"  # noqa: S105 - every token of SNS begins so
_TOKEN_BYTES = 139
_ARN_PARTS = 6
_MOST_PENDING = 5_000
_MOST_FILTER_POLICIES = 200

TOKEN_LIFE_MS = 2 * 86_400_000
"""How long a link in a message confirms or restores a subscription."""


class SubscriptionPage(msgspec.Struct, frozen=True):
    """Some subscriptions; ``next_token`` is empty on the last page."""

    subscriptions: tuple[Subscription, ...]
    next_token: str


class SubscriptionBook:
    """Makes, confirms, changes, lists and ends subscriptions.

    Args:
        store: Where they are kept.
        clock: The time.
        settings: The account, the region, and the mail server.
        first_contact: Sends the first message to an endpoint, or has it sent.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings, first_contact: FirstContact) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._first_contact = first_contact

    def subscribe(
        self, topic_arn: str, protocol: str, endpoint: str, attributes: Mapping[str, str]
    ) -> Subscription:
        """Subscribes an endpoint, which must then confirm; one that is subscribed already stays as it is.

        Raises:
            RequestRefusedError: A parameter is not valid, nothing answers at the endpoint, or it is
                subscribed with other attributes.
        """
        checked_topic_arn(topic_arn, self._settings)
        with self._store.read() as transaction:
            existing_topic(transaction, topic_arn)
        reached_by = check_subscribe_endpoint(protocol, endpoint)
        self._first_contact.check(reached_by, endpoint)
        wanted = created_subscription_attributes(reached_by, attributes)
        now_ms = self._clock.now_ms()
        with self._store.write() as transaction:
            existing_topic(transaction, topic_arn)
            subscription = transaction.topics.same_endpoint(topic_arn, reached_by, endpoint)
            is_new = subscription is None
            if subscription is None:
                subscription = Subscription(
                    arn=f"{topic_arn}:{uuid.uuid4()}",
                    topic_arn=topic_arn,
                    protocol=reached_by,
                    endpoint=endpoint,
                    state=SubscriptionState.PENDING,
                    state_ms=now_ms,
                    attributes=wanted,
                    was_authenticated=False,
                )
                _check_room(transaction, subscription)
                transaction.topics.forget_deleted(topic_arn, reached_by, endpoint)
                transaction.topics.subscribe(subscription, now_ms)
            elif not has_subscription_attributes(subscription, attributes):
                raise _invalid("Attributes Reason: Subscription already exists with different attributes")
            if subscription.state is SubscriptionState.CONFIRMED:
                return subscription
            message_id = self._ask(transaction, subscription, NoticeKind.SUBSCRIBE)
        self._first_contact.make(subscription, message_id, is_new=is_new)
        return subscription

    def confirm(
        self, topic_arn: str, token: str, *, is_signed: bool, authenticate_on_unsubscribe: bool = False
    ) -> str:
        """Confirms or restores the subscription that a token stands for; returns its ARN.

        Raises:
            RequestRefusedError: The token is not valid or too old, or the call would have to be signed.
        """
        if topic_arn.count(":") < _ARN_PARTS - 1 or topic_arn.split(":")[3] != self._settings.region:
            raise _invalid("Topic")
        if not _TOKEN.fullmatch(token):
            raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, "Invalid token")
        if authenticate_on_unsubscribe and not is_signed:
            raise _forbidden("a subscription can be protected by a signed call only")
        now_ms = self._clock.now_ms()
        with self._store.write() as transaction:
            found = transaction.topics.token(token)
            if found is None or found[1] + TOKEN_LIFE_MS < now_ms:
                raise _invalid("Token")
            subscription = transaction.topics.subscription(found[0])
            if subscription is None:
                raise _invalid("Token")
            existing_topic(transaction, subscription.topic_arn)
            if subscription.state is SubscriptionState.CONFIRMED:
                if authenticate_on_unsubscribe:
                    raise _forbidden("the subscription is confirmed already")
                return subscription.arn
            confirmed = replace(
                subscription,
                state=SubscriptionState.CONFIRMED,
                state_ms=now_ms,
                was_authenticated=is_signed,
                # What is restored is as it was.
                is_protected=subscription.is_protected or authenticate_on_unsubscribe,
            )
            transaction.topics.set_subscription(confirmed)
            if subscription.state is SubscriptionState.DELETED:
                transaction.topics.count_deleted(confirmed.topic_arn, -1)
        _log.info("subscription confirmed", subscription=confirmed.arn, signed=is_signed)
        return confirmed.arn

    def unsubscribe(self, arn: str, *, is_signed: bool) -> None:
        """Ends a subscription, and tells its endpoint how to get it back; an unknown one is no matter.

        Raises:
            RequestRefusedError: This is no ARN of a subscription, or only a signed call may end it.
        """
        _check_subscription_arn(arn)
        now_ms = self._clock.now_ms()
        with self._store.write() as transaction:
            subscription = transaction.topics.subscription(arn)
            if subscription is None or subscription.state is SubscriptionState.DELETED:
                return
            if subscription.protocol.is_from_settings:
                raise RequestRefusedError(
                    RefusalKind.UNSUPPORTED,
                    "This subscription was made by the setting notify; take it out there.",
                )
            if subscription.is_protected and not is_signed:
                raise _forbidden("only a signed call may end this subscription")
            if subscription.state is SubscriptionState.PENDING:
                raise _invalid("Cannot unsubscribe a subscription that is pending confirmation")
            ended = replace(subscription, state=SubscriptionState.DELETED, state_ms=now_ms)
            transaction.topics.set_subscription(ended)
            transaction.topics.count_deleted(ended.topic_arn)
            transaction.outbox.bury(arn, now_ms, "the subscription was deleted")
            # From now on only the link that is sent now leads back.
            transaction.topics.forget_tokens_of(arn)
            is_told = not is_signed or ended.protocol.is_mail
            if is_told and transaction.topics.find(ended.topic_arn) is not None:
                self._ask(transaction, ended, NoticeKind.UNSUBSCRIBE)
        _log.info("subscription ended", subscription=arn, signed=is_signed)
        self._first_contact.wake()

    def attributes(self, arn: str) -> dict[str, str]:
        """Shows a subscription's attributes as GetSubscriptionAttributes does.

        Raises:
            RequestRefusedError: There is no such subscription.
        """
        _check_arn_shape(arn)
        with self._store.read() as transaction:
            subscription = _existing(transaction, arn)
            topic = transaction.topics.find(subscription.topic_arn)
        return subscription_attributes_shown(subscription, topic, self._settings.account_id)

    def set_attribute(self, arn: str, name: str, value: str) -> None:
        """Sets one attribute; an empty value takes it away where SNS allows that.

        Raises:
            RequestRefusedError: There is no such subscription, or the name or the value is not valid.
        """
        _check_arn_shape(arn)
        with self._store.write() as transaction:
            subscription = _existing(transaction, arn)
            attributes = changed_subscription_attributes(subscription, name, value)
            changed = replace(subscription, attributes=attributes)
            if "FilterPolicy" not in subscription.attributes:
                _check_policies(transaction, changed)
            transaction.topics.set_subscription(changed)

    def page(self, token: str, topic_arn: str | None = None) -> SubscriptionPage:
        """Lists the subscriptions of one topic or of all; a token is the last ARN of the page before.

        Raises:
            RequestRefusedError: There is no such topic, or the token is not one of ours.
        """
        if topic_arn is not None:
            checked_topic_arn(topic_arn, self._settings)
        if token:
            check_token(token, self._settings)
        with self._store.read() as transaction:
            if topic_arn is not None:
                existing_topic(transaction, topic_arn)
            found = transaction.topics.page_of_subscriptions(topic_arn, token, PAGE_SIZE + 1)
        more = len(found) > PAGE_SIZE
        shown = tuple(replace(each, endpoint=masked_endpoint(each.endpoint)) for each in found[:PAGE_SIZE])
        return SubscriptionPage(shown, found[PAGE_SIZE - 1].arn if more else "")

    def _ask(self, transaction: Transaction, subscription: Subscription, kind: NoticeKind) -> int:
        """Promises a message with a link, and returns its row number."""
        now_ms = self._clock.now_ms()
        token = _TOKEN_PREFIX + secrets.token_hex(_TOKEN_BYTES)
        transaction.topics.add_token(token, subscription.arn, now_ms)
        return transaction.outbox.add(
            NewMessage(
                message_id=str(uuid.uuid4()),
                subscription_arn=subscription.arn,
                topic_arn=subscription.topic_arn,
                kind=kind,
                subject="",
                body="",
                created_ms=now_ms,
                due_ms=self._first_contact.due_ms(kind, subscription, now_ms),
                token=token,
            )
        )


def _check_room(transaction: Transaction, subscription: Subscription) -> None:
    if transaction.topics.counts()[SubscriptionState.PENDING] >= _MOST_PENDING:
        raise RequestRefusedError(
            RefusalKind.SUBSCRIPTION_LIMIT, f"There are {_MOST_PENDING} subscriptions to be confirmed."
        )
    _check_policies(transaction, subscription)


def _check_policies(transaction: Transaction, subscription: Subscription) -> None:
    if "FilterPolicy" not in subscription.attributes:
        return
    others = transaction.topics.subscriptions(subscription.topic_arn)
    if sum("FilterPolicy" in each.attributes for each in others) >= _MOST_FILTER_POLICIES:
        raise RequestRefusedError(
            RefusalKind.FILTER_POLICY_LIMIT,
            f"A topic may have at most {_MOST_FILTER_POLICIES} subscriptions with a filter policy.",
        )


def _existing(transaction: Transaction, arn: str) -> Subscription:
    subscription = transaction.topics.subscription(arn)
    if (
        subscription is None
        or subscription.state is SubscriptionState.DELETED
        or subscription.protocol.is_from_settings
    ):
        raise RequestRefusedError(RefusalKind.NOT_FOUND, "Subscription does not exist")
    return subscription


def _check_subscription_arn(arn: str) -> None:
    if not arn:
        raise _invalid("SubscriptionArn Reason: no value for required parameter")
    _check_arn_shape(arn)
    if arn.count(":") == _ARN_PARTS - 1:
        raise _invalid("SubscriptionId")


def _check_arn_shape(arn: str) -> None:
    parts = arn.split(":")
    if len(parts) < _ARN_PARTS:
        raise _invalid(
            f"SubscriptionArn Reason: An ARN must have at least {_ARN_PARTS} elements, not {len(parts)}"
        )


def _invalid(text: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, f"Invalid parameter: {text}")


def _forbidden(reason: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.ACCESS_DENIED, f"Not authorized: {reason}")
