"""Topics, who subscribes to them, when a delivery is tried again, and what people read."""

from trailbell.topics._policy import DEFAULT_POLICY, DeliveryPolicy, delay_ms
from trailbell.topics._text import Notice, NoticeKind, alarm_text, alarm_title
from trailbell.topics._topic import Protocol, Subscription, Topic, topic_arn

__all__ = [
    "DEFAULT_POLICY",
    "DeliveryPolicy",
    "Notice",
    "NoticeKind",
    "Protocol",
    "Subscription",
    "Topic",
    "alarm_text",
    "alarm_title",
    "delay_ms",
    "topic_arn",
]
