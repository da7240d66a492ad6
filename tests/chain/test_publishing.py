"""From Publish to the receivers: who gets what, in which form, and what happens where one does not answer."""

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.records import denial
from support.scenario import Scenario
from support.subscribing import TOPIC, Topic, closing_receiver, notifications
from trailbell.settings import SmtpSecurity
from trailbell.topics import BatchEntry, MessageAttribute, PublishRequest


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path, source=(), notify=())
    yield made
    made.chain.stop()
    made.close()


@pytest.fixture
def topic(scenario: Scenario) -> Topic:
    return Topic(scenario)


def retry_policy(**members: Any) -> str:
    return json.dumps({"healthyRetryPolicy": members})


def seconds_of_tries(topic: Topic, until_seconds: int, step_seconds: int = 1) -> list[int]:
    """After how many seconds a message is tried, looked at step by step."""
    tried = []
    before = 0
    for second in range(0, until_seconds + 1, step_seconds):
        topic.scenario.chain.deliver_all()
        with topic.scenario.store.read() as transaction:
            [message] = [each for each in (transaction.outbox.find(number) for number in (2,)) if each]
        tried += [second] * (message.attempts - before)
        before = message.attempts
        topic.scenario.clock.turn(seconds=step_seconds)
    return tried


def test_a_notification_holds_what_was_published(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.add(receiver)
        message_id = topic.publish("hello", "A subject", k="v")
        topic.turn_and_deliver()
        request = receiver.requests[-1]

    shown = {
        name: value for name, value in request.json.items() if name not in {"Signature", "SigningCertURL"}
    }
    assert {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": TOPIC,
        "Subject": "A subject",
        "Message": "hello",
        "Timestamp": "2026-09-14T05:40:10.000Z",
        "SignatureVersion": "1",
        "UnsubscribeURL": f"http://127.0.0.1:4747/?Action=Unsubscribe&SubscriptionArn={arn}",
        "MessageAttributes": {"k": {"Type": "String", "Value": "v"}},
    } == shown
    assert {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": TOPIC,
        "x-amz-sns-subscription-arn": arn,
        "content-type": "text/plain; charset=UTF-8",
        "user-agent": "Amazon Simple Notification Service Agent",
        "accept-encoding": "gzip,deflate",
    }.items() <= request.headers.items()


def test_all_subscriptions_get_the_same_id_and_retries_the_same_message(topic: Topic) -> None:
    with closing_receiver(200, 200, 500, 200, 200) as receiver:
        for path in ("/a", "/b"):
            topic.add(receiver, path)
        message_id = topic.publish()
        topic.turn_and_deliver()
        topic.turn_and_deliver(seconds=20)
        sent = notifications(receiver)

    assert [message_id] * 3 == [each["MessageId"] for each in sent]
    assert 1 == len({each["Timestamp"] for each in sent})
    paths = [each.path for each in receiver.requests[2:]]
    [repeated] = {path for path in paths if paths.count(path) == 2}
    first, second = (each.body for each in receiver.requests[2:] if each.path == repeated)
    assert first == second


def test_publishing_to_nobody_succeeds(topic: Topic) -> None:
    assert topic.publish()
    assert {} == topic.messages()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(None, [0, 20, 40, 60], id="default"),
        pytest.param(retry_policy(numRetries=0), [0], id="none"),
        pytest.param(
            retry_policy(
                minDelayTarget=2,
                maxDelayTarget=10,
                numRetries=6,
                numNoDelayRetries=1,
                numMinDelayRetries=1,
                numMaxDelayRetries=1,
                backoffFunction="linear",
            ),
            [0, 0, 2, 4, 10, 20, 30],
            id="all-phases",
        ),
        pytest.param(
            retry_policy(minDelayTarget=20, maxDelayTarget=40, numRetries=3),
            [0, 20, 50, 90],
            id="documented-example",
        ),
        pytest.param(
            retry_policy(minDelayTarget=1, maxDelayTarget=8, numRetries=4, backoffFunction="exponential"),
            [0, 1, 3, 7, 15],
            id="exponential",
        ),
    ],
)
def test_http_is_tried_again_as_the_policy_says(
    topic: Topic, policy: str | None, expected: list[int]
) -> None:
    attributes = {} if policy is None else {"DeliveryPolicy": policy}
    with closing_receiver(200, *[503] * 20) as receiver:
        topic.add(receiver, **attributes)
        topic.publish()

        assert expected == seconds_of_tries(topic, 100)
    assert {"delivered": 1, "dead": 1} == topic.messages()


