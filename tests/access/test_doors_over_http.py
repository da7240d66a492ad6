"""The checks of this room before a real server, over a real connection."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import uvicorn

from support.asgi_calls import Recorder
from support.waiting import wait_until
from trailbell.access import BodyLimitMiddleware, GuardMiddleware, hosts_for


@contextmanager
def served() -> Iterator[tuple[int, Recorder]]:
    app = Recorder()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        guarded = GuardMiddleware(BodyLimitMiddleware(app, 1000), hosts_for("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(guarded, log_config=None, lifespan="off", loop="asyncio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield port, app
        finally:
            server.should_exit = True
            thread.join()


def status_of(port: int, headers: dict[str, str], body: bytes | list[bytes] = b"") -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        # A list is sent in chunks, without a length.
        connection.request("POST", "/", iter(body) if isinstance(body, list) else body, headers)
        return connection.getresponse().status


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"x" * 1000, 200),
        ({}, [b"x" * 500, b"x" * 500], 200),
        ({"Host": "attacker.example"}, b"", 421),
        ({"Origin": "http://attacker.example"}, b"", 403),
        ({"Sec-Fetch-Site": "cross-site"}, b"", 403),
        ({}, b"x" * 1001, 413),
        ({}, [b"x" * 500, b"x" * 501], 413),
    ],
)
def test_a_request_is_answered_by_the_first_check_it_fails(
    headers: dict[str, str], body: bytes | list[bytes], status: int
) -> None:
    with served() as (port, app):
        assert status == status_of(port, headers, body)

    assert (status == 200) is any(len(kept) == 1000 for kept in app.bodies)


def test_an_endless_body_is_cut_off() -> None:
    head = "POST / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"400\r\n" + b"x" * 1024 + b"\r\n"

    with served() as (port, app), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.format(port).encode())
        # How much still goes out before the server's end is noticed is the system's affair.
        with pytest.raises(ConnectionError):
            connection.sendall(chunk * 100_000)

    assert max(len(kept) for kept in app.bodies) <= 1000
