"""A topic of a chain moved by hand, and endpoints that are subscribed to it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from msgspec.structs import replace

from support.http_receiver import Answer, HttpReceiver, http_receiver
from support.scenario import Scenario
from trailbell.topics import MessageAttribute, PublishRequest

__all__ = ["TOPIC", "Topic", "closing_receiver", "notifications", "token_of"]

TOPIC = "arn:aws:sns:us-east-1:000000000000:bell"


_CLOSE = {"connection": "close"}
_MOST_ANSWERS = 100


def closing_receiver(*answers: Answer | int) -> AbstractContextManager[HttpReceiver]:
    """A receiver that keeps no connection open, which would hold up the end of a test."""
    given = [Answer(each) if isinstance(each, int) else each for each in answers]
    rest = [Answer()] * (_MOST_ANSWERS - len(given))
    return http_receiver(*(replace(each, headers={**each.headers, **_CLOSE}) for each in given + rest))


class Topic:
    """The topic ``bell`` of a scenario, made when it is first used."""

    def __init__(self, scenario: Scenario, attributes: Mapping[str, str] | None = None) -> None:
        self.scenario = scenario
        scenario.chain.topics.create("bell", attributes or {}, ())

    def subscribe(self, endpoint: str, protocol: str = "http", **attributes: str) -> str:
        """Asks an endpoint to confirm; returns the subscription's ARN."""
        made = self.scenario.chain.subscriptions.subscribe(TOPIC, protocol, endpoint, attributes)
        return made.arn

    def confirm(self, token: str, *, is_signed: bool = False, protects: bool = False) -> str:
        """Confirms or restores by a token."""
        return self.scenario.chain.subscriptions.confirm(
            TOPIC, token, is_signed=is_signed, authenticate_on_unsubscribe=protects
        )

    def add(self, receiver: HttpReceiver, path: str = "/hook", **attributes: str) -> str:
        """Subscribes a receiver and confirms; its next answers are for messages."""
        arn = self.subscribe(f"{receiver.url}{path}", **attributes)
        self.confirm(token_of(receiver))
        return arn

    def publish(self, message: str = "hello", subject: str | None = None, **attributes: str) -> str:
        """Publishes a text with string attributes; returns the message's id."""
        given = {name: MessageAttribute("String", value) for name, value in attributes.items()}
        request = PublishRequest(message=message, subject=subject, attributes=given, topic_arn=TOPIC)
        return self.scenario.chain.publisher.publish(request)

    def shown(self, arn: str) -> dict[str, str]:
        """The attributes of a subscription."""
        return self.scenario.chain.subscriptions.attributes(arn)

    def unsubscribe(self, arn: str, *, is_signed: bool = False) -> None:
        """Ends a subscription."""
        self.scenario.chain.subscriptions.unsubscribe(arn, is_signed=is_signed)

    def turn_and_deliver(self, **by: float) -> None:
        """Turns the clock, and tries what is due then."""
        self.scenario.clock.turn(**by)
        self.scenario.chain.deliver_all()

    def messages(self) -> dict[str, int]:
        """How many messages are in which state."""
        with self.scenario.store.read() as transaction:
            return {state.value: number for state, number in transaction.outbox.counts().items() if number}


def token_of(receiver: HttpReceiver) -> str:
    """The token of the message that came in last."""
    token: str = receiver.requests[-1].json["Token"]
    return token


def notifications(receiver: HttpReceiver) -> list[dict[str, Any]]:
    """The envelopes of what was published."""
    return [
        each.json
        for each in receiver.requests
        if each.headers["x-amz-sns-message-type"] == "Notification"
        and "x-amz-sns-rawdelivery" not in each.headers
    ]
