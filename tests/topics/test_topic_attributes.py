"""Topics' names and attributes: what may be set, what is kept, what is shown."""

import json

import pytest

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics import (
    SubscriptionState,
    Topic,
    changed_topic_attributes,
    check_topic_name,
    created_topic_attributes,
    has_topic_attributes,
    topic_attributes_shown,
)

ACCOUNT = "000000000000"
ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"
TOPIC = Topic(ARN, "t", {"DisplayName": "Bell", "SignatureVersion": "2"}, subscriptions_deleted=4)
STATEMENT = {"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "SNS:Publish", "Resource": ARN}


@pytest.mark.parametrize("name", ["t", "A-z_0", "n" * 256])
def test_a_valid_name_passes(name: str) -> None:
    check_topic_name(name)


@pytest.mark.parametrize(
    ("name", "is_fifo"),
    [
        ("", False),
        ("n" * 257, False),
        ("a b", False),
        ("é", False),
        ("t\n", False),
        ("t.fifo", False),
        ("t", True),
        (".fifo", True),
        ("n" * 252 + ".fifo", True),
    ],
)
def test_a_wrong_name_is_refused(name: str, is_fifo: bool) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_topic_name(name, is_fifo=is_fifo)

    assert "Invalid parameter: Topic Name" == caught.value.message


def test_a_fifo_topic_is_refused_as_not_supported() -> None:
    with pytest.raises(RequestRefusedError, match="FIFO topics are not supported") as caught:
        check_topic_name("t.fifo", is_fifo=True)

    assert RefusalKind.UNSUPPORTED is caught.value.kind


def test_a_topic_keeps_what_asks_for_something() -> None:
    given = {
        "DisplayName": "Bell",
        "SignatureVersion": "2",
        "TracingConfig": "PassThrough",
        "FifoTopic": "False",
        "ContentBasedDeduplication": "false",
        "KmsMasterKeyId": "",
        "HTTPSuccessFeedbackRoleArn": "",
        "SQSSuccessFeedbackSampleRate": "0",
        "DeliveryPolicy": "",
    }

    assert {
        "DisplayName": "Bell",
        "SignatureVersion": "2",
        "TracingConfig": "PassThrough",
    } == created_topic_attributes(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KmsMasterKeyId", "alias/aws/sns"),
        ("DataProtectionPolicy", "{}"),
        ("ArchivePolicy", "{}"),
        ("FifoThroughputScope", "Topic"),
        ("FifoTopic", "true"),
        ("ContentBasedDeduplication", "true"),
        ("TracingConfig", "Active"),
        ("LambdaFailureFeedbackRoleArn", "arn:aws:iam::000000000000:role/r"),
        ("FirehoseSuccessFeedbackSampleRate", "100"),
    ],
)
def test_what_nothing_would_act_on_is_refused_as_not_supported(name: str, value: str) -> None:
    with pytest.raises(RequestRefusedError, match="supported by this version") as caught:
        created_topic_attributes({name: value})

    assert RefusalKind.UNSUPPORTED is caught.value.kind


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        (
            "SQSSuccessFeedbackSampleRate",
            "500",
            "SQSSuccessFeedbackSampleRate: 500 value provided is not an integer between 0-100",
        ),
        (
            "HTTPSuccessFeedbackSampleRate",
            "x",
            "HTTPSuccessFeedbackSampleRate: x value provided is not an integer between 0-100",
        ),
        (
            "DeliveryPolicy",
            '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}',
            "DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100",
        ),
        ("SignatureVersion", "3", "SignatureVersion: Invalid value [3]. Must be 1 or 2."),
        ("TracingConfig", "x", "TracingConfig: Invalid value [x]. Must be PassThrough or Active."),
        ("DisplayName", "a\r\nBcc: b", "DisplayName"),
        ("DisplayName", "n" * 101, "DisplayName"),
        ("Policy", "{", "Policy Error: null"),
        ("Policy", "[]", "Policy Error: null"),
        ("Policy", "[" * 100_000, "Policy Error: null"),
        ("Policy", "{}", "Policy Error: null"),
        ("Policy", json.dumps({"Statement": ["x"]}), "Policy Error: null"),
        ("Policy", json.dumps({"Statement": {**STATEMENT, "Action": [1]}}), "Policy Error: null"),
        ("Policy", json.dumps({"Statement": {**STATEMENT, "Effect": "x"}}), "Policy Error: null"),
        (
            "Policy",
            json.dumps({"Statement": [STATEMENT, {**STATEMENT, "Action": ["sns:Publish", "sqs:x"]}]}),
            "Policy statement action out of service scope!",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_the_beginning_of_the_operation(
    name: str, value: str, text: str
) -> None:
    with pytest.raises(RequestRefusedError) as of_creation:
        created_topic_attributes({name: value})
    with pytest.raises(RequestRefusedError) as of_change:
        changed_topic_attributes(TOPIC, name, value)

    assert f"Invalid parameter: Attributes Reason: {text}" == of_creation.value.message
    assert f"Invalid parameter: {text}" == of_change.value.message


@pytest.mark.parametrize("name", ["FifoTopic", "TopicArn", "Owner", "EffectiveDeliveryPolicy", "x", ""])
def test_what_cannot_be_set_is_refused_by_name(name: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        changed_topic_attributes(TOPIC, name, "false")

    assert "Invalid parameter: AttributeName" == caught.value.message


def test_setting_an_attribute_leaves_the_others_and_an_empty_value_removes_it() -> None:
    assert {"DisplayName": "B", "SignatureVersion": "2"} == changed_topic_attributes(
        TOPIC, "DisplayName", "B"
    )
    assert {"SignatureVersion": "2"} == changed_topic_attributes(TOPIC, "DisplayName", "")
    assert {"SignatureVersion": "2"} == changed_topic_attributes(TOPIC, "DisplayName", None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, True),
        ({"DisplayName": "Bell"}, True),
        ({"FifoTopic": "false"}, True),
        ({"SignatureVersion": "2", "KmsMasterKeyId": ""}, True),
        ({"DisplayName": "Other"}, False),
        ({"DisplayName": ""}, False),
        ({"DisplayName": "Bell", "TracingConfig": "PassThrough"}, False),
    ],
)
def test_creating_again_must_ask_for_what_there_is(given: dict[str, str], expected: bool) -> None:
    assert expected is has_topic_attributes(TOPIC, given)


