"""Publish and PublishBatch through a real AWS client."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.aws_raw import query_call, xml_error
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.http_receiver import HttpReceiver
from support.sns_calls import invalid, refused
from support.subscribing import closing_receiver, notifications

pytestmark = pytest.mark.client

LIMIT = 262_144


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    with aws_server(tmp_path_factory.mktemp("server"), ManualClock()) as running:
        yield running


@pytest.fixture(scope="module")
def sns(server: AwsServer) -> Any:
    return server.client("sns")


@pytest.fixture(scope="module")
def topic(sns: Any) -> str:
    made: str = sns.create_topic(Name="bell")["TopicArn"]
    return made


@pytest.fixture
def receiver(sns: Any, topic: str) -> Iterator[HttpReceiver]:
    """A subscribed receiver, which ends its subscription with the test."""
    with closing_receiver() as running:
        arn = sns.subscribe(
            TopicArn=topic, Protocol="http", Endpoint=running.url, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        sns.confirm_subscription(TopicArn=topic, Token=running.requests[0].json["Token"])
        yield running
        sns.unsubscribe(SubscriptionArn=arn)


def value(text: str = "v", data_type: str = "String") -> dict[str, Any]:
    return {"DataType": data_type, "StringValue": text}


def test_what_is_published_arrives(server: AwsServer, sns: Any, topic: str, receiver: HttpReceiver) -> None:
    attributes = {
        "s": value(),
        "list": value('["a",1]', "String.Array"),
        "n": value("1.50", "Number"),
        "custom": value("v", "String.custom"),
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    }
    message_id = sns.publish(
        TopicArn=topic, Message="hällo\n", Subject="a" * 100, MessageAttributes=attributes
    )["MessageId"]
    server.chain.deliver_all()
    [sent] = notifications(receiver)

    assert message_id == sent["MessageId"]
    assert "hällo\n" == sent["Message"]
    assert "a" * 100 == sent["Subject"]
    assert {
        "s": {"Type": "String", "Value": "v"},
        "list": {"Type": "String.Array", "Value": '["a",1]'},
        "n": {"Type": "Number", "Value": "1.50"},
        "custom": {"Type": "String.custom", "Value": "v"},
        "b": {"Type": "Binary", "Value": "AAE="},
    } == sent["MessageAttributes"]


def test_a_topic_is_a_target_too(server: AwsServer, sns: Any, topic: str, receiver: HttpReceiver) -> None:
    message_id = sns.publish(TargetArn=topic, Message="m")["MessageId"]
    server.chain.deliver_all()

    assert [message_id] == [each["MessageId"] for each in notifications(receiver)]


@pytest.mark.parametrize("size", [LIMIT, LIMIT - 1])
def test_the_largest_message_arrives_whole(
    server: AwsServer, sns: Any, topic: str, receiver: HttpReceiver, size: int
) -> None:
    sns.publish(TopicArn=topic, Message="x" * size)
    server.chain.deliver_all()

    assert [size] == [len(each["Message"]) for each in notifications(receiver)]


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"Message": ""}, "Empty message"),
        ({"Subject": ""}, "Subject"),
        ({"Subject": "a" * 101}, "Subject"),
        ({"Subject": "two\nlines"}, "Subject"),
        ({"Subject": "bell\x07"}, "Subject"),
        ({"Message": "x" * (LIMIT + 1)}, "Message too long"),
        ({"Message": "é" * (LIMIT // 2) + "x"}, "Message too long"),
        ({"Message": "x" * LIMIT, "MessageAttributes": {"a": value()}}, "Message too long"),
        (
            {"MessageStructure": "json", "Message": "no JSON"},
            "Message Structure - JSON message body failed to parse",
        ),
        (
            {"MessageStructure": "json", "Message": '{"http":"h"}'},
            "Message Structure - No default entry in JSON message body",
        ),
        (
            {"MessageStructure": "json", "Message": '{"default":1}'},
            "Message Structure - No default entry in JSON message body",
        ),
        (
            {"MessageDeduplicationId": "d"},
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is "
            "not valid for this topic type",
        ),
    ],
)
def test_a_wrong_message_is_refused(sns: Any, topic: str, parameters: dict[str, Any], text: str) -> None:
    assert invalid(text) == refused(sns.publish, **({"TopicArn": topic, "Message": "m"} | parameters))


def test_a_message_group_is_no_matter_to_a_standard_topic(sns: Any, topic: str) -> None:
    assert sns.publish(TopicArn=topic, Message="m", MessageGroupId="g")["MessageId"]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"PhoneNumber": "no number"}, "PhoneNumber Reason: no number is not valid to publish to"),
        (
            {"TargetArn": "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/a/b"},
            "TargetArn Reason: No endpoint found for the target arn specified",
        ),
    ],
)
def test_a_wrong_target_is_refused(sns: Any, target: dict[str, str], text: str) -> None:
    assert invalid(text) == refused(sns.publish, Message="m", **target)


def test_phones_are_not_supported(sns: Any) -> None:
    code, message = refused(sns.publish, Message="m", PhoneNumber="+491701234567")

    assert "InvalidParameter" == code
    assert message.startswith("Messages to phones are not supported")


def test_without_a_target_nothing_is_published(sns: Any) -> None:
    assert "InvalidParameter" == refused(sns.publish, Message="m")[0]


CHARACTERS = "Can only include alphanumeric characters, hyphens, underscores, or dots."
TYPES = "the set of supported type prefixes is Binary, Number, and String."
WRONG_ATTRIBUTES = [
    ("a" * 257, value(), "Length of message attribute name must be less than 256 bytes."),
    (".a", value(), "Invalid message attribute name starting with character '.' was found."),
    ("a.", value(), "Invalid message attribute name ending with character '.' was found."),
    ("a..b", value(), "Message attribute name can not have successive '.' character."),
    (
        "a^b",
        value(),
        f"Invalid non-alphanumeric character '#x5E' was found in the message attribute name. {CHARACTERS}",
    ),
    (
        "a",
        value("v", "Text"),
        f"The message attribute 'a' has an invalid message attribute type, {TYPES}",
    ),
    (
        "a",
        value("v", "string"),
        f"The message attribute 'a' has an invalid message attribute type, {TYPES}",
    ),
    (
        "a",
        value(""),
        "The message attribute 'a' must contain non-empty message attribute value for message attribute type "
        "'String'.",
    ),
    (
        "a",
        {"DataType": "Number"},
        "The message attribute 'a' must contain non-empty message attribute value for message attribute type "
        "'Number'.",
    ),
    (
        "a",
        {"DataType": "String", "BinaryValue": b"v"},
        "The message attribute 'a' with type 'String' must use field 'String'.",
    ),
    (
        "a",
        value("v", "Binary"),
        "The message attribute 'a' with type 'Binary' must use field 'Binary'.",
    ),
]


@pytest.mark.parametrize(("name", "given", "text"), WRONG_ATTRIBUTES)
def test_a_wrong_attribute_is_refused(
    sns: Any, topic: str, name: str, given: dict[str, Any], text: str
) -> None:
    entry = {"Id": "a", "Message": "m", "MessageAttributes": {name: given}}

    assert ("ParameterValueInvalid", text) == refused(
        sns.publish, TopicArn=topic, Message="m", MessageAttributes={name: given}
    )
    assert ("ParameterValueInvalid", text) == refused(
        sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=[entry]
    )


@pytest.mark.parametrize("name", ["AWS.x", "Amazon.x", "aws.x"])
def test_reserved_names_are_refused(sns: Any, topic: str, name: str) -> None:
    assert (
        "ParameterValueInvalid"
        == refused(sns.publish, TopicArn=topic, Message="m", MessageAttributes={name: value()})[0]
    )


@pytest.mark.parametrize(
    ("action", "beginning", "path"),
    [
        ("Publish&Message=m", "", "messageAttributes"),
        (
            "PublishBatch&PublishBatchRequestEntries.member.1.Id=a&PublishBatchRequestEntries.member.1.Message=m",
            "PublishBatchRequestEntries.member.1.",
            "publishBatchRequestEntries.1.member.messageAttributes",
        ),
    ],
)
def test_an_attribute_without_a_type_is_pointed_at(
    server: AwsServer, topic: str, action: str, beginning: str, path: str
) -> None:
    entry = f"{beginning}MessageAttributes.entry.1"
    answer = query_call(
        server.url,
        f"Action={action}&Version=2010-03-31&TopicArn={topic}&{entry}.Name=N&{entry}.Value.StringValue=v",
        "sns",
    )
    error = xml_error(answer)

    assert "ValidationError" == error["Code"]
    assert (
        f"1 validation error detected: Value null at '{path}.N.member.dataType' failed to satisfy "
        "constraint: Member must not be null"
    ) == error["Message"]


def batch(*ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"Id": each, "Message": f"m-{each}", **more} for each in ids]


def test_a_batch_is_published_but_for_wrong_subjects(
    server: AwsServer, sns: Any, topic: str, receiver: HttpReceiver
) -> None:
    entries = [*batch("a", "b"), *batch("c", Subject="two\nlines"), *batch("d", Subject="s")]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    server.chain.deliver_all()
    sent = {each["MessageId"]: each["Message"] for each in notifications(receiver)}

    assert [
        {"Id": "c", "Code": "InvalidParameter", "Message": "Invalid parameter: Subject", "SenderFault": True}
    ] == answer["Failed"]
    assert {each["MessageId"]: f"m-{each['Id']}" for each in answer["Successful"]} == sent
    assert ["a", "b", "d"] == [each["Id"] for each in answer["Successful"]]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], ("EmptyBatchRequest", "The batch request doesn't contain any entries.")),
        (
            batch(*map(str, range(11))),
            (
                "TooManyEntriesInBatchRequest",
                "The batch request contains more entries than permissible.",
            ),
        ),
        (
            batch("a", "b", "a"),
            ("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id."),
        ),
        (
            batch("a" * 81),
            (
                "InvalidBatchEntryId",
                f"The Id of a batch entry in the batch request is too long: {'a' * 81}",
            ),
        ),
        (
            batch("a b"),
            (
                "InvalidBatchEntryId",
                "The Id of a batch entry in the batch request contains an impermissible character: a b",
            ),
        ),
        (
            [{"Id": "a", "Message": "x" * (LIMIT // 2)}, {"Id": "b", "Message": "x" * (LIMIT // 2 + 1)}],
            ("BatchRequestTooLong", "The length of all the messages put together is more than the limit."),
        ),
        (
            batch("a", MessageStructure="json"),
            invalid("Message Structure - JSON message body failed to parse"),
        ),
    ],
)
def test_a_wrong_batch_is_refused_as_a_whole(
    sns: Any, topic: str, entries: list[dict[str, Any]], expected: tuple[str, str]
) -> None:
    assert expected == refused(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries)


def test_ten_entries_are_taken(sns: Any, topic: str) -> None:
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=batch(*map(str, range(10))))

    assert 10 == len(answer["Successful"])
    assert [] == answer.get("Failed", [])


def test_each_protocol_has_its_text(server: AwsServer, sns: Any, topic: str, receiver: HttpReceiver) -> None:
    texts = {"default": "d", "http": "h", "sqs": 1}
    sns.publish(TopicArn=topic, Message=json.dumps(texts), MessageStructure="json")
    server.chain.deliver_all()

    assert ["h"] == [each["Message"] for each in notifications(receiver)]
