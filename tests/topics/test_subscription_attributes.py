"""Subscriptions' attributes: what may be set, what is kept, what is shown."""

import json

import pytest

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics import (
    Protocol,
    Subscription,
    SubscriptionState,
    Topic,
    changed_subscription_attributes,
    created_subscription_attributes,
    has_subscription_attributes,
    subscription_attributes_shown,
)

ACCOUNT = "000000000000"
TOPIC = Topic(f"arn:aws:sns:us-east-1:{ACCOUNT}:t", "t")
ARN = f"{TOPIC.arn}:11111111-2222-3333-4444-555555555555"
NESTED = '{"detail": {"kind": ["a"]}}'
QUEUE = "arn:aws:sqs:us-east-1:000000000000:q"


def subscription(protocol: Protocol = Protocol.HTTPS, **attributes: str) -> Subscription:
    return Subscription(ARN, TOPIC.arn, protocol, "https://user:secret@hooks.example/", attributes=attributes)


def test_a_subscription_keeps_what_asks_for_something() -> None:
    given = {
        "RawMessageDelivery": "TRUE",
        "FilterPolicy": NESTED,
        "FilterPolicyScope": "MessageBody",
        "DeliveryPolicy": "",
        "RedrivePolicy": "",
        "SubscriptionRoleArn": "",
        "ReplayPolicy": "",
    }

    assert {
        "RawMessageDelivery": "true",
        "FilterPolicy": NESTED,
        "FilterPolicyScope": "MessageBody",
    } == created_subscription_attributes(Protocol.HTTPS, given)


def test_defaults_ask_for_nothing() -> None:
    given = {"RawMessageDelivery": "False", "FilterPolicyScope": "MessageAttributes", "FilterPolicy": ""}

    assert {} == created_subscription_attributes(Protocol.EMAIL, given)


