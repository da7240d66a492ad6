"""What a foreign web page can have a browser send is refused, and everything else passes."""

from typing import Any

import msgspec
import pytest

from support.asgi_calls import Recorder, Reply, call
from trailbell.access import GuardMiddleware, hosts_for

Headers = list[tuple[str, str]]

HOST = ("host", "127.0.0.1:4747")


def guarded(headers: Headers, *, allow_links: bool = False, **scope: Any) -> tuple[Reply, bool]:
    app = Recorder()
    guard = GuardMiddleware(app, hosts_for("127.0.0.1", 4747), allow_links=allow_links)
    return call(guard, headers, **scope), bool(app.scopes)


@pytest.mark.parametrize(
    ("listen_host", "expected"),
    [
        ("127.0.0.1", {"localhost", "127.0.0.1", "[::1]"}),
        ("localhost", {"localhost", "127.0.0.1", "[::1]"}),
        ("::1", {"localhost", "127.0.0.1", "[::1]"}),
        ("127.0.0.2", {"localhost", "127.0.0.1", "[::1]", "127.0.0.2"}),
        ("Trailbell.Example", {"trailbell.example"}),
        ("2001:db8::1", {"[2001:db8::1]"}),
    ],
)
def test_a_listener_answers_to_its_names_with_and_without_its_port(
    listen_host: str, expected: set[str]
) -> None:
    assert expected | {f"{name}:4747" for name in expected} == hosts_for(listen_host, 4747)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:4747", "127.0.0.1", "localhost:4747", "LOCALHOST:4747", "Localhost", "[::1]:4747", "[::1]"],
)
def test_an_own_host_passes(host: str) -> None:
    reply, has_passed = guarded([("Host", host)])

    assert (200, True) == (reply.status, has_passed)


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["attacker.example"],
        ["attacker.example:4747"],
        ["127.0.0.1:80"],
        ["127.0.0.1:04747"],
        ["localhost.:4747"],
        ["localhost.attacker.example:4747"],
        ["127.0.0.1:4747@attacker.example"],
        ["user@127.0.0.1:4747"],
        ["::1"],
        ["0.0.0.0:4747"],
        ["127.0.0.1:4747, attacker.example"],
        ["127.0.0.1:4747", "attacker.example"],
        ["127.0.0.1:4747", "127.0.0.1:4747"],
        ["127.0.0.1\u00a0:4747"],
        ["\u00a0127.0.0.1:4747"],
    ],
)
def test_a_missing_foreign_or_repeated_host_is_misdirected(hosts: list[str]) -> None:
    reply, has_passed = guarded([("host", host) for host in hosts])

    assert (421, False) == (reply.status, has_passed)
    assert list(msgspec.json.decode(reply.body)) == ["error"]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:4747", "http://127.0.0.1:4747"),
        ("127.0.0.1:4747", "http://localhost:4747"),
        ("localhost:4747", "HTTP://LOCALHOST:4747"),
        ("[::1]:4747", "http://[::1]:4747"),
        ("localhost", "http://localhost"),
        ("localhost", "http://localhost:80"),
        ("[::1]", "http://[::1]"),
    ],
)
def test_an_own_origin_passes(host: str, origin: str) -> None:
    reply, _ = guarded([("host", host), ("origin", origin)])

    assert reply.status == 200


@pytest.mark.parametrize(
    "origins",
    [
        ["null"],
        [""],
        ["https://127.0.0.1:4747"],
        ["http://127.0.0.1"],
        ["http://127.0.0.1:80"],
        ["http://localhost:3000"],
        ["http://attacker.example"],
        ["http://attacker.example:4747"],
        ["http://127.0.0.1:4747.attacker.example"],
        ["http://127.0.0.1:4747/"],
        ["127.0.0.1:4747"],
        ["file://"],
        ["chrome-extension://127.0.0.1:4747"],
        ["http://http://127.0.0.1:4747"],
        ["http://127.0.0.1:4747", "http://127.0.0.1:4747"],
        ["http://127.0.0.1:4747", "http://attacker.example"],
        ["http://127.0.0.1:4747 http://attacker.example"],
    ],
)
def test_a_foreign_origin_is_forbidden(origins: list[str]) -> None:
    reply, has_passed = guarded([HOST, *(("origin", origin) for origin in origins)])

    assert (403, False) == (reply.status, has_passed)
    assert msgspec.json.decode(reply.body) == {"error": "the request comes from a page of another origin"}


