"""``host:port`` texts, and which hosts are this machine alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.settings import SettingsError, is_loopback, parse_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:4747", ("127.0.0.1", 4747)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:65535", ("::1", 65535)),
        ("[fe80::1%eth0]:80", ("fe80::1%eth0", 80)),
        ("trailbell.example:443", ("trailbell.example", 443)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),  # noqa: S104
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, expected: tuple[str, int]) -> None:
    assert expected == parse_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4747",
        ":4747",
        "[]:4747",
        "localhost",
        "localhost:",
        "localhost:http",
        "localhost:65536",
        "localhost:-1",
        "localhost: 80",
        "localhost:123456",
        "localhost:٨٠",
        "::1:4747",
        "[::1]",
        "[localhost]:80",
        "http://localhost:80",
        "user@localhost:80",
        "localhost:80\n",
    ],
)
def test_other_shapes_are_refused(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_address(text)

    assert repr(text) in str(caught.value)


@given(st.ip_addresses(v=6) | st.ip_addresses(v=4), st.integers(0, 65535))
def test_every_ip_address_with_a_port_is_taken(address: object, port: int) -> None:
    host = str(address)
    text = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    assert (host, port) == parse_address(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LocalHost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.0.2.1", False),
        ("::ffff:192.0.2.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, expected: bool) -> None:
    assert expected is is_loopback(host)
