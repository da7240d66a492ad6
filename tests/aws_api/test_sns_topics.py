"""SNS's topics, their attributes and tags, through a real AWS client."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.sns_calls import SNS_ARN, invalid, refused

pytestmark = pytest.mark.client

NO_TOPIC = ("NotFound", "Topic does not exist")
DIFFERS = "Topic already exists with different"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    with aws_server(tmp_path_factory.mktemp("server"), ManualClock()) as running:
        yield running


@pytest.fixture(scope="module")
def sns(server: AwsServer) -> Any:
    return server.client("sns")


@pytest.fixture
def arn(sns: Any, request: pytest.FixtureRequest) -> str:
    """A topic of the test's own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    made: str = sns.create_topic(Name=name)["TopicArn"]
    return made


def attributes(sns: Any, arn: str) -> dict[str, str]:
    shown: dict[str, str] = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    return shown


def tags(sns: Any, arn: str) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in sns.list_tags_for_resource(ResourceArn=arn)["Tags"]}


def test_a_topic_is_made_with_the_arn_of_its_name(sns: Any) -> None:
    assert f"{SNS_ARN}made_-1" == sns.create_topic(Name="made_-1")["TopicArn"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"Name": ""},
        {"Name": "a b"},
        {"Name": "a.b"},
        {"Name": "é"},
        {"Name": "a" * 257},
        {"Name": "line\n"},
        {"Name": "a.fifo"},
        {"Name": "a", "Attributes": {"FifoTopic": "true"}},
    ],
)
def test_a_wrong_name_is_refused(sns: Any, parameters: dict[str, Any]) -> None:
    assert invalid("Topic Name") == refused(sns.create_topic, **parameters)


def test_the_longest_name_is_taken(sns: Any) -> None:
    assert sns.create_topic(Name="a" * 256)["TopicArn"].endswith("a" * 256)


def test_a_fifo_topic_is_refused_with_what_to_do_instead(sns: Any) -> None:
    code, message = refused(sns.create_topic, Name="a.fifo", Attributes={"FifoTopic": "true"})

    assert "InvalidParameter" == code
    assert message.startswith("FIFO topics are not supported by this version; create a standard topic")


POLICY = {"http": {"defaultHealthyRetryPolicy": {"numRetries": 1}}}
AGAIN = {"Attributes": {"DisplayName": "d"}, "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}]}


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"Attributes": {}},
        {"Attributes": {"DisplayName": "d"}},
        {"Attributes": {"FifoTopic": "false"}},
        {"Attributes": {"FifoTopic": "False", "DisplayName": "d"}},
        {"Tags": []},
        {"Tags": [{"Key": "l", "Value": "w"}]},
        AGAIN,
    ],
)
def test_making_it_again_with_nothing_new_returns_it(sns: Any, again: dict[str, Any]) -> None:
    sns.create_topic(Name="again", **AGAIN)

    assert f"{SNS_ARN}again" == sns.create_topic(Name="again", **again)["TopicArn"]


@pytest.mark.parametrize(
    ("again", "what"),
    [
        ({"Attributes": {"DisplayName": "other"}}, "Attributes"),
        ({"Attributes": {"DisplayName": "d", "SignatureVersion": "2"}}, "Attributes"),
        ({"Attributes": {"DeliveryPolicy": json.dumps(POLICY)}}, "Attributes"),
        ({"Tags": [{"Key": "k", "Value": "other"}]}, "Tags"),
        ({"Tags": [{"Key": "new", "Value": "v"}]}, "Tags"),
    ],
)
def test_making_it_again_with_something_new_is_refused(sns: Any, again: dict[str, Any], what: str) -> None:
    sns.create_topic(Name="again", **AGAIN)

    assert invalid(f"{what} Reason: {DIFFERS} {what.lower()}") == refused(
        sns.create_topic, Name="again", **again
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Nonsense": "x"}, invalid("AttributeName")),
        (
            {"DeliveryPolicy": '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}'},
            invalid(
                "Attributes Reason: DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less "
                "than or equal to 100"
            ),
        ),
        (
            {"SQSSuccessFeedbackSampleRate": "500"},
            invalid(
                "Attributes Reason: SQSSuccessFeedbackSampleRate: 500 value provided is not an integer "
                "between 0-100"
            ),
        ),
    ],
)
def test_a_wrong_attribute_makes_no_topic(sns: Any, given: dict[str, str], expected: tuple[str, str]) -> None:
    assert expected == refused(sns.create_topic, Name="wrong", Attributes=given)
    assert NO_TOPIC == refused(sns.get_topic_attributes, TopicArn=f"{SNS_ARN}wrong")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            [{"Key": "k" * 129, "Value": "v"}],
            (
                "ValidationError",
                f"1 validation error detected: Value '{'k' * 129}' at 'tags.1.member.key' failed to satisfy "
                "constraint: Member must have length less than or equal to 128",
            ),
        ),
        (
            [{"Key": str(number), "Value": "v"} for number in range(51)],
            ("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded"),
        ),
        (
            [{"Key": "k", "Value": "v"}, {"Key": "k", "Value": "w"}],
            invalid("Duplicated keys are not allowed."),
        ),
    ],
)
def test_wrong_tags_make_no_topic(sns: Any, given: list[dict[str, str]], expected: tuple[str, str]) -> None:
    assert expected == refused(sns.create_topic, Name="wrong-tags", Tags=given)
    assert NO_TOPIC == refused(sns.get_topic_attributes, TopicArn=f"{SNS_ARN}wrong-tags")


