"""One try at a real receiver: what is sent, and what each way to answer comes to."""

import email.utils
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from support.http_receiver import Answer, http_receiver, socket_receiver
from trailbell import __version__
from trailbell.channels import Outcome, OutcomeKind, OutgoingMessage, WebhookChannel

MESSAGE = OutgoingMessage(
    message_id="11111111-2222-3333-4444-555555555555",
    subject="ALARM",
    body='{"AlarmName":"é"}',
    text="ALARM",
    attributes={},
)


@contextmanager
def channel_to(url: str, timeout_seconds: float = 10.0) -> Iterator[WebhookChannel]:
    with closing(WebhookChannel(url, allow_loopback=True, timeout_seconds=timeout_seconds)) as channel:
        yield channel


def outcome_of(*answers: Answer | int) -> Outcome:
    with http_receiver(*answers) as receiver, channel_to(receiver.url) as channel:
        outcome = channel.send(MESSAGE)
        assert len(receiver.requests) == 1
    return outcome


def test_the_body_is_posted_as_json_with_the_message_s_id() -> None:
    with http_receiver() as receiver, channel_to(f"{receiver.url}/hook/a%20b?token=t") as channel:
        outcome = channel.send(MESSAGE)

        [request] = receiver.requests
    assert Outcome(OutcomeKind.DELIVERED, "answered 200", 200) == outcome
    assert (request.method, request.path) == ("POST", "/hook/a%20b?token=t")
    assert request.json == {"AlarmName": "é"}
    assert request.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(MESSAGE.body.encode())),
        "user-agent": f"trailbell/{__version__}",
        "accept-encoding": "identity",
        "x-trailbell-message-id": MESSAGE.message_id,
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, OutcomeKind.DELIVERED),
        (202, OutcomeKind.DELIVERED),
        (204, OutcomeKind.DELIVERED),
        (299, OutcomeKind.DELIVERED),
        (301, OutcomeKind.REFUSED),
        (304, OutcomeKind.REFUSED),
        (400, OutcomeKind.REFUSED),
        (401, OutcomeKind.REFUSED),
        (404, OutcomeKind.REFUSED),
        (408, OutcomeKind.REFUSED),
        (410, OutcomeKind.REFUSED),
        (429, OutcomeKind.RETRY),
        (500, OutcomeKind.RETRY),
        (503, OutcomeKind.RETRY),
        (599, OutcomeKind.RETRY),
    ],
)
def test_the_status_decides(status: int, kind: OutcomeKind) -> None:
    body = b"" if status in {204, 304} else b"an answer that is nobody's business"

    outcome = outcome_of(Answer(status, body=body))

    assert (kind, status) == (outcome.kind, outcome.status)
    assert f"answered {status}" in outcome.detail
    assert "business" not in outcome.detail


def test_a_redirect_is_not_followed() -> None:
    with http_receiver() as other:
        outcome = outcome_of(Answer(307, {"location": f"{other.url}/inner"}))

        assert other.requests == []
    assert Outcome(OutcomeKind.REFUSED, "answered 307, and redirects are not followed", 307) == outcome


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [
        (429, "30", 30),
        (503, "0", 0),
        (429, "999999999", 86_400),
        (429, "-5", None),
        (429, "1.5", None),
        (429, "soon", None),
        (429, "9" * 5000, None),
        (429, "Thu, 01 Jan 1970 00:00:00 GMT", 0),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        (429, "Mon, 01 Jan 0001 00:00:00 -0000", 0),
        (400, "30", None),
    ],
)
def test_what_the_receiver_asks_to_wait_is_kept(status: int, header: str, expected: int | None) -> None:
    assert expected == outcome_of(Answer(status, {"Retry-After": header})).retry_after_seconds


def test_a_date_to_wait_for_becomes_seconds() -> None:
    header = email.utils.formatdate(time.time() + 100, usegmt=True)

    seconds = outcome_of(Answer(429, {"retry-after": header})).retry_after_seconds

    assert seconds is not None
    assert 90 <= seconds <= 101


def test_messages_to_one_receiver_share_a_connection() -> None:
    with http_receiver(200, 500, 200) as receiver, channel_to(receiver.url) as channel:
        kinds = [channel.send(MESSAGE).kind for _ in range(3)]

        clients = {request.client for request in receiver.requests}
    assert kinds == [OutcomeKind.DELIVERED, OutcomeKind.RETRY, OutcomeKind.DELIVERED]
    assert len(clients) == 1


