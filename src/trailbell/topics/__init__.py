"""Topics, who subscribes to them, what may be published, what is sent, when it is tried again."""

from trailbell.topics._characters import well_formed
from trailbell.topics._delivery_policy import (
    DEFAULT_CONTENT_TYPE,
    HttpPolicy,
    effective_subscription_policy,
    effective_topic_policy,
    http_policy,
)
from trailbell.topics._endpoint import check_subscribe_endpoint, is_mail_address, masked_endpoint
from trailbell.topics._envelope import (
    Envelope,
    EnvelopeType,
    confirmation_page_url,
    confirmation_text,
    delivery_headers,
    envelope_json,
    string_to_sign,
    subscribe_url,
    timestamp,
    unsubscribe_page_url,
    unsubscribe_text,
    unsubscribe_url,
)
from trailbell.topics._filter_policy import FilterPolicy, parse_filter_policy
from trailbell.topics._filter_policy_tree import FilterPolicyError, FilterPolicyScope
from trailbell.topics._mail import (
    DEFAULT_MAIL_SUBJECT,
    Mail,
    confirmation_mail,
    mail_button,
    notification_mail,
    unsubscribe_mail,
)
from trailbell.topics._message_attributes import (
    MessageAttribute,
    check_message_attributes,
    message_size_bytes,
)
from trailbell.topics._policy import DEFAULT_POLICY, DeliveryPolicy, delay_ms
from trailbell.topics._publish import (
    BatchEntry,
    FailedEntry,
    Publication,
    PublishRequest,
    check_publish,
    check_publish_batch,
)
from trailbell.topics._retry import (
    HTTP_LIFETIME_MS,
    MAIL_RETRY_POLICY,
    BackoffFunction,
    RetryPolicy,
    retry_delay_ms,
)
from trailbell.topics._subscription_attributes import (
    changed_subscription_attributes,
    created_subscription_attributes,
    has_subscription_attributes,
    subscription_attributes_shown,
)
from trailbell.topics._text import Notice, NoticeKind, alarm_text, alarm_title
from trailbell.topics._topic import Protocol, Subscription, SubscriptionState, Topic, topic_arn
from trailbell.topics._topic_attributes import (
    changed_topic_attributes,
    created_topic_attributes,
    has_topic_attributes,
    topic_attributes_shown,
)
from trailbell.topics._topic_name import check_topic_name

__all__ = [
    "DEFAULT_CONTENT_TYPE",
    "DEFAULT_MAIL_SUBJECT",
    "DEFAULT_POLICY",
    "HTTP_LIFETIME_MS",
    "MAIL_RETRY_POLICY",
    "BackoffFunction",
    "BatchEntry",
    "DeliveryPolicy",
    "Envelope",
    "EnvelopeType",
    "FailedEntry",
    "FilterPolicy",
    "FilterPolicyError",
    "FilterPolicyScope",
    "HttpPolicy",
    "Mail",
    "MessageAttribute",
    "Notice",
    "NoticeKind",
    "Protocol",
    "Publication",
    "PublishRequest",
    "RetryPolicy",
    "Subscription",
    "SubscriptionState",
    "Topic",
    "alarm_text",
    "alarm_title",
    "changed_subscription_attributes",
    "changed_topic_attributes",
    "check_message_attributes",
    "check_publish",
    "check_publish_batch",
    "check_subscribe_endpoint",
    "check_topic_name",
    "confirmation_mail",
    "confirmation_page_url",
    "confirmation_text",
    "created_subscription_attributes",
    "created_topic_attributes",
    "delay_ms",
    "delivery_headers",
    "effective_subscription_policy",
    "effective_topic_policy",
    "envelope_json",
    "has_subscription_attributes",
    "has_topic_attributes",
    "http_policy",
    "is_mail_address",
    "mail_button",
    "masked_endpoint",
    "message_size_bytes",
    "notification_mail",
    "parse_filter_policy",
    "retry_delay_ms",
    "string_to_sign",
    "subscribe_url",
    "subscription_attributes_shown",
    "timestamp",
    "topic_arn",
    "topic_attributes_shown",
    "unsubscribe_mail",
    "unsubscribe_page_url",
    "unsubscribe_text",
    "unsubscribe_url",
    "well_formed",
]
