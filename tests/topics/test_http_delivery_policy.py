"""AWS's delivery policy: what is refused, how it is kept, and what holds in the end."""

import json
from typing import Any

import pytest

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics import (
    HttpPolicy,
    Protocol,
    RetryPolicy,
    Subscription,
    Topic,
    changed_subscription_attributes,
    changed_topic_attributes,
    effective_subscription_policy,
    effective_topic_policy,
    http_policy,
)

TOPIC = Topic("arn:aws:sns:us-east-1:000000000000:t", "t")
SUBSCRIPTION = Subscription(f"{TOPIC.arn}:1", TOPIC.arn, Protocol.HTTPS, "https://hooks.example/")
DEFAULT_RETRY = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}


def topic_policy(value: object) -> str:
    return changed_topic_attributes(TOPIC, "DeliveryPolicy", json.dumps(value))["DeliveryPolicy"]


def subscription_policy(value: object, *, raw: bool = False) -> str:
    subscription = Subscription(
        SUBSCRIPTION.arn,
        TOPIC.arn,
        Protocol.HTTPS,
        SUBSCRIPTION.endpoint,
        attributes={"RawMessageDelivery": "true"} if raw else {},
    )
    changed = changed_subscription_attributes(subscription, "DeliveryPolicy", json.dumps(value))
    return changed["DeliveryPolicy"]


def test_the_default_of_a_topic_is_written_as_sns_writes_it() -> None:
    expected = (
        '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,'
        '"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},'
        '"disableSubscriptionOverrides":false,'
        '"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}'
    )

    assert expected == effective_topic_policy(None)


def test_a_topic_keeps_what_was_given_and_the_rest_comes_from_the_defaults() -> None:
    given = {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1}
    stored = topic_policy({"http": {"defaultHealthyRetryPolicy": given, "defaultThrottlePolicy": None}})

    assert {
        "http": {"defaultHealthyRetryPolicy": given, "disableSubscriptionOverrides": False}
    } == json.loads(stored)
    assert {
        "http": {
            "defaultHealthyRetryPolicy": {**DEFAULT_RETRY, **given},
            "disableSubscriptionOverrides": False,
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        }
    } == json.loads(effective_topic_policy(stored))


def test_a_subscription_keeps_all_five_members() -> None:
    stored = subscription_policy({"healthyRetryPolicy": {"numRetries": 5}, "throttlePolicy": None})

    assert {
        "healthyRetryPolicy": {**DEFAULT_RETRY, "numRetries": 5},
        "sicklyRetryPolicy": None,
        "throttlePolicy": None,
        "requestPolicy": None,
        "guaranteed": False,
    } == json.loads(stored)


def test_what_holds_comes_from_the_subscription_then_the_topic_then_the_defaults() -> None:
    topic = topic_policy(
        {
            "http": {
                "defaultHealthyRetryPolicy": {"numRetries": 7},
                "defaultThrottlePolicy": {"maxReceivesPerSecond": 4},
            }
        }
    )
    own = subscription_policy({"requestPolicy": {"headerContentType": "application/json"}})

    assert {
        "healthyRetryPolicy": {**DEFAULT_RETRY, "numRetries": 7},
        "sicklyRetryPolicy": None,
        "throttlePolicy": {"maxReceivesPerSecond": 4},
        "requestPolicy": {"headerContentType": "application/json"},
        "guaranteed": False,
    } == json.loads(effective_subscription_policy(own, topic))
    assert HttpPolicy(RetryPolicy(num_retries=7), 4, "application/json") == http_policy(own, topic)
    assert HttpPolicy() == http_policy(None, None)


def test_a_topic_may_forbid_subscriptions_their_own_policy() -> None:
    topic = topic_policy(
        {"http": {"disableSubscriptionOverrides": True, "defaultHealthyRetryPolicy": {"numRetries": 1}}}
    )
    own = subscription_policy({"healthyRetryPolicy": {"numRetries": 9}})

    assert 1 == http_policy(own, topic).retry.num_retries


def test_a_type_for_raw_messages_ends_with_them() -> None:
    own = subscription_policy({"requestPolicy": {"headerContentType": "text/csv; charset=UTF-8"}}, raw=True)

    assert "text/csv; charset=UTF-8" == http_policy(own, None, is_raw=True).content_type
    assert "text/plain; charset=UTF-8" == http_policy(own, None, is_raw=False).content_type


