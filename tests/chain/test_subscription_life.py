"""The life of a subscription: asked for, confirmed, protected, ended, restored and forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.mail_server import mail_server
from support.scenario import Scenario
from support.subscribing import TOPIC, Topic, closing_receiver, notifications, token_of
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.settings import SmtpSecurity

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


def refused_as(error: pytest.ExceptionInfo[RequestRefusedError]) -> tuple[RefusalKind, str]:
    return error.value.kind, error.value.message


TOKEN_REFUSED = (RefusalKind.INVALID_PARAMETER, "Invalid parameter: Token")
FORBIDDEN = RefusalKind.ACCESS_DENIED


def test_nothing_but_the_question_is_sent_before_the_answer(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.subscribe(f"{receiver.url}/hook")
        topic.publish()
        topic.turn_and_deliver(minutes=5)
        [asked] = receiver.requests
        before = topic.shown(arn)["PendingConfirmation"]
        topic.confirm(token_of(receiver))
        topic.turn_and_deliver(minutes=5)

    assert "SubscriptionConfirmation" == asked.headers["x-amz-sns-message-type"]
    assert "x-amz-sns-subscription-arn" not in asked.headers
    assert ("true", "false") == (before, topic.shown(arn)["PendingConfirmation"])
    assert 1 == len(receiver.requests)


@pytest.mark.parametrize(("is_signed", "shown"), [(False, "false"), (True, "true")])
def test_it_is_told_whether_the_confirmation_was_signed(topic: Topic, is_signed: bool, shown: str) -> None:
    with closing_receiver() as receiver:
        arn = topic.subscribe(receiver.url)

        assert arn == topic.confirm(token_of(receiver), is_signed=is_signed)
    assert shown == topic.shown(arn)["ConfirmationWasAuthenticated"]


def test_a_token_may_be_used_twice(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.subscribe(receiver.url)
        token = token_of(receiver)

    assert [arn, arn] == [topic.confirm(token), topic.confirm(token)]


@pytest.mark.parametrize(("minutes", "is_valid"), [(2 * DAY, True), (2 * DAY + 1, False)])
def test_a_token_lasts_two_days(topic: Topic, minutes: int, is_valid: bool) -> None:
    with closing_receiver() as receiver:
        arn = topic.subscribe(receiver.url)
    topic.scenario.clock.turn(minutes=minutes)
    topic.scenario.chain.enforce_retention()

    if is_valid:
        assert arn == topic.confirm(token_of(receiver))
        return
    with pytest.raises(RequestRefusedError) as caught:
        topic.confirm(token_of(receiver))
    assert TOKEN_REFUSED == refused_as(caught)


@pytest.mark.parametrize(("days", "is_there"), [(2.9, True), (3.1, False)])
def test_an_unconfirmed_subscription_lasts_three_days(topic: Topic, days: float, is_there: bool) -> None:
    with closing_receiver() as receiver:
        topic.subscribe(receiver.url)
    topic.scenario.clock.turn(minutes=days * DAY)
    topic.scenario.chain.enforce_retention()

    pending = topic.scenario.chain.topics.attributes(TOPIC)["SubscriptionsPending"]
    assert int(is_there) == int(pending)
    assert is_there == bool(topic.scenario.chain.subscriptions.page("").subscriptions)


def test_a_pending_subscription_cannot_be_ended_by_hand(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.subscribe(receiver.url)
    with pytest.raises(RequestRefusedError) as caught:
        topic.unsubscribe(arn, is_signed=True)

    assert RefusalKind.INVALID_PARAMETER is caught.value.kind


def test_asking_again_sends_another_token_and_the_first_stays_valid(topic: Topic) -> None:
    with closing_receiver() as receiver:
        first = topic.subscribe(receiver.url)
        first_token = token_of(receiver)
        second = topic.subscribe(receiver.url)
        second_token = token_of(receiver)

    assert first == second
    assert first_token != second_token
    assert first == topic.confirm(first_token) == topic.confirm(second_token)


def test_a_confirmed_endpoint_that_subscribes_again_is_not_asked_again(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.add(receiver)

        assert arn == topic.subscribe(f"{receiver.url}/hook")
        assert 1 == len(receiver.requests)


def test_who_is_unsubscribed_by_a_link_gets_one_that_restores_and_messages_go_on(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.add(receiver)
        topic.unsubscribe(arn)
        topic.publish("lost")
        topic.turn_and_deliver()
        last = receiver.requests[-1]
        counts = topic.scenario.chain.topics.attributes(TOPIC)
        restored = topic.confirm(token_of(receiver))
        topic.publish("back")
        topic.turn_and_deliver()

        assert ["back"] == [each["Message"] for each in notifications(receiver)]
    assert "UnsubscribeConfirmation" == last.headers["x-amz-sns-message-type"]
    assert arn == last.headers["x-amz-sns-subscription-arn"]
    assert (
        f"You have chosen to deactivate subscription {arn}.\nTo cancel this operation and restore the "
        "subscription, visit the SubscribeURL included in this message."
    ) == last.json["Message"]
    assert (
        f"http://127.0.0.1:4747/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={last.json['Token']}"
    ) == last.json["SubscribeURL"]
    assert ("0", "1") == (counts["SubscriptionsConfirmed"], counts["SubscriptionsDeleted"])
    assert arn == restored
    counts = topic.scenario.chain.topics.attributes(TOPIC)
    assert ("1", "0") == (counts["SubscriptionsConfirmed"], counts["SubscriptionsDeleted"])


def test_its_owner_unsubscribes_without_a_last_message(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.add(receiver)
        topic.unsubscribe(arn, is_signed=True)
        topic.turn_and_deliver(minutes=5)

        assert 1 == len(receiver.requests)


def test_after_the_end_the_old_link_leads_nowhere(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.add(receiver)
        first_token = token_of(receiver)
        topic.unsubscribe(arn)
    with pytest.raises(RequestRefusedError) as caught:
        topic.confirm(first_token)

    assert TOKEN_REFUSED == refused_as(caught)


def test_who_subscribed_anew_is_not_doubled_by_the_old_way_back(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.add(receiver)
        topic.unsubscribe(arn)
        topic.turn_and_deliver()
        way_back = token_of(receiver)
        topic.add(receiver)
        with pytest.raises(RequestRefusedError) as caught:
            topic.confirm(way_back)

    assert TOKEN_REFUSED == refused_as(caught)
    assert "1" == topic.scenario.chain.topics.attributes(TOPIC)["SubscriptionsConfirmed"]


def test_ending_twice_or_what_never_was_is_no_matter(topic: Topic) -> None:
    with closing_receiver() as receiver:
        arn = topic.add(receiver)
    topic.unsubscribe(arn)
    topic.unsubscribe(arn)
    topic.unsubscribe(f"{TOPIC}:00000000-0000-0000-0000-000000000000")

    assert "1" == topic.scenario.chain.topics.attributes(TOPIC)["SubscriptionsDeleted"]


def test_a_failed_last_message_does_not_bring_the_subscription_back(topic: Topic) -> None:
    with closing_receiver(200, 404) as receiver:
        arn = topic.add(receiver)
        topic.unsubscribe(arn)
        topic.turn_and_deliver()

    with pytest.raises(RequestRefusedError) as caught:
        topic.shown(arn)
    assert (RefusalKind.NOT_FOUND, "Subscription does not exist") == refused_as(caught)
    assert {"delivered": 1, "dead": 1} == topic.messages()


class TestProtection:
    """AuthenticateOnUnsubscribe, the cure for scanners that follow links."""

    def test_it_takes_a_signed_call(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            topic.subscribe(receiver.url)
        with pytest.raises(RequestRefusedError) as caught:
            topic.confirm(token_of(receiver), protects=True)

        assert FORBIDDEN is caught.value.kind

    def test_links_no_longer_unsubscribe_but_a_signed_call_does(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            arn = topic.subscribe(receiver.url)
        topic.confirm(token_of(receiver), is_signed=True, protects=True)
        with pytest.raises(RequestRefusedError) as caught:
            topic.unsubscribe(arn)
        still_there = topic.shown(arn)["PendingConfirmation"]
        topic.unsubscribe(arn, is_signed=True)

        assert FORBIDDEN is caught.value.kind
        assert "false" == still_there
        assert "1" == topic.scenario.chain.topics.attributes(TOPIC)["SubscriptionsDeleted"]

    def test_it_cannot_be_asked_for_later(self, topic: Topic) -> None:
        with closing_receiver() as receiver:
            topic.add(receiver)
        with pytest.raises(RequestRefusedError) as caught:
            topic.confirm(token_of(receiver), is_signed=True, protects=True)

        assert FORBIDDEN is caught.value.kind

    def test_it_outlives_the_end_and_the_way_back(self, tmp_path: Path) -> None:
        with mail_server() as server:
            scenario = with_mail(tmp_path, server.port)
            topic = Topic(scenario)
            arn = topic.subscribe("a@example.com", "email")
            scenario.chain.deliver_all()
            topic.confirm(mailed_token(server.mails[-1].text), is_signed=True, protects=True)
            topic.unsubscribe(arn, is_signed=True)
            scenario.chain.deliver_all()
            topic.confirm(mailed_token(server.mails[-1].text))
            with pytest.raises(RequestRefusedError) as caught:
                topic.unsubscribe(arn)
            topic.publish()
            scenario.chain.deliver_all()
            mail = server.mails[-1]
            scenario.close()

        assert FORBIDDEN is caught.value.kind
        assert "List-Unsubscribe" not in mail.message
        assert "unsubscribe.html" not in mail.text


def with_mail(folder: Path, port: int) -> Scenario:
    return Scenario(
        folder,
        source=(),
        notify=(),
        smtp_host="localhost",
        smtp_port=port,
        smtp_security=SmtpSecurity.NONE,
        smtp_from="bell@trailbell.example",
    )


def mailed_token(text: str) -> str:
    return text.partition("Token=")[2].partition("&")[0]


def test_mail_is_subscribed_confirmed_and_ended_with_pages_only(tmp_path: Path) -> None:
    with mail_server() as server:
        scenario = with_mail(tmp_path, server.port)
        topic = Topic(scenario, {"DisplayName": "Night watch"})
        arn = topic.subscribe("a@example.com", "email")
        scenario.chain.deliver_all()
        topic.confirm(mailed_token(server.mails[0].text))
        topic.publish("hello", "s")
        scenario.chain.deliver_all()
        topic.unsubscribe(arn)
        scenario.chain.deliver_all()
        mails = server.mails
        scenario.close()

    assert [
        "AWS Notification - Subscription Confirmation",
        "s",
        "AWS Notification - Unsubscribe Confirmation",
    ] == [mail.message["Subject"] for mail in mails]
    assert {"Night watch <bell@trailbell.example>"} == {mail.message["From"] for mail in mails}
    page = f"http://127.0.0.1:4747/unsubscribe.html?SubscriptionArn={arn}&Endpoint=a@example.com"
    assert f"<{page}>" == mails[1].message["List-Unsubscribe"]
    assert "List-Unsubscribe=One-Click" == mails[1].message["List-Unsubscribe-Post"]
    assert mails[1].text.startswith("hello\n\n--\n")
    assert page in mails[1].text
    assert not any("?Action=" in mail.text for mail in mails)


def test_mail_as_json_holds_no_link_that_acts_when_it_is_followed(tmp_path: Path) -> None:
    with mail_server() as server:
        scenario = with_mail(tmp_path, server.port)
        topic = Topic(scenario)
        arn = topic.subscribe("a@example.com", "email-json")
        scenario.chain.deliver_all()
        topic.confirm(mailed_token(server.mails[0].text))
        message_id = topic.publish("hello")
        scenario.chain.deliver_all()
        [question, mail] = server.mails
        scenario.close()

    assert "press its button" in question.text
    assert "AWS Notification Message" == mail.message["Subject"]
    assert f'"MessageId" : "{message_id}"' in mail.text
    assert f'/unsubscribe.html?SubscriptionArn={arn}&Endpoint=a@example.com"' in mail.text
    assert "?Action=" not in question.text + mail.text
    assert mail.message["List-Unsubscribe"].startswith("<http://127.0.0.1:4747/unsubscribe.html")


@pytest.mark.parametrize("protocol", ["email", "email-json"])
def test_mail_without_a_mail_server_is_refused_and_told_what_to_set(topic: Topic, protocol: str) -> None:
    with pytest.raises(RequestRefusedError, match="set smtp_host"):
        topic.subscribe("a@example.com", protocol)

    assert [] == list(topic.scenario.chain.subscriptions.page("").subscriptions)
