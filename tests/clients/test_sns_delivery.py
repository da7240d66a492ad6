"""A real server behind a TLS front: signatures that others verify, and mail from the question to the end."""

import json
import re
import ssl
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from aws_sns_verifier import validate_sns_signature  # type: ignore[import-untyped]
from aws_sns_verifier import validator as verifier
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.x509.oid import NameOID
from sns_message_validator import SNSMessageValidator  # type: ignore[import-untyped]

from support.aws_clients import client
from support.mail_server import MailServer, ReceivedMail, mail_server
from support.records import denial, write_log
from support.server import RunningServer, running_server
from support.sns_hook import SnsHook, sns_hook
from support.tls_front import TlsFront, tls_front
from support.waiting import wait_until

pytestmark = pytest.mark.client

AMAZON = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Amazon")])


class Served:
    """A server, the front before it, a client that speaks to it, and its mail server if it has one."""

    def __init__(
        self, folder: Path, server: RunningServer, front: TlsFront, mails: MailServer | None
    ) -> None:
        self.folder = folder
        self.server = server
        self.front = front
        self.mails = mails
        self.sns = client("sns", server.url)
        self._context = ssl.create_default_context(cafile=str(front.ca_file))

    def ask(self, url: str, method: str = "GET", form: str | None = None) -> tuple[int, str]:
        """Follows a link of the public address."""
        content = None if form is None else form.encode()
        request = urllib.request.Request(url, content, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10, context=self._context) as answer:  # noqa: S310
            return answer.status, answer.read().decode()

    def topic(self, name: str = "bell", **attributes: str) -> str:
        made: str = self.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        return made

    def subscribe(self, topic: str, protocol: str, endpoint: str) -> str:
        answer = self.sns.subscribe(
            TopicArn=topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True
        )
        arn: str = answer["SubscriptionArn"]
        return arn

    def shown(self, arn: str) -> dict[str, str]:
        attributes: dict[str, str] = self.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return attributes

    def mail(self, number: int) -> ReceivedMail:
        """Waits for the mail of a number, from 1."""
        assert self.mails is not None
        mails = self.mails.mails
        wait_until(lambda: len(mails) >= number)
        return mails[number - 1]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Served]]:
    with ExitStack() as stack:
        front = stack.enter_context(tls_front(tmp_path))
        # What follows links or fetches certificates in this process trusts the front.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(front.ca_file))
        monkeypatch.setenv("SSL_CERT_FILE", str(front.ca_file))

        def start(*flags: str, mails: MailServer | None = None) -> Served:
            logs = tmp_path / "logs"
            logs.mkdir()
            given = ["--data", str(tmp_path / "data"), "--source", str(logs), "--public-url", front.url]
            if mails is not None:
                given += ["--smtp-host", "127.0.0.1", "--smtp-port", str(mails.port)]
                given += ["--smtp-security", "none", "--smtp-from", "bell@trailbell.example"]
            server = stack.enter_context(running_server(*given, *flags))
            front.server_url = server.url
            return Served(tmp_path, server, front, mails)

        yield start


@pytest.fixture
def hook() -> Iterator[SnsHook]:
    with sns_hook() as running:
        yield running


@contextmanager
def fetching_validator(front: TlsFront) -> Iterator[SNSMessageValidator]:
    """A validator that fetches certificates from the server, and whose connections end with the test."""
    validator = SNSMessageValidator(
        cert_url_regex=rf"^{re.escape(front.url)}/SimpleNotificationService-[0-9a-f]{{32}}\.pem$"
    )
    with validator._cert_session:
        validator._cert_session.headers["connection"] = "close"
        yield validator