RETRY_ERRORS: list[tuple[dict[str, Any], str]] = [
    ({"numRetries": 101}, "{0}.numRetries must be less than or equal to 100"),
    ({"numRetries": -1}, "{0}.numRetries must be greater than or equal to 0"),
    ({"numRetries": 2.5}, "{0}.numRetries must be an integer"),
    ({"numRetries": True}, "{0}.numRetries must be an integer"),
    ({"numRetries": "3"}, "{0}.numRetries must be an integer"),
    ({"minDelayTarget": 0}, "{0}.minDelayTarget must be greater than or equal to 1"),
    ({"maxDelayTarget": 3601}, "{0}.maxDelayTarget must be less than or equal to 3600"),
    ({"minDelayTarget": 21}, "{0}.minDelayTarget must be less than or equal to maxDelayTarget, which is 20"),
    (
        {"numNoDelayRetries": 2, "numMinDelayRetries": 2},
        "{0}: numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries together must be less than or "
        "equal to numRetries, which is 3",
    ),
    (
        {"backoffFunction": "cubic"},
        "{0}.backoffFunction must be one of arithmetic, exponential, geometric, linear",
    ),
    (
        {"backoffFunction": ["linear"]},
        "{0}.backoffFunction must be one of arithmetic, exponential, geometric, linear",
    ),
    (
        {"minDelayTarget": 3600, "maxDelayTarget": 3600, "numRetries": 2},
        "{0}: all delays together must be less than or equal to 3600 seconds and are 7200",
    ),
    ({"retries": 3}, "Unexpected JSON member: retries"),
]


@pytest.mark.parametrize(("part", "text"), RETRY_ERRORS)
def test_a_wrong_retry_policy_is_refused_with_the_place_it_stands_at(part: dict[str, Any], text: str) -> None:
    with pytest.raises(RequestRefusedError) as of_topic:
        topic_policy({"http": {"defaultHealthyRetryPolicy": part}})
    with pytest.raises(RequestRefusedError) as of_subscription:
        subscription_policy({"healthyRetryPolicy": part})

    beginning = "Invalid parameter: DeliveryPolicy: "
    assert beginning + text.format("http.defaultHealthyRetryPolicy") == of_topic.value.message
    assert beginning + text.format("healthyRetryPolicy") == of_subscription.value.message


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ({"throttlePolicy": {}}, "Unexpected JSON member: throttlePolicy"),
        ({"http": {"throttlePolicy": {}}}, "Unexpected JSON member: throttlePolicy"),
        ({"http": []}, "http must be a JSON object"),
        ({"http": {"defaultHealthyRetryPolicy": 3}}, "http.defaultHealthyRetryPolicy must be a JSON object"),
        (
            {"http": {"defaultThrottlePolicy": {"maxReceivesPerSecond": 0}}},
            "http.defaultThrottlePolicy.maxReceivesPerSecond must be greater than or equal to 1",
        ),
        (
            {"http": {"defaultRequestPolicy": {"headerContentType": "text/csv"}}},
            "http.defaultRequestPolicy.headerContentType must be one of application/json, text/plain",
        ),
        (
            {"http": {"defaultRequestPolicy": {"headerContentType": "text/plain\r\nx: y"}}},
            "http.defaultRequestPolicy.headerContentType must be one of application/json, text/plain",
        ),
        (
            {"http": {"disableSubscriptionOverrides": 1}},
            "http.disableSubscriptionOverrides must be true or false",
        ),
        ([], "failed to parse JSON. An object is expected."),
    ],
)
def test_a_wrong_topic_policy_is_refused(policy: object, text: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        topic_policy(policy)

    assert (RefusalKind.INVALID_PARAMETER, f"Invalid parameter: DeliveryPolicy: {text}") == (
        caught.value.kind,
        caught.value.message,
    )


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "nothing", '{"http": ' + "9" * 5000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(RequestRefusedError, match="DeliveryPolicy: failed to parse JSON"):
        changed_topic_attributes(TOPIC, "DeliveryPolicy", text)


@pytest.mark.parametrize("policy", [{"guaranteed": True}, {"sicklyRetryPolicy": DEFAULT_RETRY}])
def test_what_is_obsolete_and_would_do_nothing_is_refused(policy: object) -> None:
    with pytest.raises(RequestRefusedError, match="obsolete") as caught:
        subscription_policy(policy)

    assert RefusalKind.UNSUPPORTED is caught.value.kind


def test_only_http_has_a_delivery_policy() -> None:
    mail = Subscription(f"{TOPIC.arn}:2", TOPIC.arn, Protocol.EMAIL, "a@example.com")

    with pytest.raises(RequestRefusedError, match=r"Delivery protocol \[email\] does not support"):
        changed_subscription_attributes(mail, "DeliveryPolicy", "{}")