@pytest.mark.parametrize(
    ("protocol", "name", "value", "text"),
    [
        (
            Protocol.HTTP,
            "RawMessageDelivery",
            "x",
            "RawMessageDelivery: Invalid value [x]. Must be true or false.",
        ),
        (
            Protocol.EMAIL,
            "RawMessageDelivery",
            "true",
            "Delivery protocol [email] does not support raw message delivery.",
        ),
        (
            Protocol.EMAIL_JSON,
            "RawMessageDelivery",
            "true",
            "Delivery protocol [email-json] does not support raw message delivery.",
        ),
        (
            Protocol.HTTP,
            "FilterPolicyScope",
            "x",
            "FilterPolicyScope: Invalid value [x]. Please use either MessageBody or MessageAttributes",
        ),
        (
            Protocol.HTTP,
            "FilterPolicy",
            NESTED,
            "Filter policy scope MessageAttributes does not support nested filter policy",
        ),
        (Protocol.HTTP, "FilterPolicy", '{"a": []}', "FilterPolicy: Empty arrays are not allowed"),
        (
            Protocol.HTTP,
            "RedrivePolicy",
            '{"deadLetterTargetArn": "arn:aws:sns:x"}',
            "RedrivePolicy: deadLetterTargetArn is an invalid arn",
        ),
        (Protocol.HTTP, "RedrivePolicy", "{}", "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
        (
            Protocol.HTTP,
            "DeliveryPolicy",
            '{"healthyRetryPolicy": {"numRetries": 101}}',
            "DeliveryPolicy: healthyRetryPolicy.numRetries must be less than or equal to 100",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_the_beginning_of_the_operation(
    protocol: Protocol, name: str, value: str, text: str
) -> None:
    with pytest.raises(RequestRefusedError) as of_creation:
        created_subscription_attributes(protocol, {name: value})
    with pytest.raises(RequestRefusedError) as of_change:
        changed_subscription_attributes(subscription(protocol), name, value)

    assert f"Invalid parameter: Attributes Reason: {text}" == of_creation.value.message
    assert f"Invalid parameter: {text}" == of_change.value.message


@pytest.mark.parametrize("name", ["FilterPolicy", "RedrivePolicy", "DeliveryPolicy"])
@pytest.mark.parametrize("value", ["{", "nothing", "[" * 100_000])
def test_broken_json_is_refused(name: str, value: str) -> None:
    with pytest.raises(RequestRefusedError, match=f"Invalid parameter: {name}: failed to parse JSON"):
        changed_subscription_attributes(subscription(), name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RedrivePolicy", json.dumps({"deadLetterTargetArn": QUEUE})),
        ("ReplayPolicy", "{}"),
        ("SubscriptionRoleArn", "arn:aws:iam::000000000000:role/r"),
    ],
)
def test_what_nothing_would_act_on_is_refused_as_not_supported(name: str, value: str) -> None:
    with pytest.raises(RequestRefusedError, match="not supported by this version") as caught:
        created_subscription_attributes(Protocol.HTTPS, {name: value})

    assert RefusalKind.UNSUPPORTED is caught.value.kind


@pytest.mark.parametrize("name", ["Endpoint", "PendingConfirmation", "x", ""])
def test_what_cannot_be_set_is_refused_by_name(name: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        changed_subscription_attributes(subscription(), name, "x")

    assert "Invalid parameter: AttributeName" == caught.value.message


def test_the_scope_cannot_be_changed_to_one_the_policy_does_not_fit() -> None:
    filtered = subscription(FilterPolicy=NESTED, FilterPolicyScope="MessageBody")

    with pytest.raises(RequestRefusedError, match="does not support nested filter policy"):
        changed_subscription_attributes(filtered, "FilterPolicyScope", "MessageAttributes")


def test_an_empty_value_removes_an_attribute() -> None:
    filtered = subscription(FilterPolicy='{"a": ["b"]}', RawMessageDelivery="true")

    assert {"RawMessageDelivery": "true"} == changed_subscription_attributes(filtered, "FilterPolicy", "")
    assert {"FilterPolicy": '{"a": ["b"]}'} == changed_subscription_attributes(
        filtered, "RawMessageDelivery", "false"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, True),
        ({"RawMessageDelivery": "True"}, True),
        ({"FilterPolicy": '{"a":["b"]}'}, True),
        ({"FilterPolicyScope": "MessageAttributes"}, True),
        ({"RawMessageDelivery": "false"}, False),
        ({"FilterPolicy": '{"a":["c"]}'}, False),
        ({"FilterPolicy": ""}, False),
        ({"FilterPolicyScope": "MessageBody"}, False),
    ],
)
def test_subscribing_again_must_ask_for_what_there_is(given: dict[str, str], expected: bool) -> None:
    existing = subscription(FilterPolicy='{"a": ["b"]}', RawMessageDelivery="true")

    assert expected is has_subscription_attributes(existing, given)


def test_all_that_sns_shows_is_shown_and_no_password() -> None:
    assert {
        "SubscriptionArn": ARN,
        "TopicArn": TOPIC.arn,
        "Owner": ACCOUNT,
        "SubscriptionPrincipal": f"arn:aws:iam::{ACCOUNT}:root",
        "Protocol": "https",
        "Endpoint": "https://user:****@hooks.example/",
        "RawMessageDelivery": "false",
        "PendingConfirmation": "false",
        "ConfirmationWasAuthenticated": "true",
    } == subscription_attributes_shown(subscription(FilterPolicyScope="MessageBody"), TOPIC, ACCOUNT)


def test_a_pending_one_was_not_authenticated() -> None:
    pending = Subscription(ARN, TOPIC.arn, Protocol.EMAIL, "a@example.com", SubscriptionState.PENDING)

    shown = subscription_attributes_shown(pending, TOPIC, ACCOUNT)

    assert ("true", "false") == (shown["PendingConfirmation"], shown["ConfirmationWasAuthenticated"])


def test_policies_are_shown_with_what_they_come_to() -> None:
    attributes = created_subscription_attributes(
        Protocol.HTTPS,
        {"FilterPolicy": '{"a": ["b"]}', "DeliveryPolicy": '{"healthyRetryPolicy": {"numRetries": 5}}'},
    )

    shown = subscription_attributes_shown(subscription(Protocol.HTTPS, **attributes), None, ACCOUNT)

    assert ('{"a": ["b"]}', "MessageAttributes") == (shown["FilterPolicy"], shown["FilterPolicyScope"])
    assert 5 == json.loads(shown["DeliveryPolicy"])["healthyRetryPolicy"]["numRetries"]
    assert 5 == json.loads(shown["EffectiveDeliveryPolicy"])["healthyRetryPolicy"]["numRetries"]


@pytest.mark.parametrize("empty", ["", "{}", " { \n } "])
def test_a_filter_policy_without_a_rule_takes_the_policy_away(empty: str) -> None:
    given = {"FilterPolicy": '{"a":["b"]}', "RawMessageDelivery": "true"}
    subscription = Subscription("arn:t:1", "arn:t", Protocol.HTTP, "http://x.example/", attributes=given)

    assert {"RawMessageDelivery": "true"} == changed_subscription_attributes(
        subscription, "FilterPolicy", empty
    )
    assert {} == created_subscription_attributes(Protocol.HTTP, {"FilterPolicy": empty})
