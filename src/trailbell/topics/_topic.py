"""A topic and its subscriptions."""

import enum
from collections.abc import Mapping

import msgspec

__all__ = ["Protocol", "Subscription", "SubscriptionState", "Topic", "topic_arn"]


class Protocol(enum.StrEnum):
    """How a subscription is reached: SNS's own protocols, and two that only the settings can ask for.

    TERMINAL and EMAIL are read by people: they wait the gather time and are told news while an alarm lasts.
    WEBHOOK gets the alarm message's JSON at once, as the request body.
    """

    TERMINAL = "terminal"
    WEBHOOK = "webhook"
    HTTP = "http"
    HTTPS = "https"
    EMAIL = "email"
    EMAIL_JSON = "email-json"

    @property
    def is_for_people(self) -> bool:
        """Whether a person reads what arrives."""
        return self in {Protocol.TERMINAL, Protocol.EMAIL}

    @property
    def is_http(self) -> bool:
        """Whether messages are POSTed as SNS does."""
        return self in {Protocol.HTTP, Protocol.HTTPS}

    @property
    def is_mail(self) -> bool:
        """Whether messages are sent by mail."""
        return self in {Protocol.EMAIL, Protocol.EMAIL_JSON}

    @property
    def is_from_settings(self) -> bool:
        """Whether the settings made the subscription: SNS's operations do not know this protocol."""
        return self in {Protocol.TERMINAL, Protocol.WEBHOOK}


class SubscriptionState(enum.StrEnum):
    """Where a subscription stands.

    A deleted one is kept for a while, since the last message it got holds a link that restores it.
    """

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DELETED = "deleted"


class Topic(msgspec.Struct, frozen=True):
    """Where messages are published; ``attributes`` are those that were set, by SNS's names."""

    arn: str
    name: str
    attributes: Mapping[str, str] = {}
    subscriptions_deleted: int = 0


class Subscription(msgspec.Struct, frozen=True):
    """One receiver of a topic's messages.

    ``endpoint`` is ``-`` for the terminal, else a URL or a mail address; ``attributes`` are those that were
    set, by SNS's names. ``was_authenticated`` says that the confirmation was signed, ``is_protected`` that
    only a signed call may unsubscribe. ``state_ms`` is when the state was last changed.
    """

    arn: str
    topic_arn: str
    protocol: Protocol
    endpoint: str
    state: SubscriptionState = SubscriptionState.CONFIRMED
    state_ms: int = 0
    attributes: Mapping[str, str] = {}
    was_authenticated: bool = True
    is_protected: bool = False


def topic_arn(region: str, account_id: str, name: str) -> str:
    """Builds a topic's ARN as SNS writes it."""
    return f"arn:aws:sns:{region}:{account_id}:{name}"
