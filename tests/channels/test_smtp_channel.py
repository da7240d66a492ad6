"""One try at a real mail server: what is sent, and what each way to answer comes to."""

import datetime
import socket
import threading
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.certificates import server_and_client_contexts
from support.http_receiver import socket_receiver
from support.mail_server import ReceivedMail, mail_server
from trailbell.channels import (
    Outcome,
    OutcomeKind,
    OutgoingMessage,
    SmtpChannel,
    SmtpSettings,
)
from trailbell.settings import SmtpSecurity

ADDRESS = "on-call@example.com"
MESSAGE = OutgoingMessage(
    message_id="11111111-2222-3333-4444-555555555555",
    subject="ALARM: bell",
    body='{"AlarmName" : "bell"}',
    text="Somebody did something.\n\n.\n--\nGrüße",
)
LOGIN: dict[str, Any] = {"username": "bell", "password": "secret"}
TAKEN = Outcome(OutcomeKind.DELIVERED, "taken by the mail server", 250)


def settings_for(port: int, security: SmtpSecurity = SmtpSecurity.NONE, **others: object) -> SmtpSettings:
    settings = SmtpSettings("localhost", "bell@trailbell.example", port, security, timeout_seconds=10)
    return msgspec.structs.replace(settings, **others)


def received(message: OutgoingMessage, *, as_json: bool = False) -> ReceivedMail:
    with mail_server() as server:
        channel = SmtpChannel(ADDRESS, settings_for(server.port), as_json=as_json)
        assert TAKEN == channel.send(message)
        [mail] = server.mails
    return mail


def test_the_text_is_sent_from_the_sender_to_the_address() -> None:
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)

    with mail_server() as server:
        assert TAKEN == SmtpChannel(ADDRESS, settings_for(server.port)).send(MESSAGE)

        [mail] = server.mails
    message = mail.message
    assert ("bell@trailbell.example", [ADDRESS]) == (mail.sender, mail.recipients)
    assert "Trailbell <bell@trailbell.example>" == message["From"]
    assert ADDRESS == message["To"]
    assert "ALARM: bell" == message["Subject"]
    assert "auto-generated" == message["Auto-Submitted"]
    assert "text/plain" == message.get_content_type()
    assert f"{MESSAGE.text}\n" == mail.text
    assert before <= parsedate_to_datetime(message["Date"])
    assert {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"} | {
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    } == set(message.keys())


def test_json_is_sent_in_its_place_where_asked_for() -> None:
    assert f"{MESSAGE.body}\n" == received(MESSAGE, as_json=True).text


def test_the_message_id_is_the_same_at_each_try_and_another_for_each_address() -> None:
    with mail_server() as server:
        for address in (ADDRESS, ADDRESS, "other@example.com"):
            SmtpChannel(address, settings_for(server.port)).send(MESSAGE)

        first, second, other = (mail.message["Message-ID"] for mail in server.mails)
    assert first == second
    assert first != other
    assert first.startswith(f"<{MESSAGE.message_id}.")
    assert first.endswith("@trailbell.example>")


def test_a_long_link_to_unsubscribe_stays_in_one_piece() -> None:
    link = f"<https://bell.example/unsubscribe.html?SubscriptionArn={'a' * 300}>"
    headers = {"List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

    with mail_server() as server:
        SmtpChannel(ADDRESS, settings_for(server.port)).send(
            OutgoingMessage("1", "s", "", "t", headers=headers)
        )

        [mail] = server.mails
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in mail.content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail.content


@pytest.mark.parametrize(
    ("sender", "name", "expected"),
    [
        ("bell@trailbell.example", "", "Trailbell"),
        ("Alarms <bell@trailbell.example>", "", "Alarms"),
        ("Alarms <bell@trailbell.example>", 'Security, "urgent"', 'Security, "urgent"'),
        ("bell@trailbell.example", "Überwachung", "Überwachung"),
    ],
)
def test_the_sender_is_named_by_the_message_or_the_settings(sender: str, name: str, expected: str) -> None:
    with mail_server() as server:
        channel = SmtpChannel(ADDRESS, settings_for(server.port, sender=sender))
        assert TAKEN == channel.send(OutgoingMessage("1", "s", "", "t", sender_name=name))

        [mail] = server.mails
    [mailbox] = mail.message["From"].addresses
    assert (expected, "bell@trailbell.example") == (mailbox.display_name, mailbox.addr_spec)


@pytest.mark.parametrize(
    "subject",
    ["Grüße " * 16, "=?utf-8?q?fake?=", "日本語" * 33, "a" * 100, "word " * 20, "", "$&%\"'<>"],
)
def test_every_subject_arrives_as_it_was(subject: str) -> None:
    message = OutgoingMessage("1", subject, "", "t")

    assert subject.strip() == received(message).message["Subject"]


@pytest.mark.parametrize(
    "ending", ["\r\n", "\n", "\r", "\r\n\r\n", "\x00", "\x0b", "\x85", "\u2028", "\u202e"]
)
def test_no_value_begins_another_header(ending: str) -> None:
    hostile = f"x{ending}Bcc: victim@example.com"
    message = OutgoingMessage(
        hostile,
        hostile,
        "",
        "t",
        headers={"List-Unsubscribe": hostile, hostile: "x", "X": f"\ud83d{hostile}"},
        sender_name=hostile,
    )

    with mail_server() as server:
        SmtpChannel(ADDRESS, settings_for(server.port)).send(message)

        [mail] = server.mails
    head = mail.content.partition(b"\r\n\r\n")[0]
    assert mail.message["Bcc"] is None
    assert [ADDRESS] == mail.recipients
    assert all(line[:1] in b" \t" or b":" in line for line in head.split(b"\r\n"))
    assert head.replace(b"\r\n", b"").decode("ascii").isprintable()


@pytest.mark.parametrize(
    "address", ["a@example.com\r\nRCPT TO:<b@example.com>", "a@example.com, b@example.com", "nobody", ""]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with mail_server() as server:
        outcome = SmtpChannel(address, settings_for(server.port)).send(MESSAGE)

        assert [] == server.mails
    assert Outcome(OutcomeKind.REFUSED, "the endpoint is no mail address") == outcome


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 262_144, "x" * 262_144),
        ("\x00\x07\x1b[31m", "\x00\x07\x1b[31m"),
        ("half \ud83d of one", "half � of one"),
        ("a\r\nb\rc", "a\nb\nc"),
        (".\n..\nQUIT", ".\n..\nQUIT"),
        ("From me\n\ttab ", "From me\n\ttab "),
        ("", ""),
    ],
    ids=["large", "control", "surrogate", "line-ends", "dots", "from", "empty"],
)
def test_every_text_arrives(text: str, expected: str) -> None:
    assert f"{expected}\n" == received(OutgoingMessage("1", "s", "", text)).text