def test_the_topics_policy_holds_where_the_subscription_has_none_and_can_forbid_others(
    scenario: Scenario,
) -> None:
    policy = {
        "http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 5, "numRetries": 1}}
    }
    topic = Topic(scenario, {"DeliveryPolicy": json.dumps(policy)})
    with closing_receiver(200, *[500] * 20) as receiver:
        arn = topic.add(receiver)
        topic.publish()
        inherited = seconds_of_tries(topic, 30)
        own = json.loads(retry_policy(numRetries=2))
        scenario.chain.subscriptions.set_attribute(arn, "DeliveryPolicy", json.dumps(own))
        policy["http"]["disableSubscriptionOverrides"] = True  # type: ignore[assignment]
        scenario.chain.topics.set_attribute(TOPIC, "DeliveryPolicy", json.dumps(policy))
        shown = json.loads(topic.shown(arn)["EffectiveDeliveryPolicy"])

    assert [0, 5] == inherited
    assert 1 == shown["healthyRetryPolicy"]["numRetries"]


def test_mail_is_tried_for_hours(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    mail = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": SmtpSecurity.NONE}
    scenario = Scenario(tmp_path, source=(), notify=(), **mail)
    topic = Topic(scenario)
    topic.subscribe("a@example.com", "email")
    delays = []
    while "pending" in topic.messages():
        scenario.chain.deliver_all()
        with scenario.store.read() as transaction:
            next_ms = transaction.outbox.next_due_ms()
        if next_ms is not None:
            delays.append((next_ms - scenario.clock.now_ms()) // 1000)
            scenario.clock.turn(seconds=delays[-1])
    scenario.close()

    assert [10, 10, 10, 20, 40, 80, 160, 320, 600] == delays[:9]
    assert {600} == set(delays[9:])
    assert 50 == len(delays)
    assert {"dead": 1} == topic_states(tmp_path)


def topic_states(folder: Path) -> dict[str, int]:
    scenario = Scenario(folder, source=(), notify=())
    states = Topic(scenario).messages()
    scenario.close()
    return states


@pytest.mark.parametrize(
    ("status", "tries"),
    [(200, 1), (204, 1), (301, 1), (302, 1), (400, 1), (404, 1), (410, 1), (429, 4), (500, 4), (503, 4)],
)
def test_only_429_and_5xx_are_tried_again(topic: Topic, status: int, tries: int) -> None:
    with closing_receiver(200, *[status] * 20) as receiver:
        topic.add(receiver)
        topic.publish()
        for _ in range(8):
            topic.turn_and_deliver(seconds=20)

        assert tries == len(notifications(receiver))
    assert ({"delivered": 2} if status < 300 else {"delivered": 1, "dead": 1}) == topic.messages()


def test_failures_leave_the_subscription_as_it_is(topic: Topic) -> None:
    with closing_receiver(200, 404) as receiver:
        arn = topic.add(receiver)
        before = topic.shown(arn)
        topic.publish()
        topic.turn_and_deliver()
        topic.publish("again")
        topic.turn_and_deliver()

        assert before == topic.shown(arn)
        assert ["hello", "again"] == [each["Message"] for each in notifications(receiver)]


def test_a_dead_message_keeps_its_text_and_reason_and_a_delivered_one_lets_its_text_go(topic: Topic) -> None:
    with closing_receiver(200, 404, 200) as receiver:
        topic.add(receiver)
        topic.publish("dead", k="v")
        topic.turn_and_deliver()
        topic.publish("delivered", k="v")
        topic.turn_and_deliver()
    with topic.scenario.store.read() as transaction:
        dead, delivered = transaction.outbox.find(2), transaction.outbox.find(3)

    assert dead is not None
    assert delivered is not None
    assert ("dead", "answered 404") == (dead.body, dead.detail)
    assert "v" in dead.attributes
    assert ("", "{}", "") == (delivered.body, delivered.attributes, delivered.token)


class TestFilterPolicies:
    """Who gets a message, where a subscription is choosy."""

    def test_attributes_decide(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            topic.add(receiver, FilterPolicy='{"severity":["high",{"prefix":"crit"}]}')
            for severity in ("high", "low", "critical"):
                topic.publish(severity, severity=severity)
            topic.publish("none")
            topic.turn_and_deliver()

            assert ["high", "critical"] == [each["Message"] for each in notifications(receiver)]

    def test_the_body_decides_where_the_scope_says_so(self, topic: Topic) -> None:
        policy = '{"who":{"name":["mallory"]}}'
        with closing_receiver() as receiver:
            topic.add(receiver, FilterPolicyScope="MessageBody", FilterPolicy=policy)
            for text in ('{"who":{"name":"mallory"}}', '{"who":{"name":"bob"}}', "no JSON"):
                topic.publish(text)
            topic.turn_and_deliver()

            assert ['{"who":{"name":"mallory"}}'] == [each["Message"] for each in notifications(receiver)]

    def test_a_changed_policy_holds_at_once_and_an_empty_one_ends_it(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            arn = topic.add(receiver, FilterPolicy='{"a":["1"]}')
            topic.publish("first", a="2")
            topic.scenario.chain.subscriptions.set_attribute(arn, "FilterPolicy", '{"a":["2"]}')
            topic.publish("second", a="2")
            topic.scenario.chain.subscriptions.set_attribute(arn, "FilterPolicy", "")
            topic.publish("third", a="3")
            topic.turn_and_deliver()

            assert ["second", "third"] == [each["Message"] for each in notifications(receiver)]

    def test_alarm_messages_are_filtered_by_their_body(self, tmp_path: Path) -> None:
        scenario = Scenario(tmp_path, notify=())
        scenario.chain.take_all()
        scenario.chain.tick()
        arn = "arn:aws:sns:us-east-1:000000000000:security-alarms"
        scenario.chain.topics.create("security-alarms", {}, ())
        with closing_receiver() as receiver:
            for path, state in (("/alarm", "ALARM"), ("/ok", "OK")):
                attributes = {
                    "FilterPolicyScope": "MessageBody",
                    "FilterPolicy": json.dumps({"NewStateValue": [state]}),
                }
                scenario.chain.subscriptions.subscribe(arn, "http", f"{receiver.url}{path}", attributes)
                scenario.chain.subscriptions.confirm(
                    arn, receiver.requests[-1].json["Token"], is_signed=False
                )
            scenario.drop("one.json.gz", [denial("mallory")])
            scenario.chain.deliver_all()
            sent = receiver.requests[2:]
        scenario.close()

        assert ["/alarm"] == [each.path for each in sent]
        message = json.loads(sent[0].json["Message"])
        assert "ALARM" == message["NewStateValue"]


def test_a_raw_subscription_gets_the_text_alone(topic: Topic) -> None:
    policy = json.dumps({"requestPolicy": {"headerContentType": "application/xml"}})
    with closing_receiver() as receiver:
        arn = topic.add(receiver, RawMessageDelivery="TRUE", DeliveryPolicy=policy)
        asked = receiver.requests[0]
        topic.publish("<hello/>", "s", k="v")
        topic.turn_and_deliver()
        request = receiver.requests[-1]

    assert "SubscriptionConfirmation" == asked.json["Type"]
    assert "text/plain; charset=UTF-8" == asked.headers["content-type"]
    assert "x-amz-sns-rawdelivery" not in asked.headers
    assert b"<hello/>" == request.body
    assert "true" == request.headers["x-amz-sns-rawdelivery"]
    assert "application/xml" == request.headers["content-type"]
    assert arn == request.headers["x-amz-sns-subscription-arn"]


def test_each_protocol_gets_its_own_text_of_a_structured_message(topic: Topic) -> None:
    texts = {"default": "d", "http": "h", "https": "hs", "email": 1}
    with closing_receiver() as receiver:
        topic.add(receiver)
        for message in (texts, {"default": "d", "https": "hs"}):
            request = PublishRequest(message=json.dumps(message), message_structure="json", topic_arn=TOPIC)
            topic.scenario.chain.publisher.publish(request)
        topic.turn_and_deliver()

        assert ["h", "d"] == [each["Message"] for each in notifications(receiver)]


def test_a_batch_is_published_but_for_the_entries_that_fail(topic: Topic) -> None:
    entries = [
        BatchEntry("a", PublishRequest(message="one")),
        BatchEntry("b", PublishRequest(message="two", subject="line\nbreak")),
        BatchEntry("c", PublishRequest(message="three")),
    ]
    with closing_receiver() as receiver:
        topic.add(receiver)
        outcome = topic.scenario.chain.publisher.publish_batch(TOPIC, entries)
        topic.turn_and_deliver()
        sent = {each["MessageId"]: each["Message"] for each in notifications(receiver)}

    assert {outcome.published["a"]: "one", outcome.published["c"]: "three"} == sent
    assert [("b", "Invalid parameter: Subject")] == [(each.id, each.message) for each in outcome.failed]


def test_binary_attributes_are_sent_in_base64(topic: Topic) -> None:
    attributes = {"b": MessageAttribute("Binary", binary_value=b"\x00\xff")}
    with closing_receiver() as receiver:
        topic.add(receiver)
        topic.scenario.chain.publisher.publish(
            PublishRequest(message="m", attributes=attributes, topic_arn=TOPIC)
        )
        topic.turn_and_deliver()
        [sent] = notifications(receiver)

    assert {"b": {"Type": "Binary", "Value": base64.b64encode(b"\x00\xff").decode()}} == sent[
        "MessageAttributes"
    ]


def test_credentials_in_the_address_are_sent_as_basic_and_shown_masked(topic: Topic) -> None:
    with closing_receiver() as receiver:
        endpoint = receiver.url.replace("http://", "http://bell:s3cret@")
        arn = topic.subscribe(f"{endpoint}/hook")
        [request] = receiver.requests
    listed = topic.scenario.chain.subscriptions.page("").subscriptions[0].endpoint
    masked = f"{receiver.url.replace('http://', 'http://bell:****@')}/hook"

    assert f"Basic {base64.b64encode(b'bell:s3cret').decode()}" == request.headers["authorization"]
    assert "/hook" == request.path
    assert masked == listed == topic.shown(arn)["Endpoint"]