def test_a_long_answer_is_delivered_and_not_read_to_its_end() -> None:
    with http_receiver(Answer(body=b"x" * (50 << 20))) as receiver, channel_to(receiver.url) as channel:
        outcomes = [channel.send(MESSAGE).kind for _ in range(2)]

        assert len({request.client for request in receiver.requests}) == 2
    assert outcomes == [OutcomeKind.DELIVERED] * 2


def test_several_threads_may_send_at_once() -> None:
    with http_receiver() as receiver, channel_to(receiver.url) as channel:
        kinds: list[OutcomeKind] = []
        threads = [
            threading.Thread(target=lambda: kinds.append(channel.send(MESSAGE).kind)) for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(receiver.requests) == 20
    assert kinds == [OutcomeKind.DELIVERED] * 20


def test_half_a_character_from_a_log_becomes_a_json_escape() -> None:
    message = OutgoingMessage("1", "", '{"name":"\ud83d"}', "", {})

    with http_receiver() as receiver, channel_to(receiver.url) as channel:
        channel.send(message)

    assert receiver.requests[0].body == b'{"name":"\\ud83d"}'


def test_a_message_id_that_is_no_header_is_refused() -> None:
    with http_receiver() as receiver, channel_to(receiver.url) as channel:
        outcome = channel.send(OutgoingMessage("1\r\nx: y", "", "{}", "", {}))

        assert receiver.requests == []
    assert outcome.kind is OutcomeKind.REFUSED


def test_nobody_listening_is_to_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with channel_to(f"http://127.0.0.1:{port}/secret") as channel:
        outcome = channel.send(MESSAGE)

    expected = Outcome(OutcomeKind.RETRY, "the connection failed: Connection refused", is_unreachable=True)
    assert expected == outcome


def test_a_receiver_that_never_answers_is_to_be_tried_again() -> None:
    def respond(connection: socket.socket, done: threading.Event) -> None:
        done.wait()

    with socket_receiver(respond) as url, channel_to(url, timeout_seconds=0.2) as channel:
        outcome = channel.send(MESSAGE)

    assert Outcome(OutcomeKind.RETRY, "no answer within 0.2 s") == outcome


def test_a_receiver_that_drips_is_given_up_at_the_deadline() -> None:
    def respond(connection: socket.socket, done: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.05):
            connection.sendall(b"x-drip: y\r\n")

    with socket_receiver(respond) as url, channel_to(url, timeout_seconds=0.4) as channel:
        began = time.monotonic()
        outcome = channel.send(MESSAGE)
        took_seconds = time.monotonic() - began

    assert Outcome(OutcomeKind.RETRY, "no answer within 0.4 s") == outcome
    assert took_seconds < 5


NO_HTTP = Outcome(OutcomeKind.RETRY, "the receiver closed the connection or did not answer in HTTP")
DELIVERED = Outcome(OutcomeKind.DELIVERED, "answered 200", 200)
FAILED = Outcome(OutcomeKind.RETRY, "answered 500", 500)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(b"", NO_HTTP, id="nothing"),
        pytest.param(b"SSH-2.0-secret\r\n", NO_HTTP, id="another-protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-le", NO_HTTP, id="half-a-head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000, NO_HTTP, id="huge-head"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhal", DELIVERED, id="half-a-body"),
        pytest.param(b"HTTP/1.1 500 Oh\r\ncontent-length: 9\r\n\r\nhal", FAILED, id="half-an-error"),
        pytest.param(b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", DELIVERED, id="continue"),
        pytest.param(b"HTTP/1.1 101 Up\r\nconnection: upgrade\r\n\r\n", NO_HTTP, id="upgrade"),
    ],
)
def test_a_receiver_that_closes_or_talks_nonsense_is_judged_by_its_status_if_any(
    written: bytes, expected: Outcome
) -> None:
    def respond(connection: socket.socket, done: threading.Event) -> None:
        request = b""
        while not request.endswith(MESSAGE.body.encode()):
            request += connection.recv(65_536)
        connection.sendall(written)

    with socket_receiver(respond) as url, channel_to(url) as channel:
        assert expected == channel.send(MESSAGE)


def test_no_log_line_shows_the_secret_parts_of_a_url(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    with http_receiver(200, 500) as receiver, channel_to(f"{receiver.url}/secret?secret") as channel:
        channel.send(MESSAGE)
        channel.send(MESSAGE)

    assert caplog.records
    assert "secret" not in caplog.text


def test_a_proxy_named_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_receiver() as proxy, http_receiver() as receiver:
        for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        with channel_to(receiver.url) as channel:
            channel.send(MESSAGE)

        assert (len(proxy.requests), len(receiver.requests)) == (0, 1)
