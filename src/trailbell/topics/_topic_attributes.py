"""The attributes of a topic: what may be set, how it is kept, and what GetTopicAttributes shows."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics._attribute_errors import explained, invalid, unsupported
from trailbell.topics._delivery_policy import effective_topic_policy, stored_topic_policy
from trailbell.topics._topic import SubscriptionState, Topic
from trailbell.topics._topic_policy import default_policy, stored_policy

__all__ = [
    "changed_topic_attributes",
    "created_topic_attributes",
    "has_topic_attributes",
    "topic_attributes_shown",
]

_LONGEST_DISPLAY_NAME = 100
_FEEDBACK = re.compile(
    r"(?:HTTP|Firehose|Lambda|Application|SQS)(?:SuccessFeedbackRoleArn|FailureFeedbackRoleArn|"
    r"(?P<rate>SuccessFeedbackSampleRate))"
)
_FIFO_ONLY = ("FifoTopic", "ContentBasedDeduplication")
_UNSUPPORTED = {
    "KmsMasterKeyId": "encryption with a KMS key",
    "DataProtectionPolicy": "data protection",
    "FifoThroughputScope": "FIFO topics",
    "ArchivePolicy": "archives of FIFO topics",
}


def created_topic_attributes(given: Mapping[str, str]) -> dict[str, str]:
    """Returns what CreateTopic keeps of the attributes given with it; what asks for nothing is dropped.

    Raises:
        RequestRefusedError: a name or a value is refused.
    """
    kept: dict[str, str] = {}
    for name, value in given.items():
        if normal := _normal(name, value, is_creation=True):
            kept[name] = normal
    return kept


def changed_topic_attributes(topic: Topic, name: str, value: str | None) -> dict[str, str]:
    """Returns all attributes of a topic once SetTopicAttributes has set one; an empty value removes it.

    Raises:
        RequestRefusedError: the name or the value is refused.
    """
    normal = _normal(name, value or "", is_creation=False)
    rest = {known: kept for known, kept in topic.attributes.items() if known != name}
    return {**rest, name: normal} if normal else rest


def has_topic_attributes(topic: Topic, given: Mapping[str, str]) -> bool:
    """Whether creating a topic again with these attributes asks for what it has.

    Raises:
        RequestRefusedError: a name or a value is refused.
    """
    wanted = created_topic_attributes(given)
    return all(wanted.get(name) == topic.attributes.get(name) for name in given)


def topic_attributes_shown(
    topic: Topic, account_id: str, counts: Mapping[SubscriptionState, int]
) -> dict[str, str]:
    """Returns what GetTopicAttributes shows; ``counts`` are the topic's subscriptions by state."""
    kept = topic.attributes
    return {
        "Policy": default_policy(topic.arn, account_id),
        "Owner": account_id,
        "SubscriptionsPending": str(counts.get(SubscriptionState.PENDING, 0)),
        "TopicArn": topic.arn,
        "EffectiveDeliveryPolicy": effective_topic_policy(kept.get("DeliveryPolicy")),
        "SubscriptionsConfirmed": str(counts.get(SubscriptionState.CONFIRMED, 0)),
        "DisplayName": "",
        "SubscriptionsDeleted": str(topic.subscriptions_deleted),
        **kept,
    }


def _normal(name: str, value: str, *, is_creation: bool) -> str:
    """The value as it is kept; empty for what asks for nothing."""
    try:
        if name in _NORMAL_FORMS:
            return _NORMAL_FORMS[name](value)
        if name in _UNSUPPORTED:
            return _nothing(name, value, _UNSUPPORTED[name])
        if feedback := _FEEDBACK.fullmatch(name):
            return _feedback(name, value, is_rate=feedback["rate"] is not None)
        if name in _FIFO_ONLY and is_creation:
            return _not_fifo(name, value)
    except RequestRefusedError as error:
        raise explained(error, is_creation=is_creation) from None
    raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, "Invalid parameter: AttributeName")


def _display_name(value: str) -> str:
    is_printable = all(unicodedata.category(each) not in {"Cc", "Cs", "Zl", "Zp"} for each in value)
    if len(value) > _LONGEST_DISPLAY_NAME or not is_printable:
        raise invalid("DisplayName")
    return value


def _policy(value: str) -> str:
    return stored_policy(value) if value else ""


def _delivery_policy(value: str) -> str:
    return stored_topic_policy(value) if value else ""


def _signature_version(value: str) -> str:
    if value not in ("", "1", "2"):
        raise invalid(f"SignatureVersion: Invalid value [{value}]. Must be 1 or 2.")
    return value


def _tracing(value: str) -> str:
    if value == "Active":
        raise unsupported("TracingConfig Active is not supported by this version; use PassThrough.")
    if value not in ("", "PassThrough"):
        raise invalid(f"TracingConfig: Invalid value [{value}]. Must be PassThrough or Active.")
    return value


def _nothing(name: str, value: str, what: str) -> str:
    if value:
        raise unsupported(f"{name}: {what} is not supported by this version; leave it out.")
    return ""


def _feedback(name: str, value: str, *, is_rate: bool) -> str:
    if is_rate and value and not (re.fullmatch(r"[0-9]{1,3}", value, re.ASCII) and int(value) <= 100):
        raise invalid(f"{name}: {value} value provided is not an integer between 0-100")
    if is_rate and value and int(value) == 0:
        return ""
    return _nothing(name, value, "the log of delivery status (use Trailbell's own list of deliveries)")


def _not_fifo(name: str, value: str) -> str:
    if value.lower() == "true":
        raise unsupported(f"{name}: FIFO topics are not supported by this version; leave it out.")
    if value.lower() not in ("", "false"):
        raise invalid(f"{name}: Invalid value [{value}]. Must be true or false.")
    return ""


_NORMAL_FORMS: dict[str, Callable[[str], str]] = {
    "DisplayName": _display_name,
    "Policy": _policy,
    "DeliveryPolicy": _delivery_policy,
    "SignatureVersion": _signature_version,
    "TracingConfig": _tracing,
}
