"""A topic and its subscriptions."""

import enum

import msgspec

__all__ = ["Protocol", "Subscription", "Topic", "topic_arn"]


class Protocol(enum.StrEnum):
    """How a subscription is reached.

    TERMINAL is read by people: it waits the gather time and is told news while the alarm lasts.
    WEBHOOK is read by programs: it gets the alarm message's JSON at once, as the request body.
    """

    TERMINAL = "terminal"
    WEBHOOK = "webhook"

    @property
    def is_for_people(self) -> bool:
        """Whether a person reads what arrives."""
        return self is Protocol.TERMINAL


class Topic(msgspec.Struct, frozen=True):
    """Where alarms send their messages."""

    arn: str
    name: str


class Subscription(msgspec.Struct, frozen=True):
    """One receiver of a topic's messages; ``endpoint`` is ``-`` for the terminal, else a URL."""

    arn: str
    topic_arn: str
    protocol: Protocol
    endpoint: str


def topic_arn(region: str, account_id: str, name: str) -> str:
    """Builds a topic's ARN as SNS writes it."""
    return f"arn:aws:sns:{region}:{account_id}:{name}"
