"""One try at an http(s) subscription: what is sent, and what each answer comes to."""

import base64
import socket
from contextlib import closing
from pathlib import Path

import pytest

from support.certificates import server_and_client_contexts
from support.http_receiver import Answer, http_receiver
from trailbell.channels import Outcome, OutcomeKind, OutgoingMessage, RefusedAddressError, SnsHttpChannel

MESSAGE = OutgoingMessage(
    message_id="11111111-2222-3333-4444-555555555555",
    subject="subject",
    body='{\n  "Type" : "Notification"\n}',
    text="text",
    headers={
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": "11111111-2222-3333-4444-555555555555",
    },
)


def sent(url: str, message: OutgoingMessage = MESSAGE) -> Outcome:
    with closing(SnsHttpChannel(url, allow_loopback=True, timeout_seconds=10)) as channel:
        return channel.send(message)


def test_body_headers_and_type_are_posted_as_sns_does() -> None:
    with http_receiver() as receiver:
        outcome = sent(f"{receiver.url}/hook?x=y")

        [request] = receiver.requests
    assert Outcome(OutcomeKind.DELIVERED, "answered 200", 200) == outcome
    assert ("POST", "/hook?x=y") == (request.method, request.path)
    assert MESSAGE.body.encode() == request.body
    assert {
        "host": f"127.0.0.1:{receiver.port}",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": "11111111-2222-3333-4444-555555555555",
        "content-type": "text/plain; charset=UTF-8",
        "content-length": str(len(MESSAGE.body)),
        "user-agent": "Amazon Simple Notification Service Agent",
        "accept-encoding": "gzip,deflate",
        "connection": "Keep-Alive",
    } == request.headers


def test_the_message_decides_its_type() -> None:
    with http_receiver() as receiver:
        sent(receiver.url, OutgoingMessage("1", "", "{}", "", content_type="application/json"))

        assert "application/json" == receiver.requests[0].headers["content-type"]


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        ("user:secret", "user:secret"),
        ("user", "user:"),
        (":secret", ":secret"),
        ("us%40er:se%3Acret%2F", "us@er:se:cret/"),
        ("üser:pässword", "üser:pässword"),
    ],
)
def test_credentials_in_the_url_are_sent_as_basic_authentication(credentials: str, expected: str) -> None:
    with http_receiver() as receiver:
        sent(f"http://{credentials}@127.0.0.1:{receiver.port}/x")

        [request] = receiver.requests
    scheme, _, encoded = request.headers["authorization"].partition(" ")
    assert ("Basic", expected) == (scheme, base64.b64decode(encoded).decode())
    assert "/x" == request.path
    assert f"127.0.0.1:{receiver.port}" == request.headers["host"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, OutcomeKind.DELIVERED),
        (204, OutcomeKind.DELIVERED),
        (302, OutcomeKind.REFUSED),
        (401, OutcomeKind.REFUSED),
        (404, OutcomeKind.REFUSED),
        (429, OutcomeKind.RETRY),
        (500, OutcomeKind.RETRY),
        (503, OutcomeKind.RETRY),
    ],
)
def test_the_status_decides(status: int, kind: OutcomeKind) -> None:
    with http_receiver(Answer(status, {"location": "http://127.0.0.1:9/"}, b"")) as receiver:
        outcome = sent(f"http://user:secret@127.0.0.1:{receiver.port}/secret")

        assert 1 == len(receiver.requests)
    assert (kind, status, False) == (outcome.kind, outcome.status, outcome.is_unreachable)
    assert "secret" not in outcome.detail


@pytest.mark.parametrize("header", ["x\r\ny: z", "x\nz", "\x00", "é\ud83d"])
def test_a_header_never_begins_another_and_never_fails(header: str) -> None:
    with http_receiver() as receiver:
        outcome = sent(receiver.url, OutgoingMessage("1", "", "{}", "", headers={"x-amz-sns-id": header}))

        assert outcome.kind is OutcomeKind.DELIVERED or receiver.requests == []
        assert all("y" not in request.headers for request in receiver.requests)


def test_a_large_message_and_half_a_character_are_sent() -> None:
    body = "\ud83d" + "x" * 262_144

    with http_receiver() as receiver:
        assert OutcomeKind.DELIVERED is sent(receiver.url, OutgoingMessage("1", "", body, "")).kind

        assert b"\\ud83d" + b"x" * 262_144 == receiver.requests[0].body


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert Outcome(
        OutcomeKind.RETRY, "the connection failed: Connection refused", is_unreachable=True
    ) == sent(f"http://127.0.0.1:{port}/")


def test_a_certificate_nobody_vouches_for_is_unreachable(tmp_path: Path) -> None:
    server, _ = server_and_client_contexts("127.0.0.1", tmp_path)

    with http_receiver(tls=server) as receiver:
        outcome = sent(receiver.url)

        assert [] == receiver.requests
    assert (OutcomeKind.RETRY, True) == (outcome.kind, outcome.is_unreachable)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@169.254.169.254/",
        "http://user:secret@127.0.0.1/",
        "http://user:secret@10.0.0.1/",
        "ftp://user:secret@hooks.example/",
        "http://user:sec/ret@hooks.example/",
    ],
)
def test_a_refused_address_is_refused_at_once_and_its_password_not_shown(url: str) -> None:
    with pytest.raises(RefusedAddressError) as caught:
        SnsHttpChannel(url)

    assert "secret" not in str(caught.value)
