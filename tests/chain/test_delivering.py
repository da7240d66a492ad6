"""What happens to a message on its way: crashes, old age, throttles, receivers that hang, mail."""

import json
import queue
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.aws_server import aws_server
from support.http_receiver import socket_receiver
from support.mail_server import mail_server
from support.records import denial
from support.scenario import Scenario
from support.sns_hook import sns_hook
from support.subscribing import Topic, closing_receiver, notifications
from trailbell.settings import SmtpSecurity

HOUR_SECONDS = 3600


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


class TestCrashes:
    """What a process that ends at the wrong moment leaves to the next."""

    def test_a_message_claimed_by_a_dead_process_is_sent_again_when_its_lease_ends(
        self, topic: Topic
    ) -> None:
        with closing_receiver() as receiver:
            arn = topic.add(receiver)
            message_id = topic.publish()
            with topic.scenario.store.write() as transaction:
                transaction.outbox.claim(arn, topic.scenario.clock.now_ms(), 60_000)
            topic.scenario.restart()
            topic.turn_and_deliver(seconds=59)
            before = len(notifications(receiver))
            topic.turn_and_deliver(seconds=1)

            assert 0 == before
            assert [message_id] == [each["MessageId"] for each in notifications(receiver)]

    def test_starting_takes_up_what_was_in_hand_and_lets_the_rest_wait_its_time(self, topic: Topic) -> None:
        with closing_receiver(200, 500) as receiver:
            arn = topic.add(receiver)
            topic.publish("waits")
            topic.turn_and_deliver()
            topic.publish("in hand")
            with topic.scenario.store.write() as transaction:
                transaction.outbox.claim(arn, topic.scenario.clock.now_ms(), 60_000)
                transaction.outbox.release(topic.scenario.clock.now_ms())
            topic.turn_and_deliver()
            at_once = [each["Message"] for each in notifications(receiver)]
            topic.turn_and_deliver(seconds=20)

            assert ["waits", "in hand"] == at_once
            assert ["waits", "in hand", "waits"] == [each["Message"] for each in notifications(receiver)]

    def test_a_new_process_continues_where_the_old_one_was(self, topic: Topic) -> None:
        with closing_receiver(200, *[500] * 2) as receiver:
            arn = topic.add(receiver)
            message_id = topic.publish()
            for _ in range(2):
                topic.turn_and_deliver(seconds=20)
            topic.scenario.restart()
            topic.turn_and_deliver(seconds=20)

            assert [message_id] * 3 == [each["MessageId"] for each in notifications(receiver)]
        assert arn == topic.shown(arn)["SubscriptionArn"]
        assert {"delivered": 2} == topic.messages()


def test_what_waited_under_a_throttle_for_an_hour_is_given_up(topic: Topic) -> None:
    policy = json.dumps({"throttlePolicy": {"maxReceivesPerSecond": 1000}})
    with closing_receiver() as receiver:
        topic.add(receiver, DeliveryPolicy=policy)
        topic.publish()
        topic.turn_and_deliver(seconds=HOUR_SECONDS + 1)

        assert [] == notifications(receiver)
    assert {"delivered": 1, "dead": 1} == topic.messages()


def test_what_waited_for_the_server_is_sent_however_late(topic: Topic) -> None:
    with closing_receiver() as receiver:
        topic.add(receiver)
        topic.publish()
        topic.turn_and_deliver(seconds=2 * HOUR_SECONDS)

        assert 1 == len(notifications(receiver))


def test_no_retry_goes_beyond_the_hour(topic: Topic) -> None:
    policy = retry_policy(minDelayTarget=1800, maxDelayTarget=1800, numRetries=2)
    with closing_receiver(200, *[500] * 9) as receiver:
        topic.add(receiver, DeliveryPolicy=policy)
        topic.publish()
        topic.turn_and_deliver(seconds=10)
        topic.turn_and_deliver(seconds=1800)
        topic.turn_and_deliver(seconds=1800)

        assert 2 == len(notifications(receiver))
    assert {"delivered": 1, "dead": 1} == topic.messages()


def test_a_throttle_spaces_messages(tmp_path: Path) -> None:
    policy = json.dumps({"throttlePolicy": {"maxReceivesPerSecond": 20}})
    with aws_server(tmp_path) as server, sns_hook() as hook:
        sns = server.client("sns")
        arn = sns.create_topic(Name="bell")["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=hook.url, Attributes={"DeliveryPolicy": policy})
        for number in range(6):
            sns.publish(TopicArn=arn, Message=str(number))
        sent = [hook.next("Notification").envelope["Message"] for _ in range(6)]

    assert [str(number) for number in range(6)] == sorted(sent)


def test_a_receiver_that_hangs_does_not_delay_another(tmp_path: Path) -> None:
    has_hung = threading.Event()
    asked: queue.Queue[dict[str, Any]] = queue.Queue()

    def hang_after_the_first(connection: socket.socket, done: threading.Event) -> None:
        content = bytearray()
        while not content.endswith(b"}"):
            content += connection.recv(65_536)
        if not has_hung.is_set():
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            asked.put(json.loads(content.partition(b"\r\n\r\n")[2]))
            has_hung.set()
            return
        done.wait(20)

    with (
        aws_server(tmp_path) as server,
        sns_hook() as hook,
        socket_receiver(hang_after_the_first) as hanging,
    ):
        sns = server.client("sns")
        arn = sns.create_topic(Name="bell")["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=hanging)
        sns.confirm_subscription(TopicArn=arn, Token=asked.get(timeout=10)["Token"])
        sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=hook.url)
        for number in range(3):
            sns.publish(TopicArn=arn, Message=str(number))
        sent = {hook.next("Notification").envelope["Message"] for _ in range(3)}
        waiting = server.chain.report.status().messages["pending"]

    assert {"0", "1", "2"} == sent
    assert 3 <= waiting


def test_when_no_key_can_be_made_the_message_is_tried_again(topic: Topic) -> None:
    folder = Path(topic.scenario.settings.data) / "signing"
    with closing_receiver() as receiver:
        folder.write_text("a file stands where the folder of the keys should be")
        topic.subscribe(receiver.url)
        before = len(receiver.requests)
        folder.unlink()
        topic.turn_and_deliver(seconds=20)

        assert (0, 1) == (before, len(receiver.requests))
    assert {"delivered": 1} == topic.messages()


def test_people_read_who_in_an_alarms_mail(tmp_path: Path) -> None:
    with mail_server() as server:
        scenario = Scenario(
            tmp_path,
            notify=(),
            smtp_host="localhost",
            smtp_port=server.port,
            smtp_security=SmtpSecurity.NONE,
        )
        scenario.chain.take_all()
        scenario.chain.tick()
        arn = "arn:aws:sns:us-east-1:000000000000:security-alarms"
        scenario.chain.topics.create("security-alarms", {}, ())
        scenario.chain.subscriptions.subscribe(arn, "email", "a@example.com", {})
        scenario.chain.deliver_all()
        token = server.mails[0].text.partition("Token=")[2].partition("&")[0]
        scenario.chain.subscriptions.confirm(arn, token, is_signed=False)
        scenario.drop("one.json.gz", [denial("mallory")])
        scenario.chain.deliver_all()
        before = len(server.mails)
        scenario.clock.turn(seconds=scenario.settings.gather_seconds)
        scenario.chain.deliver_all()
        mail = server.mails[-1]
        scenario.close()

    assert 1 == before
    assert 'ALARM: "unauthorized_api_calls_alarm" in US East (N. Virginia)' == mail.message["Subject"]
    assert "who" in mail.text
    assert "user/mallory" in mail.text