def verify_with_the_second(served: Served, message: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a validator check a message that wants Amazon's host and issuer and gets them, no more."""

    class Certificate:
        issuer = AMAZON

        def __init__(self, pem: bytes) -> None:
            read = x509.load_pem_x509_certificate(pem)
            self.not_valid_before_utc = read.not_valid_before_utc
            self.not_valid_after_utc = read.not_valid_after_utc
            self.public_key = read.public_key

    def certificate(url: str) -> Certificate:
        return Certificate(served.ask(f"{served.front.url}/{url.rpartition('/')[2]}")[1].encode())

    monkeypatch.setattr(verifier, "_get_certificate", certificate)
    name = message["SigningCertURL"].rpartition("/")[2]
    moved = {**message, "SigningCertURL": f"https://sns.us-east-1.amazonaws.com/{name}"}
    validate_sns_signature(moved, message["TopicArn"], auto_confirm_subscription=False)


@pytest.mark.parametrize("version", ["1", "2"])
def test_all_three_messages_are_verified_by_validators_that_others_wrote(
    serve: Callable[..., Served], hook: SnsHook, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve("--controls", "none")
    topic = served.topic(SignatureVersion=version)
    arn = served.subscribe(topic, "http", hook.url)
    served.sns.publish(TopicArn=topic, Message='{"who":"mallory"}\n☎', Subject="A subject")
    messages = [hook.next("SubscriptionConfirmation").envelope, hook.next("Notification").envelope]
    served.ask(messages[1]["UnsubscribeURL"])
    messages.append(hook.next("UnsubscribeConfirmation").envelope)

    assert [version] * 3 == [each["SignatureVersion"] for each in messages]
    with fetching_validator(served.front) as validator:
        for each in messages:
            verify_with_the_second(served, each, monkeypatch)
            with pytest.raises(Exception, match="Invalid signature"):
                verify_with_the_second(served, {**each, "Message": "forged"}, monkeypatch)
            if version == "1":
                validator.validate_message(each)
    assert f"{served.front.url}/?Action=Unsubscribe&SubscriptionArn={arn}" == messages[1]["UnsubscribeURL"]
    with pytest.raises(ClientError, match="Subscription does not exist"):
        served.shown(arn)
    served.ask(messages[2]["SubscribeURL"])
    assert "false" == served.shown(arn)["PendingConfirmation"]


def test_after_a_new_key_old_messages_are_still_verified_by_their_old_certificate(
    serve: Callable[..., Served], hook: SnsHook
) -> None:
    served = serve("--controls", "none")
    topic = served.topic()
    served.subscribe(topic, "http", hook.url)
    served.sns.publish(TopicArn=topic, Message="before")
    before = hook.next("Notification").envelope
    status, answer = served.ask(f"{served.server.url}/api/v1/signing-key", "POST", "")
    served.sns.publish(TopicArn=topic, Message="after")
    after = hook.next("Notification").envelope

    assert 200 == status
    assert before["SigningCertURL"] != after["SigningCertURL"]
    assert f"{served.front.url}/{json.loads(answer)['certificate']}" == after["SigningCertURL"]
    with fetching_validator(served.front) as validator:
        validator.validate_message(before)
        validator.validate_message(after)
        with pytest.raises(Exception, match="Invalid signature"):
            validator.validate_message({**before, "SigningCertURL": after["SigningCertURL"]})


def test_a_message_survives_the_end_of_the_server_between_publish_and_delivery(
    tmp_path: Path,
) -> None:
    flags = ["--data", str(tmp_path / "data"), "--controls", "none"]
    with sns_hook() as hook:
        with running_server(*flags) as server:
            sns = client("sns", server.url)
            topic = sns.create_topic(Name="bell")["TopicArn"]
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url)
            hook.next("SubscriptionConfirmation")
            ids = {sns.publish(TopicArn=topic, Message=str(number))["MessageId"] for number in range(20)}
            server.process.kill()
            server.process.wait(10)
        with running_server(*flags):
            arrived: set[str] = set()
            while arrived != ids:
                arrived.add(hook.next("Notification").envelope["MessageId"])

    assert ids == arrived


def link(mail: ReceivedMail, page: str) -> str:
    [found] = [line for line in mail.text.split("\n") if f"/{page}.html?" in line]
    return found


def hidden_fields(page: str) -> str:
    found = re.findall(r'name="([^"]+)" value="([^"]+)"', page)
    return urllib.parse.urlencode(found)


def press(served: Served, url: str) -> str:
    """Opens a page as a person does and presses its button."""
    _, page = served.ask(url)
    [action] = re.findall(r'action="([^"]+)"', page)
    return served.ask(f"{served.front.url}{action}", "POST", hidden_fields(page))[1]


def test_mail_is_confirmed_by_a_button_says_who_and_is_ended_by_one_click(
    serve: Callable[..., Served],
) -> None:
    with mail_server() as mails:
        served = serve("--gather-seconds", "1", mails=mails)
        topic = served.topic("security-alarms")
        arn = served.subscribe(topic, "email", "on-call@example.com")
        question = link(served.mail(1), "confirmation")
        for method in ("GET", "HEAD", "GET"):
            served.ask(question, method)
        scanned = served.shown(arn)["PendingConfirmation"]
        confirmed = press(served, question)
        write_log(served.folder / "logs" / "one.json.gz", [denial("mallory")])
        alarm = served.mail(2)
        way_out = link(alarm, "unsubscribe")
        for method in ("GET", "HEAD"):
            served.ask(way_out, method)
        still_there = served.shown(arn)["SubscriptionArn"]
        one_click = alarm.message["List-Unsubscribe"].strip("<>")
        served.ask(one_click, "POST", alarm.message["List-Unsubscribe-Post"])
        with pytest.raises(ClientError, match="Subscription does not exist"):
            served.shown(arn)
        restored = press(served, link(served.mail(3), "confirmation"))

        assert "true" == scanned
        assert "Subscription confirmed" in confirmed
        assert 'ALARM: "unauthorized_api_calls_alarm" in US East (N. Virginia)' == alarm.message["Subject"]
        assert re.search(r"who +1  .*user/mallory", alarm.text)
        assert f"{served.front.url}/" in way_out
        assert way_out == one_click
        assert arn == still_there
        assert "Subscription confirmed" in restored
        assert arn == served.shown(arn)["SubscriptionArn"]
        assert "Unsubscribed" in press(served, way_out)
        with pytest.raises(ClientError, match="Subscription does not exist"):
            served.shown(arn)
        served.mail(4)
        served.server.stop()


def test_mail_as_json_is_the_notification_and_verified(
    serve: Callable[..., Served],
) -> None:
    with mail_server() as mails:
        served = serve("--controls", "none", mails=mails)
        topic = served.topic(DisplayName="Night watch")
        served.subscribe(topic, "email-json", "on-call@example.com")
        press(served, link(served.mail(1), "confirmation"))
        message_id = served.sns.publish(TopicArn=topic, Message="hello ☎", Subject="Grüße")["MessageId"]
        mail = served.mail(2)
        envelope = json.loads(mail.text)

        assert "Grüße" == mail.message["Subject"]
        assert "Night watch <bell@trailbell.example>" == mail.message["From"]
        assert (message_id, "hello ☎") == (envelope["MessageId"], envelope["Message"])
        assert "/unsubscribe.html?" in envelope["UnsubscribeURL"]
        with fetching_validator(served.front) as validator:
            validator.validate_message(envelope)
        served.server.stop()


def test_mail_without_a_mail_server_is_refused_and_says_what_to_set(serve: Callable[..., Served]) -> None:
    served = serve("--controls", "none")
    topic = served.topic()
    with pytest.raises(ClientError, match=r"set smtp_host \(--smtp-host, TRAILBELL_SMTP_HOST"):
        served.subscribe(topic, "email", "on-call@example.com")
