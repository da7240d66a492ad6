"""What becomes of subscriptions when their topic goes, and how an endpoint is met first."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.http_receiver import Answer
from support.scenario import Scenario
from support.subscribing import TOPIC, Topic, closing_receiver, notifications, token_of
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.settings import UnreachableEndpoints
from trailbell.topics import Protocol, Subscription

DAY = 24 * 60


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path, source=(), notify=())
    yield made
    made.chain.stop()
    made.close()


@pytest.fixture
def topic(scenario: Scenario) -> Topic:
    return Topic(scenario)


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def refused_as(error: pytest.ExceptionInfo[RequestRefusedError]) -> tuple[RefusalKind, str]:
    return error.value.kind, error.value.message


FORBIDDEN = RefusalKind.ACCESS_DENIED


class TestDeletedTopics:
    """What a topic leaves behind."""

    def test_its_subscriptions_can_be_looked_at_for_two_days(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            arn = topic.add(receiver)
        topic.scenario.chain.topics.delete(TOPIC)
        topic.scenario.clock.turn(minutes=2 * DAY - 1)
        topic.scenario.chain.enforce_retention()
        shown = topic.shown(arn)
        topic.scenario.clock.turn(minutes=2)
        topic.scenario.chain.enforce_retention()
        with pytest.raises(RequestRefusedError) as caught:
            topic.shown(arn)

        assert arn == shown["SubscriptionArn"]
        assert RefusalKind.NOT_FOUND is caught.value.kind

    def test_what_waits_is_given_up(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            topic.add(receiver)
            topic.publish()
            topic.scenario.chain.topics.delete(TOPIC)
            topic.turn_and_deliver(minutes=1)

            assert [] == notifications(receiver)
        assert {"delivered": 1, "dead": 1} == topic.messages()

    def test_its_tokens_no_longer_confirm(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            topic.subscribe(receiver.url)
        topic.scenario.chain.topics.delete(TOPIC)
        with pytest.raises(RequestRefusedError) as caught:
            topic.confirm(token_of(receiver))

        assert (RefusalKind.NOT_FOUND, "Topic does not exist") == refused_as(caught)

    def test_a_subscription_of_one_can_be_ended_without_a_way_back(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            arn = topic.add(receiver)
            topic.scenario.chain.topics.delete(TOPIC)
            topic.unsubscribe(arn)
            topic.turn_and_deliver()

            assert 1 == len(receiver.requests)

    def test_a_topic_of_the_same_name_begins_without_subscriptions(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            topic.add(receiver)
            topic.scenario.chain.topics.delete(TOPIC)
            again = Topic(topic.scenario)
            again.publish()
            again.turn_and_deliver()

            assert [] == notifications(receiver)
        assert () == topic.scenario.chain.subscriptions.page("", TOPIC).subscriptions


class TestFirstContact:
    """Subscribe waits for the first message over HTTP."""

    def test_nothing_there_refuses_and_leaves_nothing_behind(self, topic: Topic, unused_port: int) -> None:
        with pytest.raises(RequestRefusedError) as caught:
            topic.subscribe(f"http://127.0.0.1:{unused_port}/")

        assert (RefusalKind.INVALID_PARAMETER, "Invalid parameter: Unreachable Endpoint") == refused_as(
            caught
        )
        assert {} == topic.messages()
        assert "0" == topic.scenario.chain.topics.attributes(TOPIC)["SubscriptionsPending"]

    def test_what_speaks_no_tls_is_unreachable_over_https(self, topic: Topic) -> None:
        with closing_receiver() as receiver, pytest.raises(RequestRefusedError) as caught:
            topic.subscribe(receiver.url.replace("http:", "https:"), "https")

        assert "Invalid parameter: Unreachable Endpoint" == caught.value.message

    def test_the_setting_retry_keeps_asking(self, tmp_path: Path, unused_port: int) -> None:
        retry = UnreachableEndpoints.RETRY
        scenario = Scenario(tmp_path, source=(), notify=(), unreachable_endpoints=retry)
        topic = Topic(scenario)
        topic.subscribe(f"http://127.0.0.1:{unused_port}/")
        states = [topic.messages()]
        for _ in range(3):
            topic.turn_and_deliver(seconds=20)
            states.append(topic.messages())
        scenario.close()

        assert [{"pending": 1}] * 3 + [{"dead": 1}] == states

    @pytest.mark.parametrize("status", [503, 429])
    def test_who_is_busy_stays_pending_and_is_asked_again(self, topic: Topic, status: int) -> None:
        with closing_receiver(status) as receiver:
            topic.subscribe(receiver.url)
            topic.turn_and_deliver(seconds=19)
            before = len(receiver.requests)
            topic.turn_and_deliver(seconds=1)
            [first, second] = receiver.requests

        assert 1 == before
        assert first.json["Token"] == second.json["Token"]
        assert first.headers["x-amz-sns-message-id"] == second.headers["x-amz-sns-message-id"]

    def test_the_first_try_counts(self, topic: Topic) -> None:
        with closing_receiver(*[500] * 10) as receiver:
            topic.subscribe(receiver.url)
            for _ in range(9):
                topic.turn_and_deliver(seconds=20)

            assert 4 == len(receiver.requests)
        assert {"dead": 1} == topic.messages()

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://169.254.169.254/latest",
            "http://[fd00:ec2::254]/",
            "http://10.0.0.1/",
            "http://192.168.7.7:8080/",
            "http://100.64.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://0.0.0.0/",
            "http://224.0.0.1/",
            "http://2130706433:25/",
            "http://0xa9fea9fe/",
            "http://127.0.0.1:22/",
        ],
    )
    def test_internal_endpoints_are_refused(self, topic: Topic, endpoint: str) -> None:
        with pytest.raises(RequestRefusedError) as caught:
            topic.subscribe(endpoint)

        assert FORBIDDEN is caught.value.kind
        assert caught.value.message.startswith("Not authorized to subscribe internal endpoints")
        assert {} == topic.messages()
        assert () == topic.scenario.chain.subscriptions.page("").subscriptions

    def test_a_redirect_to_inside_is_not_followed(self, topic: Topic) -> None:
        answer = Answer(302, {"location": "http://169.254.169.254/latest"})
        with closing_receiver(answer) as receiver:
            topic.subscribe(receiver.url)
            topic.turn_and_deliver(minutes=5)

            assert 1 == len(receiver.requests)
        assert {"dead": 1} == topic.messages()


def test_a_stored_subscription_with_an_address_no_longer_allowed_does_not_stop_the_start(
    scenario: Scenario,
) -> None:
    arn = "arn:aws:sns:us-east-1:000000000000:security-alarms"
    scenario.chain.topics.create("security-alarms", {}, ())
    with scenario.store.write() as transaction:
        transaction.topics.subscribe(
            Subscription(f"{arn}:x", arn, Protocol.HTTP, "http://10.0.0.1/"), scenario.clock.now_ms()
        )
    scenario.restart()
    topic = Topic(scenario)
    scenario.chain.topics.create("security-alarms", {}, ())
    topic.publish()

    assert f"{arn}:x" == scenario.chain.subscriptions.attributes(f"{arn}:x")["SubscriptionArn"]


def test_a_subscription_of_the_settings_is_not_shown_and_cannot_be_ended_over_the_api(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, source=(), notify=("-",))
    arn = "arn:aws:sns:us-east-1:000000000000:security-alarms"
    with scenario.store.read() as transaction:
        [own] = transaction.topics.subscriptions(arn)
    listed = scenario.chain.subscriptions.page("", arn).subscriptions
    with pytest.raises(RequestRefusedError) as caught:
        scenario.chain.subscriptions.unsubscribe(own.arn, is_signed=True)
    scenario.close()

    assert () == listed
    assert RefusalKind.UNSUPPORTED is caught.value.kind
