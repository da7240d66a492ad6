"""What may be published, alone and in batches."""

import json

import pytest

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics import (
    BatchEntry,
    FailedEntry,
    MessageAttribute,
    Protocol,
    Publication,
    PublishRequest,
    check_publish,
    check_publish_batch,
)

ARN = "arn:aws:sns:us-east-1:000000000000:t"
LONGEST = 262_144


def test_a_message_and_its_topic_come_back() -> None:
    attributes = {"n": MessageAttribute("String", "v")}
    request = PublishRequest("hello", "subject", attributes=attributes, topic_arn=ARN)

    assert (ARN, Publication("hello", "subject", attributes)) == check_publish(request)


@pytest.mark.parametrize("subject", ["s" * 100, "Grüße", "ALARM: x", None])
def test_a_subject_of_up_to_100_printable_characters_is_taken(subject: str | None) -> None:
    assert subject == check_publish(PublishRequest("m", subject, topic_arn=ARN))[1].subject


@pytest.mark.parametrize("subject", ["", "s" * 101, "a\nb", "a\rb", "a\x00", "a\x7f", "a\u2028b", "\ud83d"])
def test_any_other_subject_is_refused(subject: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_publish(PublishRequest("m", subject, topic_arn=ARN))

    assert "Invalid parameter: Subject" == caught.value.message


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (PublishRequest(topic_arn=ARN), "Empty message"),
        (PublishRequest("", topic_arn=ARN), "Empty message"),
        (PublishRequest("é" * (LONGEST // 2) + "x", topic_arn=ARN), "Message too long"),
        (
            PublishRequest("x" * LONGEST, attributes={"n": MessageAttribute("String", "v")}, topic_arn=ARN),
            "Message too long",
        ),
        (PublishRequest("m"), "TopicArn or TargetArn Reason: no value for required parameter"),
        (
            PublishRequest("m", phone_number="0123"),
            "PhoneNumber Reason: 0123 is not valid to publish to",
        ),
        (
            PublishRequest("m", target_arn="arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/1"),
            "TargetArn Reason: No endpoint found for the target arn specified",
        ),
        (
            PublishRequest("m", topic_arn=ARN, deduplication_id="1"),
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is "
            "not valid for this topic type",
        ),
    ],
)
def test_what_sns_refuses_is_refused_in_its_words(request_: PublishRequest, text: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_publish(request_)

    assert (RefusalKind.INVALID_PARAMETER, f"Invalid parameter: {text}") == (
        caught.value.kind,
        caught.value.message,
    )


def test_a_message_of_the_greatest_length_is_taken() -> None:
    assert LONGEST == len(check_publish(PublishRequest("x" * LONGEST, topic_arn=ARN))[1].message)


def test_a_phone_is_refused_as_not_supported() -> None:
    with pytest.raises(RequestRefusedError, match="not supported") as caught:
        check_publish(PublishRequest("m", phone_number="+15551234567"))

    assert RefusalKind.UNSUPPORTED is caught.value.kind


def test_a_target_may_be_a_topic() -> None:
    assert ARN == check_publish(PublishRequest("m", target_arn=ARN))[0]


def test_a_structured_message_has_a_text_for_each_protocol() -> None:
    texts = {"default": "d", "email": "e", "http": "h", "sqs": "q", "lambda": 7, "https": None}
    request = PublishRequest(json.dumps(texts), message_structure="json", topic_arn=ARN)

    publication = check_publish(request)[1]

    assert {
        Protocol.HTTP: "h",
        Protocol.HTTPS: "d",
        Protocol.EMAIL: "e",
        Protocol.EMAIL_JSON: "d",
        Protocol.TERMINAL: "d",
        Protocol.WEBHOOK: "d",
    } == {protocol: publication.message_for(protocol) for protocol in Protocol}


def test_of_a_member_given_twice_the_last_counts() -> None:
    request = PublishRequest('{"default": "a", "default": "b"}', message_structure="json", topic_arn=ARN)

    assert "b" == check_publish(request)[1].message_for(Protocol.HTTP)


@pytest.mark.parametrize("structure", [None, "", "string"])
def test_any_other_structure_is_plain_text(structure: str | None) -> None:
    request = PublishRequest('{"http": "h"}', message_structure=structure, topic_arn=ARN)

    assert '{"http": "h"}' == check_publish(request)[1].message_for(Protocol.HTTP)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("{", "JSON message body failed to parse"),
        ("[]", "JSON message body failed to parse"),
        ('"default"', "JSON message body failed to parse"),
        ("[" * 200_000, "JSON message body failed to parse"),
        ("{}", "No default entry in JSON message body"),
        ('{"default": 1}', "No default entry in JSON message body"),
        ('{"Default": "d"}', "No default entry in JSON message body"),
    ],
)
def test_a_structured_message_without_a_default_text_is_refused(message: str, text: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_publish(PublishRequest(message, message_structure="json", topic_arn=ARN))

    assert f"Invalid parameter: Message Structure - {text}" == caught.value.message


def entries(*ids: str, message: str = "m") -> list[BatchEntry]:
    return [BatchEntry(each, PublishRequest(message)) for each in ids]


def test_a_bad_subject_or_an_empty_message_fails_only_its_entry() -> None:
    batch = [
        BatchEntry("a", PublishRequest("m", "fine")),
        BatchEntry("b", PublishRequest("m", "a\nb")),
        BatchEntry("c", PublishRequest("")),
    ]

    assert [
        Publication("m", "fine"),
        FailedEntry("b", "Invalid parameter: Subject"),
        FailedEntry("c", "Invalid parameter: Empty message"),
    ] == check_publish_batch(batch)


@pytest.mark.parametrize(
    ("batch", "kind", "text"),
    [
        ([], RefusalKind.EMPTY_BATCH, "The batch request doesn't contain any entries."),
        (
            entries(*(str(each) for each in range(11))),
            RefusalKind.TOO_MANY_ENTRIES,
            "The batch request contains more entries than permissible.",
        ),
        (
            entries("a", "a"),
            RefusalKind.ENTRY_IDS_NOT_DISTINCT,
            "Two or more batch entries in the request have the same Id.",
        ),
        (
            entries("i" * 81),
            RefusalKind.INVALID_ENTRY_ID,
            f"The Id of a batch entry in the batch request is too long: {'i' * 81}",
        ),
        (
            entries("a b"),
            RefusalKind.INVALID_ENTRY_ID,
            "The Id of a batch entry in the batch request contains an impermissible character: a b",
        ),
        (
            entries("a", "b", message="x" * (LONGEST // 2 + 1)),
            RefusalKind.BATCH_TOO_LONG,
            "The length of all the messages put together is more than the limit.",
        ),
        (
            [
                *entries("a"),
                BatchEntry("b", PublishRequest("m", attributes={"n": MessageAttribute("", "v")})),
            ],
            RefusalKind.VALIDATION,
            "1 validation error detected: Value null at "
            "'publishBatchRequestEntries.2.member.messageAttributes.n.member.dataType' "
            "failed to satisfy constraint: Member must not be null",
        ),
        (
            [*entries("a"), BatchEntry("b", PublishRequest("{}", message_structure="json"))],
            RefusalKind.INVALID_PARAMETER,
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
    ],
)
def test_most_mistakes_fail_the_whole_batch(batch: list[BatchEntry], kind: RefusalKind, text: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_publish_batch(batch)

    assert (kind, text) == (caught.value.kind, caught.value.message)


def test_ten_entries_within_the_limit_are_published() -> None:
    batch = entries(*(str(each) for each in range(10)), message="x" * (LONGEST // 10))

    assert 10 == sum(isinstance(each, Publication) for each in check_publish_batch(batch))
