"""A moto server behind a gate that can hold one call: what it asked for is done, and nobody is answered."""

import contextlib
import io
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from support.moto_account import Moto

__all__ = ["Gate", "gated_moto"]

_PATIENCE_SECONDS = 60.0
_EXPIRED = (
    b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>"
)


class Gate:
    """Counts the calls that change something, and holds the answer of one of them.

    What is in ``expired`` is refused once something was changed, as if credentials had expired by then.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._counting = threading.Lock()
        self._hold_at: int | None = None
        self._held = threading.Event()
        self._released = threading.Event()
        self.changes: list[str] = []
        self.expired: tuple[str, ...] = ()

    def count(self, hold_at: int | None = None) -> None:
        """Begins to count anew; the call of the given number, from 0 on, is done and not answered."""
        self.changes = []
        self._hold_at = hold_at
        self._held.clear()
        self._released.clear()

    def wait_for_it(self) -> None:
        """Returns once the call is done that is not answered."""
        assert self._held.wait(_PATIENCE_SECONDS), "the call did not come"

    def release(self) -> None:
        """Lets the call be answered, to whoever is still there."""
        self._released.set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serves a request, as a WSGI application."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        operation = _operation(environ, body)
        if operation in self.expired and self.changes:
            start_response("403 Forbidden", [("Content-Type", "text/xml")])
            return [_EXPIRED]
        is_held = False
        if not operation.startswith(("Get", "List", "Describe", "Assume")):
            with self._counting:
                is_held = len(self.changes) == self._hold_at
                self.changes.append(operation)
        answer = list(self._application(environ, start_response))
        if is_held:
            self._held.set()
            self._released.wait(_PATIENCE_SECONDS)
        return answer


def _operation(environ: dict[str, Any], body: bytes) -> str:
    target: str = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return target.rpartition(".")[2]
    if "/operation/" in environ["PATH_INFO"]:
        return str(environ["PATH_INFO"]).rpartition("/")[2]
    return urllib.parse.parse_qs(body.decode(errors="replace")).get("Action", [""])[0]


@contextlib.contextmanager
def gated_moto() -> Iterator[tuple[Moto, Gate]]:
    """Runs a moto server behind a gate."""
    gate = Gate(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    running = Moto(f"http://127.0.0.1:{server.server_port}")
    try:
        yield running, gate
    finally:
        gate.release()
        running.close()
        server.shutdown()
        thread.join()
        server.server_close()
