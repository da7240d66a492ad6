"""A TLS front as it stands before a server that is reached from outside: it hands every request on."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from support.certificates import server_and_client_contexts

__all__ = ["TlsFront", "tls_front"]

_HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length"})


class TlsFront:
    """Where it answers, the certificate to trust, and the server behind it once that is known."""

    def __init__(self, ca_file: Path, port: int) -> None:
        self.ca_file = ca_file
        self.url = f"https://localhost:{port}"
        self.server_url = ""


@contextmanager
def tls_front(folder: Path) -> Iterator[TlsFront]:
    """Runs a front on a free loopback port; it answers as ``localhost``."""
    context, _ = server_and_client_contexts("localhost", folder)

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def _hand_on(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            behind = http.client.HTTPConnection(urlsplit(front.server_url).netloc, timeout=10)
            try:
                # The name that was asked for stays as it is.
                behind.request(self.command, self.path, content, dict(self.headers.items()))
                answer = behind.getresponse()
                body = answer.read()
            finally:
                behind.close()
            self.send_response(answer.status)
            for name, text in answer.getheaders():
                if name.lower() not in _HOP_BY_HOP:
                    self.send_header(name, text)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_HEAD = do_POST = _hand_on  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            """Keeps quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False

        def get_request(self) -> tuple[socket.socket, object]:
            connection, address = super().get_request()
            return _wrapped(context, connection), address

        def handle_error(self, request: object, client_address: object) -> None:
            """Keeps quiet about clients that go away."""

    server = Server(("127.0.0.1", 0), Handler)
    front = TlsFront(folder / "certificate.pem", server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _wrapped(context: ssl.SSLContext, connection: socket.socket) -> ssl.SSLSocket:
    # The handshake happens at the first read, in the thread of the request.
    return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