def test_all_that_sns_shows_is_shown() -> None:
    shown = topic_attributes_shown(
        TOPIC, ACCOUNT, {SubscriptionState.CONFIRMED: 2, SubscriptionState.PENDING: 1}
    )

    policy = json.loads(shown.pop("Policy"))
    assert "http" in json.loads(shown.pop("EffectiveDeliveryPolicy"))
    assert {
        "TopicArn": ARN,
        "Owner": ACCOUNT,
        "DisplayName": "Bell",
        "SignatureVersion": "2",
        "SubscriptionsConfirmed": "2",
        "SubscriptionsPending": "1",
        "SubscriptionsDeleted": "4",
    } == shown
    assert ("2008-10-17", "__default_policy_ID") == (policy["Version"], policy["Id"])
    assert {"StringEquals": {"AWS:SourceOwner": ACCOUNT}} == policy["Statement"][0]["Condition"]
    assert (8, ARN) == (len(policy["Statement"][0]["Action"]), policy["Statement"][0]["Resource"])


def test_a_policy_that_was_set_is_shown_in_place_of_the_default() -> None:
    attributes = changed_topic_attributes(TOPIC, "Policy", json.dumps({"Statement": STATEMENT}, indent=2))

    shown = topic_attributes_shown(Topic(ARN, "t", attributes), ACCOUNT, {})

    assert json.dumps({"Statement": STATEMENT}, separators=(",", ":")) == shown["Policy"]
