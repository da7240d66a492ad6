"""Topic ARNs as callers give them: their shape, their region, and whether there is such a topic."""

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.settings import Settings
from trailbell.store import Transaction
from trailbell.topics import Topic

__all__ = ["checked_topic_arn", "existing_topic"]

_PARTS = 6


def checked_topic_arn(arn: str, settings: Settings, *, named: str = "TopicArn") -> str:
    """Returns an ARN that has the shape of one and is of this region (sns-and-delivery section 1).

    Raises:
        RequestRefusedError: It has too few parts, or is of another region.
    """
    parts = arn.split(":")
    if len(parts) < _PARTS:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            f"Invalid parameter: {named} Reason: An ARN must have at least {_PARTS} elements, "
            f"not {len(parts)}",
        )
    if parts[3] != settings.region:
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, f"Invalid parameter: {named}")
    return arn


def existing_topic(transaction: Transaction, arn: str) -> Topic:
    """Finds a topic.

    Raises:
        RequestRefusedError: There is none of this ARN.
    """
    topic = transaction.topics.find(arn)
    if topic is None:
        raise RequestRefusedError(RefusalKind.NOT_FOUND, "Topic does not exist")
    return topic
