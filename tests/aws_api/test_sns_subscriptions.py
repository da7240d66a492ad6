"""SNS's subscriptions through a real AWS client, with receivers that confirm."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.sns_calls import confirmed, invalid, refused, shown, subscribe_mail
from support.sns_hook import SnsHook, sns_hook
from support.subscribing import closing_receiver
from trailbell.settings import SmtpSecurity

pytestmark = pytest.mark.client

NO_SUBSCRIPTION = ("NotFound", "Subscription does not exist")
DIFFERS = "Attributes Reason: Subscription already exists with different attributes"


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


def test_what_is_not_confirmed_is_pending_in_both_spellings(sns: Any, topic: str) -> None:
    answered = subscribe_mail(sns, topic)
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    assert "pending confirmation" == answered
    assert {
        "SubscriptionArn": "PendingConfirmation",
        "Owner": "000000000000",
        "Protocol": "email",
        "Endpoint": "a@example.com",
        "TopicArn": topic,
    } == listed


def test_the_arn_is_told_where_it_is_asked_for(sns: Any, topic: str) -> None:
    arn = subscribe_mail(sns, topic, ReturnSubscriptionArn=True)

    assert re.fullmatch(
        rf"{topic}:[0-9a-f]{{8}}-[0-9a-f]{{4}}-4[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}}", arn
    )
    assert "true" == shown(sns, arn)["PendingConfirmation"]


def test_a_confirmed_subscription_is_shown_with_what_sns_always_says(
    sns: Any, topic: str, hook: SnsHook
) -> None:
    arn = confirmed(sns, topic, hook)
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    assert {
        "Endpoint": hook.url,
        "Owner": "000000000000",
        "PendingConfirmation": "false",
        "Protocol": "http",
        "RawMessageDelivery": "false",
        "SubscriptionArn": arn,
        "SubscriptionPrincipal": "arn:aws:iam::000000000000:root",
        "TopicArn": topic,
        "ConfirmationWasAuthenticated": "false",
    } == shown(sns, arn)
    assert arn == listed["SubscriptionArn"]
    assert "1" == sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"]


@pytest.mark.parametrize(
    ("protocol", "endpoint", "text"),
    [
        ("ftp", "ftp://a", "Amazon SNS does not support this protocol string: ftp"),
        ("HTTP", "http://a", "Amazon SNS does not support this protocol string: HTTP"),
        ("terminal", "-", "Amazon SNS does not support this protocol string: terminal"),
        ("webhook", "http://a", "Amazon SNS does not support this protocol string: webhook"),
        ("http", "https://a", "Endpoint must match the specified protocol"),
        ("https", "http://a", "Endpoint must match the specified protocol"),
        ("http", "", "Endpoint"),
        ("email", "", "Endpoint"),
        ("email", "nobody", "Email address"),
        ("email", "a@example.com;b@example.com", "Email address"),
        ("email-json", "A <a@example.com>", "Email address"),
        ("email", "a@example.com\nBcc: x@example.com", "Email address"),
    ],
)
def test_a_wrong_protocol_or_endpoint_is_refused(
    sns: Any, topic: str, protocol: str, endpoint: str, text: str
) -> None:
    assert invalid(text) == refused(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)


def test_a_missing_endpoint_is_refused(sns: Any, topic: str) -> None:
    assert invalid("Endpoint") == refused(sns.subscribe, TopicArn=topic, Protocol="http")


@pytest.mark.parametrize("protocol", ["sqs", "lambda", "firehose", "sms", "application"])
def test_what_there_is_no_receiver_for_is_refused(sns: Any, topic: str, protocol: str) -> None:
    code, message = refused(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint="arn:aws:sqs:a:1:b")

    assert "InvalidParameter" == code
    assert message.endswith("use http, https, email or email-json.")


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        ("http://169.254.169.254/latest/meta-data", "AuthorizationError"),
        ("http://10.1.2.3/", "AuthorizationError"),
        ("http://user:p@ss@192.168.0.1/", "AuthorizationError"),
    ],
)
def test_internal_addresses_are_refused_with_403(sns: Any, topic: str, endpoint: str, code: str) -> None:
    found, message = refused(sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=endpoint)

    assert code == found
    assert message.startswith("Not authorized to subscribe internal endpoints")
    assert "p@ss" not in message


def test_where_nobody_listens_is_unreachable(sns: Any, topic: str) -> None:
    with closing_receiver() as receiver:
        url = receiver.url

    assert invalid("Unreachable Endpoint") == refused(
        sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=url
    )
    assert [] == sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]


RETRY = json.dumps({"healthyRetryPolicy": {"numRetries": 5}})
GIVEN = {"RawMessageDelivery": "true", "FilterPolicy": '{"a": ["b"]}'}


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"RawMessageDelivery": "true"},
        {"RawMessageDelivery": "True"},
        {"FilterPolicy": '{"a":["b"]}'},
        {"FilterPolicyScope": "MessageAttributes"},
        {"DeliveryPolicy": ""},
        GIVEN,
    ],
)
def test_subscribing_again_with_nothing_new_returns_the_subscription(
    sns: Any, topic: str, hook: SnsHook, again: dict[str, str]
) -> None:
    arn = confirmed(sns, topic, hook, **GIVEN)
    answer = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url, Attributes=again)

    assert arn == answer["SubscriptionArn"]
    assert 1 == len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"])


@pytest.mark.parametrize(
    "again",
    [
        {"RawMessageDelivery": "false"},
        {"FilterPolicy": '{"a":["c"]}'},
        {"FilterPolicyScope": "MessageBody"},
        {"DeliveryPolicy": RETRY},
    ],
)
def test_subscribing_again_with_something_new_is_refused(
    sns: Any, topic: str, hook: SnsHook, again: dict[str, str]
) -> None:
    arn = confirmed(sns, topic, hook, **GIVEN)
    before = shown(sns, arn)

    assert invalid(DIFFERS) == refused(
        sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=hook.url, Attributes=again
    )
    assert before == shown(sns, arn)


def test_the_same_endpoint_may_have_several_topics_and_protocols(sns: Any, topic: str) -> None:
    other = sns.create_topic(Name="another")["TopicArn"]
    arns = {
        sns.subscribe(TopicArn=each, Protocol=protocol, Endpoint="b@example.com", ReturnSubscriptionArn=True)[
            "SubscriptionArn"
        ]
        for each in (topic, other)
        for protocol in ("email", "email-json")
    }

    assert 4 == len(arns)


FILTER = '{"a":["b"]}'


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("RawMessageDelivery", "TRUE", {"RawMessageDelivery": "true"}),
        ("FilterPolicy", FILTER, {"FilterPolicy": FILTER, "FilterPolicyScope": "MessageAttributes"}),
        ("FilterPolicyScope", "MessageBody", {}),
    ],
)
def test_an_attribute_that_is_set_is_shown(
    sns: Any, topic: str, hook: SnsHook, name: str, value: str, expected: dict[str, str]
) -> None:
    arn = confirmed(sns, topic, hook)
    before = shown(sns, arn)
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)

    assert before | expected == shown(sns, arn)


def test_an_empty_filter_policy_takes_it_away(sns: Any, topic: str, hook: SnsHook) -> None:
    arn = confirmed(sns, topic, hook, FilterPolicy=FILTER, FilterPolicyScope="MessageBody")
    scope = shown(sns, arn)["FilterPolicyScope"]
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="")

    assert "MessageBody" == scope
    assert {"FilterPolicy", "FilterPolicyScope"}.isdisjoint(shown(sns, arn))


def test_a_delivery_policy_is_kept_with_all_its_members(sns: Any, topic: str, hook: SnsHook) -> None:
    arn = confirmed(sns, topic, hook, DeliveryPolicy=RETRY)
    attributes = shown(sns, arn)
    kept = json.loads(attributes["DeliveryPolicy"])
    effective = json.loads(attributes["EffectiveDeliveryPolicy"])

    assert (None, None, None, False) == tuple(
        kept[name] for name in ("sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed")
    )
    assert 7 == len(kept["healthyRetryPolicy"])
    assert 5 == effective["healthyRetryPolicy"]["numRetries"]
    assert {"headerContentType": "text/plain; charset=UTF-8"} == effective["requestPolicy"]


WRONG = [
    ("Nonsense", "x", "AttributeName", False),
    (
        "RawMessageDelivery",
        "yes",
        "RawMessageDelivery: Invalid value [yes]. Must be true or false.",
        True,
    ),
    (
        "FilterPolicyScope",
        "Body",
        "FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or MessageAttributes",
        True,
    ),
    ("FilterPolicy", '{"a":[]}', "FilterPolicy: Empty arrays are not allowed", True),
    ("FilterPolicy", '{"a":"b"}', 'FilterPolicy: "a" must be an object or an array', True),
    (
        "FilterPolicy",
        '{"a":{"b":["c"]}}',
        "Filter policy scope MessageAttributes does not support nested filter policy",
        True,
    ),
    (
        "DeliveryPolicy",
        '{"healthyRetryPolicy":{"numRetries":101}}',
        "DeliveryPolicy: healthyRetryPolicy.numRetries must be less than or equal to 100",
        True,
    ),
    (
        "RedrivePolicy",
        '{"deadLetterTargetArn":"x"}',
        "RedrivePolicy: deadLetterTargetArn is an invalid arn",
        True,
    ),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_attribute_is_refused_by_both_operations(
    sns: Any, topic: str, hook: SnsHook, wrong: tuple[str, str, str, bool]
) -> None:
    name, value, text, is_explained = wrong
    beginning = "Attributes Reason: " if is_explained else ""
    arn = confirmed(sns, topic, hook)
    before = shown(sns, arn)

    assert invalid(text) == refused(
        sns.set_subscription_attributes, SubscriptionArn=arn, AttributeName=name, AttributeValue=value
    )
    assert invalid(f"{beginning}{text}") == refused(
        sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=hook.url, Attributes={name: value}
    )
    assert before == shown(sns, arn)


def test_a_filter_policy_that_is_no_json_says_so(sns: Any, topic: str, hook: SnsHook) -> None:
    arn = confirmed(sns, topic, hook)
    code, message = refused(
        sns.set_subscription_attributes,
        SubscriptionArn=arn,
        AttributeName="FilterPolicy",
        AttributeValue="{",
    )

    assert "InvalidParameter" == code
    assert message.startswith("Invalid parameter: FilterPolicy: failed to parse JSON. ")


@pytest.mark.parametrize("protocol", ["email", "email-json"])
def test_mail_is_never_raw(sns: Any, topic: str, protocol: str) -> None:
    assert invalid(
        f"Attributes Reason: Delivery protocol [{protocol}] does not support raw message delivery."
    ) == refused(
        sns.subscribe,
        TopicArn=topic,
        Protocol=protocol,
        Endpoint="a@example.com",
        Attributes={"RawMessageDelivery": "true"},
    )


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("get_subscription_attributes", {}),
        ("set_subscription_attributes", {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}),
    ],
)
def test_an_unknown_subscription_is_not_found(sns: Any, topic: str, call: str, more: dict[str, str]) -> None:
    assert NO_SUBSCRIPTION == refused(
        getattr(sns, call), SubscriptionArn=f"{topic}:11111111-2222-4333-8444-555555555555", **more
    )