def test_a_new_topic_shows_the_defaults(sns: Any, arn: str) -> None:
    shown = attributes(sns, arn)
    policy = json.loads(shown.pop("Policy"))
    delivery = json.loads(shown.pop("EffectiveDeliveryPolicy"))

    assert {
        "TopicArn": arn,
        "Owner": "000000000000",
        "DisplayName": "",
        "SubscriptionsConfirmed": "0",
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    } == shown
    assert ("2008-10-17", "__default_policy_ID") == (policy["Version"], policy["Id"])
    assert arn == policy["Statement"][0]["Resource"]
    assert {
        "http": {
            "defaultHealthyRetryPolicy": {
                "minDelayTarget": 20,
                "maxDelayTarget": 20,
                "numRetries": 3,
                "numMaxDelayRetries": 0,
                "numNoDelayRetries": 0,
                "numMinDelayRetries": 0,
                "backoffFunction": "linear",
            },
            "disableSubscriptionOverrides": False,
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        }
    } == delivery


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DisplayName", "Night watch, für alle"),
        ("SignatureVersion", "2"),
        ("SignatureVersion", "1"),
        ("TracingConfig", "PassThrough"),
    ],
)
def test_an_attribute_that_is_set_is_shown(sns: Any, arn: str, name: str, value: str) -> None:
    sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)

    assert value == attributes(sns, arn)[name]


def test_a_delivery_policy_is_kept_in_normal_form_and_laid_over_the_defaults(sns: Any, arn: str) -> None:
    given = {
        "http": {
            "defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1},
            "defaultThrottlePolicy": None,
        }
    }
    sns.set_topic_attributes(TopicArn=arn, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(given))
    kept = json.loads(attributes(sns, arn)["DeliveryPolicy"])
    effective = json.loads(attributes(sns, arn)["EffectiveDeliveryPolicy"])["http"]
    sns.set_topic_attributes(TopicArn=arn, AttributeName="DeliveryPolicy", AttributeValue="")

    assert {
        "http": {
            "defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1},
            "disableSubscriptionOverrides": False,
        }
    } == kept
    assert (5, 6, 1, "linear") == tuple(
        effective["defaultHealthyRetryPolicy"][name]
        for name in ("minDelayTarget", "maxDelayTarget", "numRetries", "backoffFunction")
    )
    assert "text/plain; charset=UTF-8" == effective["defaultRequestPolicy"]["headerContentType"]
    assert "DeliveryPolicy" not in attributes(sns, arn)


def test_a_policy_is_kept_compact(sns: Any, arn: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "SNS:Publish", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    sns.set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy, indent=2)
    )

    assert json.dumps(policy, separators=(",", ":")) == attributes(sns, arn)["Policy"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("FifoTopic", "true", "AttributeName"),
        ("Nonsense", "x", "AttributeName"),
        ("Owner", "1", "AttributeName"),
        ("TopicArn", "x", "AttributeName"),
        ("EffectiveDeliveryPolicy", "{}", "AttributeName"),
        ("DisplayName", "a" * 101, "DisplayName"),
        ("DisplayName", "two\nlines", "DisplayName"),
        ("SignatureVersion", "3", "SignatureVersion: Invalid value [3]. Must be 1 or 2."),
        ("Policy", "{", "Policy Error: null"),
        (
            "Policy",
            '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}',
            "Policy statement action out of service scope!",
        ),
        (
            "DeliveryPolicy",
            '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}',
            "DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100",
        ),
        (
            "DeliveryPolicy",
            '{"throttlePolicy":{}}',
            "DeliveryPolicy: Unexpected JSON member: throttlePolicy",
        ),
    ],
)
def test_a_wrong_value_changes_nothing(sns: Any, arn: str, name: str, value: str, text: str) -> None:
    before = attributes(sns, arn)

    assert invalid(text) == refused(
        sns.set_topic_attributes, TopicArn=arn, AttributeName=name, AttributeValue=value
    )
    assert before == attributes(sns, arn)


@pytest.mark.parametrize("name", ["KmsMasterKeyId", "HTTPSuccessFeedbackRoleArn", "ArchivePolicy"])
def test_what_would_be_without_effect_is_refused(sns: Any, arn: str, name: str) -> None:
    code, message = refused(
        sns.set_topic_attributes, TopicArn=arn, AttributeName=name, AttributeValue="arn:aws:iam::1:role/r"
    )

    assert "InvalidParameter" == code
    assert "not supported by this version" in message
