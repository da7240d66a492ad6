"""The address is checked when connecting, and the checked one is what is connected to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.certificates import server_and_client_contexts
from support.http_receiver import Answer, http_receiver
from trailbell.channels import Outcome, OutcomeKind, OutgoingMessage, RefusedAddressError, WebhookChannel

MESSAGE = OutgoingMessage("11111111-2222-3333-4444-555555555555", "ALARM", "{}", "ALARM", {})

Resolver = Callable[[str, int], list[str]]


class NameServer:
    """Answers each look-up with the next list of addresses, and keeps the names asked for."""

    def __init__(self, *answers: list[str]) -> None:
        self.asked: list[tuple[str, int]] = []
        self._answers = iter(answers)

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return next(self._answers)


@contextmanager
def channel_to(
    url: str, resolver: Resolver, *, allow_private: bool = False, timeout_seconds: float = 10.0
) -> Iterator[WebhookChannel]:
    channel = WebhookChannel(
        url,
        allow_private=allow_private,
        allow_loopback=True,
        timeout_seconds=timeout_seconds,
        resolver=resolver,
    )
    with closing(channel):
        yield channel


def test_a_name_is_looked_up_once_and_its_checked_address_connected_to() -> None:
    # No real name server knows the name, so only the address given here can have been used.
    names = NameServer(["127.0.0.1"])

    with http_receiver() as receiver:
        with channel_to(f"http://hooks.example:{receiver.port}/x", names) as channel:
            outcomes = [channel.send(MESSAGE).kind for _ in range(2)]

        assert outcomes == [OutcomeKind.DELIVERED] * 2
        assert [("hooks.example", receiver.port)] == names.asked
        assert f"hooks.example:{receiver.port}" == receiver.requests[0].headers["host"]


def test_a_name_that_leads_elsewhere_the_second_time_is_refused_then() -> None:
    names = NameServer(["127.0.0.1"], ["10.0.0.1"])

    with http_receiver(Answer(headers={"connection": "close"})) as receiver:
        with channel_to(f"http://hooks.example:{receiver.port}/secret", names) as channel:
            first, second = channel.send(MESSAGE), channel.send(MESSAGE)

        assert len(receiver.requests) == 1
    assert first.kind is OutcomeKind.DELIVERED
    assert second == Outcome(
        OutcomeKind.REFUSED,
        "hooks.example: leads to 10.0.0.1, a private address; allow_private_addresses allows it",
    )


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "fd00:ec2::254",
        "fe80::1%lo",
        "::ffff:192.168.0.1",
        "::ffff:169.254.169.254",
    ],
)
def test_one_refused_address_among_good_ones_refuses_all(address: str) -> None:
    with http_receiver() as receiver:
        names = NameServer(["127.0.0.1", address])
        with channel_to(f"http://hooks.example:{receiver.port}/", names) as channel:
            outcome = channel.send(MESSAGE)

        assert receiver.requests == []
    assert outcome.kind is OutcomeKind.REFUSED
    assert f"leads to {address}" in outcome.detail


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "localhost", "localhost."])
def test_however_it_is_spelt_loopback_is_refused_unless_allowed(host: str) -> None:
    with http_receiver() as receiver:
        with closing(WebhookChannel(f"http://{host}:{receiver.port}/")) as channel:
            outcome = channel.send(MESSAGE)

        assert receiver.requests == []
    # Not every resolver knows every spelling.
    assert "a loopback address" in outcome.detail or "could not be looked up" in outcome.detail


def test_a_second_address_is_tried_where_the_first_does_not_answer() -> None:
    with http_receiver() as receiver:
        # Nothing listens on the other loopback addresses.
        names = NameServer(["127.0.0.2", "127.0.0.1"])
        with channel_to(f"http://hooks.example:{receiver.port}/", names) as channel:
            assert channel.send(MESSAGE).kind is OutcomeKind.DELIVERED


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(-2, "Name or service not known"), "Name or service not known"),
        (UnicodeError("label too long"), "it is not a valid one"),
    ],
)
def test_a_name_that_cannot_be_looked_up_is_to_be_tried_again(error: Exception, reason: str) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise error

    with channel_to("http://hooks.example/secret", fail) as channel:
        outcome = channel.send(MESSAGE)

    expected = f"the connection failed: the host name could not be looked up: {reason}"
    assert Outcome(OutcomeKind.RETRY, expected, is_unreachable=True) == outcome


@settings(max_examples=60)
@given(
    st.sampled_from(["http", "https"]),
    st.text(st.sampled_from(".-_%:[]09azAZ@?#/\\ é。*ß") | st.characters(), min_size=1, max_size=14),
    st.text(max_size=10),
)
def test_whatever_the_url_it_is_refused_at_once_or_sending_says_what_went_wrong(
    scheme: str, host: str, path: str
) -> None:
    with http_receiver() as receiver:
        try:
            channel = WebhookChannel(
                f"{scheme}://{host}:{receiver.port}/{path}",
                allow_loopback=True,
                resolver=lambda host, port: ["127.0.0.1"],
            )
        except RefusedAddressError:
            return
        with closing(channel):
            channel.send(MESSAGE)


def test_a_name_without_addresses_is_to_be_tried_again() -> None:
    with channel_to("http://hooks.example/", NameServer([])) as channel:
        assert channel.send(MESSAGE).kind is OutcomeKind.RETRY


def test_a_name_server_that_hangs_is_given_up_at_the_deadline() -> None:
    released = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        released.wait()
        return ["127.0.0.1"]

    with channel_to("http://hooks.example/", hang, timeout_seconds=0.2) as channel:
        outcome = channel.send(MESSAGE)
    released.set()

    assert Outcome(OutcomeKind.RETRY, "no answer within 0.2 s") == outcome


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("hooks.example", Outcome(OutcomeKind.DELIVERED, "answered 200", 200)),
        (
            "other.example",
            Outcome(
                OutcomeKind.RETRY,
                "the certificate of the receiver is not accepted: Hostname mismatch, "
                "certificate is not valid for 'other.example'.",
                is_unreachable=True,
            ),
        ),
    ],
)
def test_tls_checks_the_name_though_the_connection_is_made_by_address(
    tmp_path: Path, host: str, expected: Outcome
) -> None:
    server, client = server_and_client_contexts("hooks.example", tmp_path)

    with http_receiver(tls=server) as receiver:
        channel = WebhookChannel(
            f"https://{host}:{receiver.port}/",
            allow_loopback=True,
            ssl_context=client,
            resolver=NameServer(["127.0.0.1"]),
        )
        with closing(channel):
            assert expected == channel.send(MESSAGE)


def test_a_certificate_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    server, _ = server_and_client_contexts("hooks.example", tmp_path)

    with http_receiver(tls=server) as receiver:
        names = NameServer(["127.0.0.1"])
        with channel_to(f"https://hooks.example:{receiver.port}/", names) as channel:
            outcome = channel.send(MESSAGE)

        assert receiver.requests == []
    assert outcome.kind is OutcomeKind.RETRY
    assert "the certificate of the receiver is not accepted: self-signed certificate" in outcome.detail


def test_a_receiver_without_tls_is_told_apart() -> None:
    with http_receiver() as receiver:
        names = NameServer(["127.0.0.1"])
        with channel_to(f"https://hooks.example:{receiver.port}/", names) as channel:
            outcome = channel.send(MESSAGE)

    assert outcome.kind is OutcomeKind.RETRY
    assert outcome.detail.startswith("TLS failed: ")
