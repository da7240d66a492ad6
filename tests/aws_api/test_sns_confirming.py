"""Confirming, ending and listing subscriptions through a real AWS client."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.sns_calls import SNS_ARN, confirmed, invalid, refused, shown
from support.sns_hook import SnsHook, sns_hook
from support.subscribing import closing_receiver
from trailbell.settings import SmtpSecurity
from trailbell.topics import Protocol, Subscription, SubscriptionState

pytestmark = pytest.mark.client

NO_SUBSCRIPTION = ("NotFound", "Subscription does not exist")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    # Nothing is mailed: the clock stands, and so does the loop that would.
    mail = {"smtp_host": "127.0.0.1", "smtp_security": SmtpSecurity.NONE}
    with aws_server(tmp_path_factory.mktemp("server"), ManualClock(), **mail) as running:
        yield running


@pytest.fixture(scope="module")
def sns(server: AwsServer) -> Any:
    return server.client("sns")


@pytest.fixture(scope="module")
def hook() -> Iterator[SnsHook]:
    with sns_hook() as running:
        yield running


@pytest.fixture
def topic(sns: Any, request: pytest.FixtureRequest) -> str:
    """A topic of the test's own."""
    made: str = sns.create_topic(Name=f"t{abs(hash(request.node.nodeid))}")["TopicArn"]
    return made


class TestConfirming:
    """ConfirmSubscription, signed and by its link."""

    def test_the_link_confirms_and_may_be_followed_again(self, sns: Any, topic: str) -> None:
        with closing_receiver() as receiver:
            arn = sns.subscribe(
                TopicArn=topic, Protocol="http", Endpoint=receiver.url, ReturnSubscriptionArn=True
            )["SubscriptionArn"]
            link = receiver.requests[0].json["SubscribeURL"]
        answers = []
        for _ in range(2):
            with urlopen(link, timeout=10) as answer:  # noqa: S310
                answers.append(answer.read().decode())

        assert all(f"<SubscriptionArn>{arn}</SubscriptionArn>" in each for each in answers)
        assert "false" == shown(sns, arn)["ConfirmationWasAuthenticated"]

    def test_a_signed_call_confirms_with_whatever_topic_name(self, sns: Any, topic: str) -> None:
        with closing_receiver() as receiver:
            arn = sns.subscribe(
                TopicArn=topic, Protocol="http", Endpoint=receiver.url, ReturnSubscriptionArn=True
            )["SubscriptionArn"]
            token = receiver.requests[0].json["Token"]
        answer = sns.confirm_subscription(TopicArn=f"{SNS_ARN}another-name", Token=token)

        assert arn == answer["SubscriptionArn"]
        assert "true" == shown(sns, arn)["ConfirmationWasAuthenticated"]
        assert re.fullmatch(r"2336412f37[0-9a-f]{278}", token)

    @pytest.mark.parametrize(
        ("topic_arn", "token", "expected"),
        [
            ("x", "ab", invalid("Topic")),
            ("arn:aws:sns:eu-west-1:000000000000:t", "ab", invalid("Topic")),
            (f"{SNS_ARN}t", "no hex", ("InvalidParameter", "Invalid token")),
            (f"{SNS_ARN}t", "abc123", invalid("Token")),
            (f"{SNS_ARN}t", "2336412f37" + "0" * 278, invalid("Token")),
        ],
    )
    def test_a_wrong_token_or_topic_is_refused(
        self, sns: Any, topic_arn: str, token: str, expected: tuple[str, str]
    ) -> None:
        assert expected == refused(sns.confirm_subscription, TopicArn=topic_arn, Token=token)

    def test_protection_takes_a_signature_and_then_links_no_longer_unsubscribe(
        self, server: AwsServer, sns: Any, topic: str
    ) -> None:
        with closing_receiver() as receiver:
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
            asked = receiver.requests[0].json
        with pytest.raises(HTTPError) as unsigned:
            urlopen(f"{asked['SubscribeURL']}&AuthenticateOnUnsubscribe=true", timeout=10)  # noqa: S310
        unsigned.value.close()
        arn = sns.confirm_subscription(
            TopicArn=topic, Token=asked["Token"], AuthenticateOnUnsubscribe="true"
        )["SubscriptionArn"]
        with pytest.raises(HTTPError) as by_link:
            urlopen(f"{server.url}/?Action=Unsubscribe&SubscriptionArn={arn}", timeout=10)  # noqa: S310
        by_link.value.close()
        repeated = refused(
            sns.confirm_subscription, TopicArn=topic, Token=asked["Token"], AuthenticateOnUnsubscribe="true"
        )
        there = shown(sns, arn)["SubscriptionArn"]
        sns.unsubscribe(SubscriptionArn=arn)

        assert (403, 403) == (unsigned.value.code, by_link.value.code)
        assert "AuthorizationError" == repeated[0]
        assert arn == there
        assert NO_SUBSCRIPTION == refused(sns.get_subscription_attributes, SubscriptionArn=arn)


