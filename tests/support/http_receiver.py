"""Real receivers on free loopback ports: one speaks HTTP and records, one does as it is scripted."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

__all__ = ["Answer", "HttpReceiver", "ReceivedRequest", "http_receiver", "socket_receiver"]


class Answer(msgspec.Struct, frozen=True):
    """What a receiver answers."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b"ok"


class ReceivedRequest(msgspec.Struct, frozen=True):
    """What a receiver was sent; header names are in lower case, ``client`` is the sender's address."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    client: tuple[str, int]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)


class HttpReceiver:
    """What came in so far, and where to send to."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self.requests: list[ReceivedRequest] = []
        self.scheme = "http"
        self.port = 0
        self._answers = iter(answers)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def take(self, request: ReceivedRequest) -> Answer:
        """Records a request and gives the next answer, 200 once the scripted ones are used up."""
        with self._lock:
            self.requests.append(request)
            return next(self._answers, Answer())


@contextmanager
def http_receiver(*answers: Answer | int, tls: ssl.SSLContext | None = None) -> Iterator[HttpReceiver]:
    """A receiver that gives the answers in order; a number stands for an answer of that status."""
    receiver = HttpReceiver(Answer(answer) if isinstance(answer, int) else answer for answer in answers)
    server = _Server(("127.0.0.1", 0), _handler(receiver))
    receiver.port = server.server_address[1]
    if tls is not None:
        receiver.scheme = "https"
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def socket_receiver(respond: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """The URL of a receiver that hands each connection to ``respond``, with an event set at the end."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    if done.is_set():
                        return
                    try:
                        respond(connection, done)
                    except OSError:
                        # The sender has gone, which some scripts wait for.
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            # One more connection lets the thread see that it is over.
            socket.create_connection(server.getsockname()).close()
            thread.join()


class _Server(ThreadingHTTPServer):
    # The end of a test waits for all that is still being answered.
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Keeps quiet about senders that go away."""


def _handler(receiver: HttpReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # A sender that keeps its connection open must not hold up the end of a test for ever.
        timeout = 5

        def _answer(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            client = (str(self.client_address[0]), int(self.client_address[1]))
            body = self.rfile.read(length)
            answer = receiver.take(ReceivedRequest(self.command, self.path, headers, body, client))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            """Keeps quiet."""

    return Handler
