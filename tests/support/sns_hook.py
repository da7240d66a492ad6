"""A receiver that behaves as SNS asks: it follows the SubscribeURL, and keeps all that is posted to it."""

import queue
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

__all__ = ["Posted", "SnsHook", "sns_hook"]


class Posted(msgspec.Struct, frozen=True):
    """One POST; header names are in lower case."""

    headers: dict[str, str]
    body: str

    @property
    def envelope(self) -> dict[str, Any]:
        """The body as JSON."""
        decoded: dict[str, Any] = msgspec.json.decode(self.body)
        return decoded


class SnsHook:
    """What was posted, in order; messages of a type can be waited for."""

    def __init__(self, *, confirms: bool) -> None:
        self.confirms = confirms
        self.posted: list[Posted] = []
        self.url = ""
        self._arrived: queue.Queue[Posted] = queue.Queue()

    def take(self, posted: Posted) -> None:
        """Keeps a POST, and follows its link where it asks for that."""
        self.posted.append(posted)
        if posted.headers.get("x-amz-sns-message-type") == "SubscriptionConfirmation" and self.confirms:
            with urllib.request.urlopen(posted.envelope["SubscribeURL"], timeout=10) as answer:  # noqa: S310
                answer.read()
        self._arrived.put(posted)

    def next(self, message_type: str, timeout_seconds: float = 60.0) -> Posted:
        """Waits for the next message of a type; others before it are passed over."""
        while True:
            posted = self._arrived.get(timeout=timeout_seconds)
            if posted.headers.get("x-amz-sns-message-type") == message_type:
                return posted


@contextmanager
def sns_hook(*, confirms: bool = True) -> Iterator[SnsHook]:
    """Runs a receiver on a free loopback port; its path is ``/hook``."""
    hook = SnsHook(confirms=confirms)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            hook.take(Posted(headers, body.decode()))
            self.send_response(200)
            self.send_header("content-length", "0")
            # A connection that is kept might be ended in the moment in which it is used again.
            self.send_header("connection", "close")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Keeps quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False

    server = Server(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