@settings(max_examples=20)
@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
def test_whatever_is_in_a_message_sending_does_not_fail(subject: str, text: str) -> None:
    with mail_server() as server:
        message = OutgoingMessage("1", subject, "", text, sender_name=text)

        assert TAKEN == SmtpChannel(ADDRESS, settings_for(server.port)).send(message)


@pytest.mark.parametrize(
    ("step", "answer", "expected"),
    [
        (
            "RCPT",
            "550 secret",
            Outcome(OutcomeKind.REFUSED, "the mail server answered 550 to the address", 550),
        ),
        (
            "RCPT",
            "450 secret",
            Outcome(OutcomeKind.RETRY, "the mail server answered 450 to the address", 450),
        ),
        (
            "MAIL",
            "553 secret",
            Outcome(OutcomeKind.REFUSED, "the mail server answered 553 to the sender", 553),
        ),
        ("MAIL", "451 secret", Outcome(OutcomeKind.RETRY, "the mail server answered 451 to the sender", 451)),
        ("DATA", "554 secret", Outcome(OutcomeKind.REFUSED, "the mail server answered 554 to the mail", 554)),
        ("DATA", "452 secret", Outcome(OutcomeKind.RETRY, "the mail server answered 452 to the mail", 452)),
        ("DATA", "421 secret", Outcome(OutcomeKind.RETRY, "the mail server answered 421 to the mail", 421)),
    ],
)
def test_the_code_decides(step: str, answer: str, expected: Outcome) -> None:
    with mail_server({step: answer}) as server:
        assert expected == SmtpChannel(ADDRESS, settings_for(server.port)).send(MESSAGE)


@pytest.mark.parametrize("greeting", [b"554 secret\r\n", b"421 secret\r\n"])
def test_a_server_that_turns_everybody_away_is_to_be_tried_again(greeting: bytes) -> None:
    def respond(connection: socket.socket, done: threading.Event) -> None:
        connection.sendall(greeting)
        connection.recv(100)

    code = int(greeting[:3])
    expected = Outcome(OutcomeKind.RETRY, f"the mail server answered {code} to the greeting", code)

    with socket_receiver(respond) as url:
        assert expected == SmtpChannel(ADDRESS, settings_for(_port(url))).send(MESSAGE)


def _hang(connection: socket.socket, done: threading.Event) -> None:
    done.wait()


def _drop(connection: socket.socket, done: threading.Event) -> None:
    connection.sendall(b"220 mail.example\r\n")
    connection.recv(100)


def _drop_at_once(connection: socket.socket, done: threading.Event) -> None:
    connection.recv(0)