class TestUnsubscribing:
    """Unsubscribe, signed and by its link."""

    @pytest.mark.parametrize(
        ("arn", "text"),
        [
            ("", "SubscriptionArn Reason: no value for required parameter"),
            (
                "PendingConfirmation",
                "SubscriptionArn Reason: An ARN must have at least 6 elements, not 1",
            ),
            (f"{SNS_ARN}topic", "SubscriptionId"),
        ],
    )
    def test_what_is_no_subscription_is_refused(self, sns: Any, arn: str, text: str) -> None:
        assert invalid(text) == refused(sns.unsubscribe, SubscriptionArn=arn)

    def test_an_unknown_one_is_no_matter(self, sns: Any) -> None:
        sns.unsubscribe(SubscriptionArn=f"{SNS_ARN}t:11111111-2222-4333-8444-555555555555")

    def test_the_link_ends_it(self, server: AwsServer, sns: Any, topic: str, hook: SnsHook) -> None:
        arn = confirmed(sns, topic, hook)
        with urlopen(f"{server.url}/?Action=Unsubscribe&SubscriptionArn={arn}", timeout=10) as answer:  # noqa: S310
            status = answer.status

        assert 200 == status
        assert [] == sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert "1" == sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsDeleted"]

    def test_a_signed_call_ends_it(self, sns: Any, topic: str, hook: SnsHook) -> None:
        arn = confirmed(sns, topic, hook)
        sns.unsubscribe(SubscriptionArn=arn)

        assert NO_SUBSCRIPTION == refused(sns.get_subscription_attributes, SubscriptionArn=arn)


def test_credentials_are_masked_wherever_the_endpoint_is_shown(sns: Any, topic: str) -> None:
    with closing_receiver() as receiver:
        endpoint = receiver.url.replace("//", "//bell:s3cret@")
        arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint, ReturnSubscriptionArn=True)
    masked = endpoint.replace("s3cret", "****")
    [by_topic] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    assert masked == shown(sns, arn["SubscriptionArn"])["Endpoint"] == by_topic["Endpoint"]


def test_subscriptions_are_listed_a_hundred_at_a_time(tmp_path: Path) -> None:
    with aws_server(tmp_path, ManualClock()) as server:
        sns = server.client("sns")
        topics = [sns.create_topic(Name=name)["TopicArn"] for name in ("a", "b")]
        with server.chain._store.write() as transaction:
            for number in range(230):
                topic = topics[number % 2]
                transaction.topics.subscribe(
                    Subscription(
                        f"{topic}:{number:03}",
                        topic,
                        Protocol.EMAIL,
                        f"{number}@example.com",
                        SubscriptionState.PENDING if number < 10 else SubscriptionState.CONFIRMED,
                    ),
                    number,
                )
        pages = list(sns.get_paginator("list_subscriptions").paginate())
        by_topic = list(sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topics[0]))
        wrong = refused(sns.list_subscriptions_by_topic, TopicArn=topics[0], NextToken="x")

    endpoints = [each["Endpoint"] for page in pages for each in page["Subscriptions"]]
    assert [100, 100, 30] == [len(page["Subscriptions"]) for page in pages]
    assert [100, 15] == [len(page["Subscriptions"]) for page in by_topic]
    assert 230 == len(set(endpoints))
    assert {topics[0]} == {each["TopicArn"] for page in by_topic for each in page["Subscriptions"]}
    assert invalid("NextToken") == wrong


@pytest.mark.parametrize("protocol", ["email", "email-json"])
def test_mail_without_a_mail_server_is_refused_and_says_what_to_set(tmp_path: Path, protocol: str) -> None:
    with aws_server(tmp_path, ManualClock()) as server:
        sns = server.client("sns")
        topic = sns.create_topic(Name="t")["TopicArn"]
        code, message = refused(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint="a@example.com")

    assert "InvalidParameter" == code
    assert "set smtp_host (--smtp-host, TRAILBELL_SMTP_HOST" in message
