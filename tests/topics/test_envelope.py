"""What SNS sends: the JSON, the signed string, the headers and the links."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.topics import (
    Envelope,
    EnvelopeType,
    MessageAttribute,
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
    well_formed,
)

TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
SUBSCRIPTION = f"{TOPIC}:11111111-2222-3333-4444-555555555555"
NOTIFICATION = Envelope(
    type=EnvelopeType.NOTIFICATION,
    message_id="id",
    topic_arn=TOPIC,
    message='two\nlines "é"',
    at_ms=1_700_000_000_007,
    subject="subject",
    unsubscribe_url="https://bell.example/?u",
    subscription_arn=SUBSCRIPTION,
)
CONFIRMATION = Envelope(
    type=EnvelopeType.SUBSCRIPTION_CONFIRMATION,
    message_id="id",
    topic_arn=TOPIC,
    message="confirm",
    at_ms=1_700_000_000_000,
    token="token",  # noqa: S106
    subscribe_url="https://bell.example/?s",
    subscription_arn=SUBSCRIPTION,
)


def test_a_notification_is_written_in_sns_s_layout() -> None:
    expected = """{
  "Type" : "Notification",
  "MessageId" : "id",
  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:t",
  "Subject" : "subject",
  "Message" : "two\\nlines \\"é\\"",
  "Timestamp" : "2023-11-14T22:13:20.007Z",
  "SignatureVersion" : "1",
  "Signature" : "c2ln",
  "SigningCertURL" : "https://bell.example/c.pem",
  "UnsubscribeURL" : "https://bell.example/?u"
}"""

    assert expected == envelope_json(NOTIFICATION, "1", "c2ln", "https://bell.example/c.pem")


def test_attributes_come_last_and_bytes_in_base64() -> None:
    envelope = Envelope(
        EnvelopeType.NOTIFICATION,
        "id",
        TOPIC,
        "m",
        0,
        attributes={
            "n": MessageAttribute("Number.int", "7"),
            "b": MessageAttribute("Binary", binary_value=b"\xff"),
        },
    )

    written = json.loads(envelope_json(envelope, "2", "", ""))

    assert "MessageAttributes" == list(written)[-1]
    assert "Subject" not in written
    assert {
        "n": {"Type": "Number.int", "Value": "7"},
        "b": {"Type": "Binary", "Value": "/w=="},
    } == written["MessageAttributes"]


@pytest.mark.parametrize(
    "kind", [EnvelopeType.SUBSCRIPTION_CONFIRMATION, EnvelopeType.UNSUBSCRIBE_CONFIRMATION]
)
def test_both_confirmations_have_the_same_keys(kind: EnvelopeType) -> None:
    envelope = Envelope(kind, "id", TOPIC, "m", 0, token="t", subscribe_url="s")  # noqa: S106

    assert [
        "Type",
        "MessageId",
        "Token",
        "TopicArn",
        "Message",
        "SubscribeURL",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
    ] == list(json.loads(envelope_json(envelope, "1", "x", "y")))


def test_the_signed_string_holds_names_and_values_in_sns_s_order() -> None:
    assert (
        'Message\ntwo\nlines "é"\nMessageId\nid\nSubject\nsubject\nTimestamp\n2023-11-14T22:13:20.007Z\n'
        f"TopicArn\n{TOPIC}\nType\nNotification\n"
    ) == string_to_sign(NOTIFICATION)
    assert (
        "Message\nconfirm\nMessageId\nid\nSubscribeURL\nhttps://bell.example/?s\n"
        f"Timestamp\n2023-11-14T22:13:20.000Z\nToken\ntoken\nTopicArn\n{TOPIC}\n"
        "Type\nSubscriptionConfirmation\n"
    ) == string_to_sign(CONFIRMATION)


@given(st.text(st.characters()), st.text(st.characters(), min_size=1))
def test_what_a_reader_signs_again_from_the_json_is_what_was_signed(message: str, subject: str) -> None:
    envelope = Envelope(EnvelopeType.NOTIFICATION, "id", TOPIC, message, 0, subject=subject)

    sent = json.loads(envelope_json(envelope, "1", "", "").encode())
    keys = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    read = "".join(f"{key}\n{sent[key]}\n" for key in keys)

    assert read.encode() == string_to_sign(envelope).encode()


def test_halves_of_a_character_are_joined_or_replaced() -> None:
    assert "a😀b�" == well_formed("a\ud83d\ude00b\ud83d")


@pytest.mark.parametrize(
    ("kind", "is_raw", "expected"),
    [
        (
            EnvelopeType.NOTIFICATION,
            False,
            {"type": "Notification", "id": "id", "topic": TOPIC, "subscription": SUBSCRIPTION},
        ),
        (
            EnvelopeType.NOTIFICATION,
            True,
            {
                "type": "Notification",
                "id": "id",
                "topic": TOPIC,
                "subscription": SUBSCRIPTION,
                "raw": "true",
            },
        ),
        (
            EnvelopeType.SUBSCRIPTION_CONFIRMATION,
            True,
            {"type": "SubscriptionConfirmation", "id": "id", "topic": TOPIC},
        ),
        (
            EnvelopeType.UNSUBSCRIBE_CONFIRMATION,
            True,
            {"type": "UnsubscribeConfirmation", "id": "id", "topic": TOPIC, "subscription": SUBSCRIPTION},
        ),
    ],
)
def test_headers_tell_what_is_sent(kind: EnvelopeType, is_raw: bool, expected: dict[str, str]) -> None:
    names = {
        "type": "x-amz-sns-message-type",
        "id": "x-amz-sns-message-id",
        "topic": "x-amz-sns-topic-arn",
        "subscription": "x-amz-sns-subscription-arn",
        "raw": "x-amz-sns-rawdelivery",
    }
    envelope = Envelope(kind, "id", TOPIC, "m", 0, subscription_arn=SUBSCRIPTION)

    assert {names[key]: value for key, value in expected.items()} == delivery_headers(envelope, is_raw=is_raw)


def test_links_keep_their_colons_and_escape_the_rest() -> None:
    base = "https://bell.example/"

    assert f"https://bell.example/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t%26x" == subscribe_url(
        base, TOPIC, "t&x"
    )
    assert f"https://bell.example/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}" == unsubscribe_url(
        base, SUBSCRIPTION
    )
    assert (
        f"https://bell.example/confirmation.html?TopicArn={TOPIC}&Token=t&Endpoint=a%2Bb@example.com"
        == confirmation_page_url(base, TOPIC, "t", "a+b@example.com")
    )
    assert (
        f"https://bell.example/unsubscribe.html?SubscriptionArn={SUBSCRIPTION}&Endpoint=a%26b@example.com"
        == unsubscribe_page_url(base, SUBSCRIPTION, "a&b@example.com")
    )


def test_the_confirmations_say_what_sns_says() -> None:
    assert (
        f"You have chosen to subscribe to the topic {TOPIC}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    ) == confirmation_text(TOPIC)
    assert (
        f"You have chosen to deactivate subscription {SUBSCRIPTION}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this "
        "message."
    ) == unsubscribe_text(SUBSCRIPTION)


@pytest.mark.parametrize(
    ("at_ms", "expected"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (1_700_000_000_999, "2023-11-14T22:13:20.999Z"),
    ],
)
def test_instants_have_exactly_three_decimals(at_ms: int, expected: str) -> None:
    assert expected == timestamp(at_ms)
