"""Which topics there are, their ARNs and their tags, through a real AWS client."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.sns_calls import SNS_ARN, invalid, refused

pytestmark = pytest.mark.client

NO_TOPIC = ("NotFound", "Topic does not exist")


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


def tags(sns: Any, arn: str) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in sns.list_tags_for_resource(ResourceArn=arn)["Tags"]}


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("get_topic_attributes", {}),
        ("set_topic_attributes", {"AttributeName": "DisplayName", "AttributeValue": "d"}),
        ("delete_topic", {}),
        ("list_subscriptions_by_topic", {}),
        ("publish", {"Message": "m"}),
        ("publish_batch", {"PublishBatchRequestEntries": [{"Id": "a", "Message": "m"}]}),
        ("subscribe", {"Protocol": "http", "Endpoint": "http://192.0.2.1/"}),
    ],
)
class TestTopicArns:
    """What every operation on a topic says about its ARN."""

    @pytest.mark.parametrize(("arn", "parts"), [("x", 1), ("", 1), ("arn:aws:sns:us-east-1:1", 5)])
    def test_too_few_parts(self, sns: Any, call: str, more: dict[str, Any], arn: str, parts: int) -> None:
        text = f"TopicArn Reason: An ARN must have at least 6 elements, not {parts}"

        assert invalid(text) == refused(getattr(sns, call), TopicArn=arn, **more)

    def test_another_region(self, sns: Any, call: str, more: dict[str, Any]) -> None:
        arn = "arn:aws:sns:eu-west-1:000000000000:t"

        assert invalid("TopicArn") == refused(getattr(sns, call), TopicArn=arn, **more)

    def test_no_such_topic(self, sns: Any, call: str, more: dict[str, Any]) -> None:
        if call == "delete_topic":
            sns.delete_topic(TopicArn=f"{SNS_ARN}not-there")
            return

        assert NO_TOPIC == refused(getattr(sns, call), TopicArn=f"{SNS_ARN}not-there", **more)


def test_a_deleted_topic_is_gone_with_its_tags_and_can_be_made_anew(sns: Any) -> None:
    arn = sns.create_topic(Name="gone", Tags=[{"Key": "k", "Value": "v"}])["TopicArn"]
    sns.delete_topic(TopicArn=arn)
    sns.delete_topic(TopicArn=arn)
    missing = refused(sns.get_topic_attributes, TopicArn=arn)
    sns.create_topic(Name="gone", Attributes={"DisplayName": "new"})

    assert NO_TOPIC == missing
    assert {} == tags(sns, arn)


def test_topics_are_listed_a_hundred_at_a_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    with aws_server(tmp_path_factory.mktemp("many"), ManualClock()) as server:
        sns = server.client("sns")
        names = [f"t{number:03}" for number in range(205)]
        for name in names:
            server.chain.topics.create(name, {}, ())
        pages = list(sns.get_paginator("list_topics").paginate())

    assert [100, 100, 5] == [len(page["Topics"]) for page in pages]
    assert names == [each["TopicArn"].removeprefix(SNS_ARN) for page in pages for each in page["Topics"]]
    assert [True, True, False] == ["NextToken" in page for page in pages]


def test_exactly_a_hundred_topics_are_one_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    with aws_server(tmp_path_factory.mktemp("hundred"), ManualClock()) as server:
        for number in range(100):
            server.chain.topics.create(str(number), {}, ())
        page = server.client("sns").list_topics()

    assert 100 == len(page["Topics"])
    assert "NextToken" not in page


@pytest.mark.parametrize("call", ["list_topics", "list_subscriptions"])
def test_a_foreign_page_token_is_refused(sns: Any, call: str) -> None:
    assert invalid("NextToken") == refused(getattr(sns, call), NextToken="xyz")


def test_tags_are_set_overwritten_and_removed(sns: Any, arn: str) -> None:
    sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}])
    both = tags(sns, arn)
    sns.untag_resource(ResourceArn=arn, TagKeys=["b", "never-set"])

    assert {"a": "2", "b": ""} == both
    assert {"a": "2"} == tags(sns, arn)


def test_duplicate_keys_are_refused(sns: Any, arn: str) -> None:
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]

    assert invalid("Duplicated keys are not allowed.") == refused(
        sns.tag_resource, ResourceArn=arn, Tags=twice
    )
    assert {} == tags(sns, arn)


def test_a_topic_has_at_most_fifty_tags(sns: Any, arn: str) -> None:
    sns.tag_resource(ResourceArn=arn, Tags=[{"Key": str(number), "Value": "v"} for number in range(50)])

    assert (
        "TagLimitExceeded"
        == refused(sns.tag_resource, ResourceArn=arn, Tags=[{"Key": "one-more", "Value": "v"}])[0]
    )
    assert 50 == len(tags(sns, arn))


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("tag_resource", {"Tags": [{"Key": "k", "Value": "v"}]}),
        ("untag_resource", {"TagKeys": ["k"]}),
        ("list_tags_for_resource", {}),
    ],
)
def test_tags_of_no_topic_are_refused(sns: Any, call: str, more: dict[str, Any]) -> None:
    assert ("ResourceNotFound", "Resource does not exist") == refused(
        getattr(sns, call), ResourceArn=f"{SNS_ARN}not-there", **more
    )


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("add_permission", {"Label": "l", "AWSAccountId": ["111122223333"], "ActionName": ["Publish"]}),
        ("remove_permission", {"Label": "l"}),
    ],
)
def test_permissions_are_not_supported(sns: Any, arn: str, call: str, parameters: dict[str, Any]) -> None:
    assert "InvalidAction" == refused(getattr(sns, call), TopicArn=arn, **parameters)[0]
