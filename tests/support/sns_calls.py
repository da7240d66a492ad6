"""What tests of SNS through a real client say again and again."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.sns_hook import SnsHook

__all__ = ["SNS_ARN", "confirmed", "invalid", "refused", "shown", "subscribe_mail"]

SNS_ARN = "arn:aws:sns:us-east-1:000000000000:"


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    """The code and the message with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def invalid(text: str) -> tuple[str, str]:
    """What a parameter that is not valid is refused with."""
    return "InvalidParameter", f"Invalid parameter: {text}"


def confirmed(sns: Any, topic: str, hook: SnsHook, **attributes: str) -> str:
    """Subscribes a hook, which confirms, and returns the subscription's ARN."""
    made: str = sns.subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=hook.url,
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return made


def subscribe_mail(sns: Any, topic: str, endpoint: str = "a@example.com", **more: Any) -> str:
    """Subscribes a mail address and returns what is answered for its ARN."""
    arn: str = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=endpoint, **more)["SubscriptionArn"]
    return arn


def shown(sns: Any, arn: str) -> dict[str, str]:
    """A subscription's attributes."""
    attributes: dict[str, str] = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    return attributes
