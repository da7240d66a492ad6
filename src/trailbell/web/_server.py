"""Serving the application on a socket, in a thread, so that the main thread keeps the signals."""

import socket
import threading

import uvicorn
from starlette.types import ASGIApp

from trailbell._errors import TrailbellError

__all__ = ["WebServer", "bind"]

_GRACE_SECONDS = 3


class _BindError(TrailbellError):
    """The address cannot be listened on."""


def bind(host: str, port: int) -> socket.socket:
    """Opens the listening socket; port 0 takes a free one.

    Raises:
        TrailbellError: The address is taken or is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise _BindError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another address with --listen"
        ) from error
    return opened


class WebServer:
    """A web server on an open socket; start it, and stop it when done."""

    def __init__(self, app: ASGIApp, opened: socket.socket) -> None:
        self._socket = opened
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes the requests in hand and ends."""
        self._server.should_exit = True
        self._thread.join(_GRACE_SECONDS + 1)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])
