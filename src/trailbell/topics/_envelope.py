"""The JSON that SNS sends, the string it signs, and the links in it.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

import base64
import datetime
import enum
import json
import urllib.parse
from collections.abc import Mapping

import msgspec

from trailbell.topics._characters import well_formed
from trailbell.topics._message_attributes import MessageAttribute

__all__ = [
    "Envelope",
    "EnvelopeType",
    "confirmation_page_url",
    "confirmation_text",
    "delivery_headers",
    "envelope_json",
    "string_to_sign",
    "subscribe_url",
    "timestamp",
    "unsubscribe_page_url",
    "unsubscribe_text",
    "unsubscribe_url",
]

_MILLISECOND = datetime.timedelta(milliseconds=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class EnvelopeType(enum.StrEnum):
    """What a message is about: something published, or a link that is to be followed."""

    NOTIFICATION = "Notification"
    SUBSCRIPTION_CONFIRMATION = "SubscriptionConfirmation"
    UNSUBSCRIBE_CONFIRMATION = "UnsubscribeConfirmation"


class Envelope(msgspec.Struct, frozen=True):
    """What one message to one subscription says.

    ``at_ms`` is when it was published and stays so over all tries. ``token`` and ``subscribe_url`` belong to
    confirmations; ``unsubscribe_url``, ``subject`` and ``attributes`` to notifications.
    """

    type: EnvelopeType
    message_id: str
    topic_arn: str
    message: str
    at_ms: int
    subject: str | None = None
    attributes: Mapping[str, MessageAttribute] = {}
    token: str = ""
    subscribe_url: str = ""
    unsubscribe_url: str = ""
    subscription_arn: str = ""


def string_to_sign(envelope: Envelope) -> str:
    """Builds the text that the signature is over: names and values, each ended by a line feed."""
    signed = {
        "Message": envelope.message,
        "MessageId": envelope.message_id,
        "Timestamp": timestamp(envelope.at_ms),
        "TopicArn": envelope.topic_arn,
        "Type": envelope.type.value,
    }
    if envelope.type is EnvelopeType.NOTIFICATION:
        if envelope.subject:
            signed["Subject"] = envelope.subject
    else:
        signed |= {"SubscribeURL": envelope.subscribe_url, "Token": envelope.token}
    return well_formed("".join(f"{name}\n{signed[name]}\n" for name in sorted(signed)))


def envelope_json(envelope: Envelope, signature_version: str, signature: str, signing_cert_url: str) -> str:
    """Writes the message as SNS does: its keys in its order, indented by two, `` : `` after each."""
    about = {"Type": envelope.type.value, "MessageId": envelope.message_id}
    signed = {
        "Timestamp": timestamp(envelope.at_ms),
        "SignatureVersion": signature_version,
        "Signature": signature,
        "SigningCertURL": signing_cert_url,
    }
    members: dict[str, object]
    if envelope.type is EnvelopeType.NOTIFICATION:
        members = {
            **about,
            "TopicArn": envelope.topic_arn,
            **({"Subject": envelope.subject} if envelope.subject else {}),
            "Message": envelope.message,
            **signed,
            "UnsubscribeURL": envelope.unsubscribe_url,
        }
        if envelope.attributes:
            members["MessageAttributes"] = {
                name: {"Type": attribute.data_type, "Value": _value(attribute)}
                for name, attribute in envelope.attributes.items()
            }
    else:
        members = {
            **about,
            "Token": envelope.token,
            "TopicArn": envelope.topic_arn,
            "Message": envelope.message,
            "SubscribeURL": envelope.subscribe_url,
            **signed,
        }
    return well_formed(json.dumps(members, ensure_ascii=False, indent=2, separators=(",", " : ")))


def delivery_headers(envelope: Envelope, *, is_raw: bool = False) -> dict[str, str]:
    """Names the headers that go with a POST; ``is_raw`` says that only the message's text is sent."""
    headers = {
        "x-amz-sns-message-type": envelope.type.value,
        "x-amz-sns-message-id": envelope.message_id,
        "x-amz-sns-topic-arn": envelope.topic_arn,
    }
    if envelope.type is not EnvelopeType.SUBSCRIPTION_CONFIRMATION:
        headers["x-amz-sns-subscription-arn"] = envelope.subscription_arn
    if is_raw and envelope.type is EnvelopeType.NOTIFICATION:
        headers["x-amz-sns-rawdelivery"] = "true"
    return headers


def confirmation_text(topic_arn: str) -> str:
    """Words the message that asks to confirm a subscription."""
    return (
        f"You have chosen to subscribe to the topic {topic_arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )


def unsubscribe_text(subscription_arn: str) -> str:
    """Words the message that ends a subscription."""
    return (
        f"You have chosen to deactivate subscription {subscription_arn}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this "
        "message."
    )


def subscribe_url(base_url: str, topic_arn: str, token: str) -> str:
    """Builds the link that confirms or restores a subscription when it is followed."""
    return _url(base_url, "/", Action="ConfirmSubscription", TopicArn=topic_arn, Token=token)


def unsubscribe_url(base_url: str, subscription_arn: str) -> str:
    """Builds the link that ends a subscription when it is followed."""
    return _url(base_url, "/", Action="Unsubscribe", SubscriptionArn=subscription_arn)


def confirmation_page_url(base_url: str, topic_arn: str, token: str, address: str) -> str:
    """Builds the link to the page where a person confirms; following it alone changes nothing."""
    return _url(base_url, "/confirmation.html", TopicArn=topic_arn, Token=token, Endpoint=address)


def unsubscribe_page_url(base_url: str, subscription_arn: str, address: str) -> str:
    """Builds the link to the page where a person unsubscribes; following it alone changes nothing."""
    return _url(base_url, "/unsubscribe.html", SubscriptionArn=subscription_arn, Endpoint=address)


def timestamp(at_ms: int) -> str:
    """Writes an instant with exactly three decimals."""
    at = _EPOCH + at_ms * _MILLISECOND
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _url(base_url: str, path: str, **parameters: str) -> str:
    # Colons stay as they are, as in AWS's links.
    query = "&".join(
        f"{name}={urllib.parse.quote(well_formed(value), safe=':@')}" for name, value in parameters.items()
    )
    return f"{base_url.rstrip('/')}{path}?{query}"


def _value(attribute: MessageAttribute) -> str:
    if attribute.is_binary:
        return base64.b64encode(attribute.binary_value or b"").decode()
    return attribute.string_value or ""