def _nonsense(connection: socket.socket, done: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 secret\r\n\r\n")
    connection.recv(100)


@pytest.mark.parametrize("respond", [_hang, _drop, _drop_at_once, _nonsense])
def test_a_server_that_fails_is_to_be_tried_again(
    respond: Callable[[socket.socket, threading.Event], None],
) -> None:
    with socket_receiver(respond) as url:
        outcome = SmtpChannel(ADDRESS, settings_for(_port(url), timeout_seconds=0.5)).send(MESSAGE)

    assert OutcomeKind.RETRY is outcome.kind
    assert "secret" not in outcome.detail
    assert "mail server" in outcome.detail


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def test_nobody_listening_is_to_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    outcome = SmtpChannel(ADDRESS, settings_for(port)).send(MESSAGE)

    assert Outcome(OutcomeKind.RETRY, "the connection to the mail server failed") == outcome


class Encrypted:
    """Certificates for a mail server, and how to trust them."""

    def __init__(self, folder: Path, host: str = "localhost") -> None:
        self.server, _ = server_and_client_contexts(host, folder)
        self.ca_file = folder / "certificate.pem"


@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_mail_and_login_are_encrypted(security: SmtpSecurity, tmp_path: Path) -> None:
    made = Encrypted(tmp_path)
    starttls, tls = (made.server, None) if security is SmtpSecurity.STARTTLS else (None, made.server)

    with mail_server(starttls=starttls, tls=tls, login=("bell", "secret")) as server:
        settings = settings_for(server.port, security, ca_file=made.ca_file, **LOGIN)
        assert TAKEN == SmtpChannel(ADDRESS, settings).send(MESSAGE)

        [mail] = server.mails
    assert security is SmtpSecurity.TLS or mail.was_encrypted
    assert "bell" == mail.login


def test_a_wrong_password_is_to_be_tried_again_and_not_shown(tmp_path: Path) -> None:
    made = Encrypted(tmp_path)

    with mail_server(starttls=made.server, login=("bell", "right")) as server:
        settings = settings_for(server.port, SmtpSecurity.STARTTLS, ca_file=made.ca_file, **LOGIN)
        outcome = SmtpChannel(ADDRESS, settings).send(MESSAGE)

        assert [] == server.mails
    assert Outcome(OutcomeKind.RETRY, "the mail server answered 535 to the login", 535) == outcome
    assert "secret" not in repr(settings)


def test_a_server_without_starttls_gets_nothing_unencrypted() -> None:
    with mail_server() as server:
        outcome = SmtpChannel(ADDRESS, settings_for(server.port, SmtpSecurity.STARTTLS)).send(MESSAGE)

        assert [] == server.mails
    assert Outcome(OutcomeKind.RETRY, "the mail server does not offer STARTTLS") == outcome


def test_a_server_without_a_login_gets_nothing_where_one_is_set() -> None:
    with mail_server() as server:
        settings = settings_for(server.port, **LOGIN)
        outcome = SmtpChannel(ADDRESS, settings).send(MESSAGE)

        assert [] == server.mails
    assert Outcome(OutcomeKind.RETRY, "the mail server does not offer a way to log in") == outcome


@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
@pytest.mark.parametrize(
    ("host", "is_trusted", "reason"),
    [
        ("other.example", True, "Hostname mismatch, certificate is not valid for 'localhost'."),
        ("localhost", False, "self-signed certificate"),
    ],
)
def test_a_certificate_that_is_not_accepted_is_to_be_tried_again(
    security: SmtpSecurity, host: str, is_trusted: bool, reason: str, tmp_path: Path
) -> None:
    made = Encrypted(tmp_path, host)
    starttls, tls = (made.server, None) if security is SmtpSecurity.STARTTLS else (None, made.server)

    with mail_server(starttls=starttls, tls=tls) as server:
        settings = settings_for(server.port, security, ca_file=made.ca_file if is_trusted else None)
        outcome = SmtpChannel(ADDRESS, settings).send(MESSAGE)

        assert [] == server.mails
    expected = f"the certificate of the mail server is not accepted: {reason}"
    assert Outcome(OutcomeKind.RETRY, expected) == outcome


def test_a_server_that_speaks_no_tls_is_told_apart() -> None:
    with mail_server() as server:
        outcome = SmtpChannel(ADDRESS, settings_for(server.port, SmtpSecurity.TLS)).send(MESSAGE)

    assert OutcomeKind.RETRY is outcome.kind
    assert outcome.detail.startswith("TLS with the mail server failed: ")


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    settings = settings_for(1, SmtpSecurity.TLS, ca_file=tmp_path / "missing.pem")

    expected = "the mail server cannot be used: No such file or directory"
    assert Outcome(OutcomeKind.RETRY, expected) == SmtpChannel(ADDRESS, settings).send(MESSAGE)


def test_a_sender_that_is_no_address_is_told() -> None:
    outcome = SmtpChannel(ADDRESS, settings_for(1, sender="nobody\r\nx: y")).send(MESSAGE)

    assert Outcome(OutcomeKind.RETRY, "the sender in the settings is no mail address") == outcome


def test_several_threads_may_send_at_once() -> None:
    with mail_server() as server:
        channel = SmtpChannel(ADDRESS, settings_for(server.port))
        outcomes: list[Outcome] = []
        threads = [threading.Thread(target=lambda: outcomes.append(channel.send(MESSAGE))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert 8 == len(server.mails)
    assert [TAKEN] * 8 == outcomes
