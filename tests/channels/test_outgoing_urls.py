"""Which URLs may be sent to, and how they are shown."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.channels import (
    ChannelOptions,
    RefusedAddressError,
    TerminalChannel,
    WebhookChannel,
    open_channel,
    redacted,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.example/services/T0/B0/secret", "https://hooks.example/…"),
        ("https://hooks.example", "https://hooks.example/…"),
        ("http://hooks.example:8080/?token=secret#secret", "http://hooks.example:8080/…"),
        ("https://user:secret@hooks.example/x", "https://hooks.example/…"),
        ("HTTPS://Hooks.Example/secret", "https://hooks.example/…"),
        ("http://[::1]:8080/secret", "http://[::1]:8080/…"),
        ("https://bücher.example/secret", "https://xn--bcher-kva.example/…"),
        ("ftp://files.example/secret", "ftp://files.example/…"),
        ("secret", "(not a URL)"),
        ("/secret", "(not a URL)"),
        ("https:///secret", "(not a URL)"),
        ("http://h:secret/", "(not a URL)"),
        ("https://hooks.example/\nsecret", "(not a URL)"),
        ("", "(not a URL)"),
    ],
)
def test_a_url_is_shown_by_scheme_host_and_port_alone(url: str, shown: str) -> None:
    assert shown == redacted(url)


@given(st.text(max_size=40) | st.text(max_size=30).map(lambda rest: f"https://hooks.example/{rest}"))
def test_showing_never_fails_and_never_shows_a_path(text: str) -> None:
    shown = redacted(text)

    assert shown == "(not a URL)" or shown.endswith("/…")
    if text.startswith("https://hooks.example/"):
        assert shown in ("(not a URL)", "https://hooks.example/…")


REFUSED = [
    ("secret", "this is no URL|messages go to http"),
    ("ftp://files.example/secret", "messages go to http and https URLs"),
    ("file:///etc/secret", "messages go to http and https URLs"),
    ("https:///secret", "messages go to http and https URLs"),
    ("https://hooks.example:secret/", "this is no URL"),
    ("https://hooks.example/\nsecret", "this is no URL"),
    ("https://user:secret@hooks.example/", "may not hold a user name or password"),
    ("https://secret@hooks.example/", "may not hold a user name or password"),
    ("http://hooks.example:22/secret", "port 22 belongs to another service"),
    ("http://hooks.example:0/secret", "port 0 belongs to another service"),
    ("http://10.0.0.1/secret", "a private address"),
    ("http://127.0.0.1:8080/secret", "a loopback address"),
    ("http://169.254.169.254/latest/secret", "a cloud metadata address"),
    ("http://[::ffff:10.0.0.1]/secret", "a private address"),
    ("http://[fd00:ec2::254]/secret", "a cloud metadata address"),
    ("https://./secret", "the host is no valid name"),
    ("https://.example/secret", "the host is no valid name"),
    ("https://a..example/secret", "the host is no valid name"),
    (f"https://{'a' * 64}.example/secret", "the host is no valid name"),
    ("http://0177.0.0.1/secret", "this is no URL"),
    ("http://0.0.0.0/secret", "an? unspecified address"),
]


@pytest.mark.parametrize(("endpoint", "reason"), REFUSED)
def test_an_endpoint_that_cannot_be_is_refused_without_showing_its_secrets(
    endpoint: str, reason: str
) -> None:
    with pytest.raises(RefusedAddressError, match=reason) as caught:
        open_channel(endpoint, ChannelOptions(io.StringIO()))

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://hooks.example/x",
        "http://hooks.example:80/x",
        "https://hooks.example:8443/x?y=z",
        "https://hooks.example:443",
        "http://8.8.8.8/x",
    ],
)
def test_an_http_or_https_url_opens_a_webhook_without_connecting(endpoint: str) -> None:
    channel = open_channel(endpoint, ChannelOptions(io.StringIO()))
    channel.close()

    assert isinstance(channel, WebhookChannel)


def test_a_dash_opens_the_terminal() -> None:
    assert isinstance(open_channel("-", ChannelOptions(io.StringIO())), TerminalChannel)