def test_over_tls_an_origin_without_tls_is_foreign() -> None:
    assert guarded([HOST, ("origin", "https://127.0.0.1:4747")], scheme="https")[0].status == 200
    assert guarded([HOST, ("origin", "http://127.0.0.1:4747")], scheme="https")[0].status == 403


@pytest.mark.parametrize(
    ("sites", "status"),
    [
        (["same-origin"], 200),
        (["none"], 200),
        (["cross-site"], 403),
        (["same-site"], 403),
        (["Cross-Site"], 403),
        (["same-origin", "cross-site"], 403),
    ],
)
def test_a_request_from_another_site_is_forbidden(sites: list[str], status: int) -> None:
    reply, has_passed = guarded([HOST, *(("sec-fetch-site", site) for site in sites)])

    assert (status, status == 200) == (reply.status, has_passed)


NAVIGATION: Headers = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
]


@pytest.mark.parametrize(
    ("method", "changed", "is_link"),
    [
        ("GET", {}, True),
        ("HEAD", {}, True),
        ("POST", {}, False),
        ("GET", {"sec-fetch-dest": "iframe"}, False),
        ("GET", {"sec-fetch-mode": "no-cors"}, False),
        ("GET", {"origin": "http://attacker.example"}, False),
        ("GET", {"host": "attacker.example"}, False),
    ],
)
def test_a_link_on_another_site_opens_a_page_only_where_links_are_allowed(
    method: str, changed: dict[str, str], is_link: bool
) -> None:
    headers = list((dict([HOST, *NAVIGATION]) | changed).items())

    assert is_link is guarded(headers, allow_links=True, method=method)[1]
    assert guarded(headers, allow_links=False, method=method)[1] is False


def test_a_client_that_is_no_browser_passes() -> None:
    reply, _ = guarded([HOST, ("authorization", "AWS4-HMAC-SHA256 …".encode().decode("latin-1"))])

    assert (200, b"passed") == (reply.status, reply.body)


def test_a_refusal_is_short_json_that_repeats_nothing_and_closes() -> None:
    reply, _ = guarded([("host", "<script>attacker</script>")])

    assert b"attacker" not in reply.body
    assert reply.headers == {
        "content-type": "application/json",
        "content-length": str(len(reply.body)),
        "cache-control": "no-store",
        "connection": "close",
    }


def test_a_web_socket_is_guarded_too() -> None:
    refused, has_passed = guarded(
        [HOST, ("origin", "http://attacker.example")], type="websocket", scheme="ws"
    )
    assert (["websocket.close"], False) == ([event["type"] for event in refused.events], has_passed)

    assert guarded([HOST, ("origin", "http://127.0.0.1:4747")], type="websocket", scheme="ws")[1]
    assert guarded([HOST, ("origin", "https://127.0.0.1:4747")], type="websocket", scheme="wss")[1]


def test_start_and_end_of_the_server_pass() -> None:
    assert guarded([], type="lifespan")[1]


@pytest.mark.parametrize(
    ("public_origin", "origin", "expected"),
    [
        ("https://alarms.example.com", "https://alarms.example.com", 200),
        ("https://Alarms.example.com", "https://alarms.EXAMPLE.com", 200),
        ("https://alarms.example.com", "https://other.example.com", 403),
        ("https://alarms.example.com", "https://alarms.example.com.attacker.example", 403),
        ("", "https://alarms.example.com", 403),
        ("", "", 403),
        ("", "null", 403),
    ],
)
def test_pages_behind_a_proxy_that_speaks_tls_are_our_own(
    public_origin: str, origin: str, expected: int
) -> None:
    hosts = hosts_for("127.0.0.1", 4747) | {"alarms.example.com"}
    guard = GuardMiddleware(Recorder(), hosts, public_origin=public_origin)
    reply = call(guard, [("host", "alarms.example.com"), ("origin", origin)])

    assert expected == reply.status
