"""Which endpoints can be subscribed over which protocol."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics import Protocol, check_subscribe_endpoint, is_mail_address, masked_endpoint


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("http", "http://hooks.example/x"),
        ("https", "https://user:secret@hooks.example:8443/x"),
        ("https", "HTTPS://hooks.example"),
        ("email", "on-call+alarms@example.com"),
        ("email-json", "root@localhost"),
    ],
)
def test_a_fitting_endpoint_is_taken(protocol: str, endpoint: str) -> None:
    assert Protocol(protocol) is check_subscribe_endpoint(protocol, endpoint)


@pytest.mark.parametrize(
    ("protocol", "endpoint", "text"),
    [
        ("smoke", "x", "Amazon SNS does not support this protocol string: smoke"),
        ("webhook", "https://a.example/", "Amazon SNS does not support this protocol string: webhook"),
        ("terminal", "-", "Amazon SNS does not support this protocol string: terminal"),
        ("HTTP", "http://a.example/", "Amazon SNS does not support this protocol string: HTTP"),
        ("http", "https://hooks.example/", "Endpoint must match the specified protocol"),
        ("https", "http://hooks.example/", "Endpoint must match the specified protocol"),
        ("https", "hooks.example", "Endpoint must match the specified protocol"),
        ("https", None, "Endpoint"),
        ("email", "", "Endpoint"),
        ("email", "nobody", "Email address"),
        ("email", "a@example.com;b@example.com", "Email address"),
        ("email", "a@example.com,b@example.com", "Email address"),
        ("email", "A <a@example.com>", "Email address"),
        ("email", "a@example.com\r\nBcc: b@example.com", "Email address"),
        ("email", "a@example.com\n", "Email address"),
        ("email", "a@exam ple.com", "Email address"),
        ("email", "é@example.com", "Email address"),
        ("email", "a@-.com", "Email address"),
        ("email", ".a@example.com", "Email address"),
        ("email-json", "a" * 65 + "@example.com", "Email address"),
        ("email-json", "a@" + "b.example." * 30 + "com", "Email address"),
    ],
)
def test_an_endpoint_that_does_not_fit_is_refused_in_sns_s_words(
    protocol: str, endpoint: str | None, text: str
) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_subscribe_endpoint(protocol, endpoint)

    assert (RefusalKind.INVALID_PARAMETER, f"Invalid parameter: {text}") == (
        caught.value.kind,
        caught.value.message,
    )


@pytest.mark.parametrize("protocol", ["sqs", "lambda", "firehose", "sms", "application"])
def test_what_sns_knows_and_this_version_does_not_is_said_so(protocol: str) -> None:
    with pytest.raises(RequestRefusedError, match=f"over {protocol} are not supported") as caught:
        check_subscribe_endpoint(protocol, "x")

    assert RefusalKind.UNSUPPORTED is caught.value.kind


@pytest.mark.parametrize(
    ("endpoint", "shown"),
    [
        ("https://user:secret@hooks.example/x?y#z", "https://user:****@hooks.example/x?y#z"),
        ("http://user:se:cr@et@hooks.example", "http://user:****@hooks.example"),
        ("http://us@er:secret@hooks.example", "http://us:****@hooks.example"),
        ("HTTPS://user:secret@hooks.example", "HTTPS://user:****@hooks.example"),
        ("https://hooks.example/a@b", "https://hooks.example/a@b"),
        ("https://hooks.example?a@b", "https://hooks.example?a@b"),
        ("a@example.com", "a@example.com"),
        ("-", "-"),
    ],
)
def test_a_password_in_a_url_is_masked(endpoint: str, shown: str) -> None:
    assert shown == masked_endpoint(endpoint)


@given(st.text(st.characters(exclude_characters="/?#"), min_size=1))
def test_no_password_is_shown(password: str) -> None:
    assert "https://u:****@h/" == masked_endpoint(f"https://u:{password}@h/")


@given(st.text(max_size=30))
def test_a_mail_address_never_breaks_a_line(text: str) -> None:
    if is_mail_address(f"{text}@example.com"):
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text
