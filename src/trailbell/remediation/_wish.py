"""What is wished of a plan: for which controls, by which topic, telling whom, and what it may overwrite."""

import re
from collections.abc import Mapping

import msgspec

from trailbell._errors import TrailbellError
from trailbell.account import Profile, read_arn
from trailbell.controls import Control
from trailbell.topics import is_mail_address

__all__ = ["TOPIC_NAME", "Recipient", "Wish", "WishError", "recipient_of", "topic_of"]

TOPIC_NAME = "security-alarms"
"""The topic that is made where none serves."""


# The topic of a silent twin is called after it, with an ending of 14 characters; names have 256 at most.
_TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,242}")


class WishError(TrailbellError):
    """A wish that cannot be planned for; the message says which part of it."""


class Recipient(msgspec.Struct, frozen=True):
    """Somebody to be told, as Subscribe names them."""

    protocol: str
    endpoint: str


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made for.

    Attributes:
        profile: What is audited against; its texts are what filters are made with.
        topic: The name or ARN of the topic that new alarms notify; empty leaves the choice to the plan.
        recipients: Who is subscribed where a chain ends with nobody.
        may_overwrite: Whether filters and alarms that are there may be changed.
        tuned: Patterns of filters that page people, by the key of the control whose own filter is silent.
        record_to: Who gets the messages of the silent alarms.
    """

    profile: Profile
    controls: tuple[Control, ...]
    topic: str = ""
    recipients: tuple[Recipient, ...] = ()
    may_overwrite: bool = False
    tuned: Mapping[str, str] = {}
    record_to: tuple[Recipient, ...] = ()


def recipient_of(text: str) -> Recipient:
    """Reads a recipient: a mail address, a URL, or the ARN of a queue, function or delivery stream.

    Raises:
        WishError: It is none of them.
    """
    for scheme in ("https", "http"):
        if text.lower().startswith(f"{scheme}://") and len(text) > len(scheme) + 3:
            return Recipient(scheme, text)
    place = read_arn(text)
    if place is not None and place.service in ("sqs", "lambda", "firehose"):
        return Recipient(place.service, text)
    if is_mail_address(text):
        return Recipient("email", text)
    raise WishError(
        f"nobody can be told at {text!r}: give a mail address, an https:// or http:// address, or the ARN "
        "of a queue or function"
    )


def topic_of(text: str) -> str:
    """Returns the name or ARN of a topic that alarms can notify, empty where none is wished for.

    Raises:
        WishError: It is neither.
    """
    place = read_arn(text)
    is_arn = place is not None and place.service == "sns"
    name = place.resource if place is not None and is_arn else text
    if text and not _TOPIC_NAME.fullmatch(name):
        raise WishError(
            f"{text!r} is no topic for alarms: give the ARN of one, or a name of up to 242 letters, digits, "
            "hyphens and underscores"
        )
    return text
