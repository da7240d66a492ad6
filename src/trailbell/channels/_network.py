"""Connects to the very address that was checked, and holds one deadline over a whole request.

Checking a name and then connecting by that name would look it up twice, and a name server may answer a public
address the first time and an inner one the second (DNS rebinding).
"""

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from trailbell.channels._addresses import AddressRules, RefusedAddressError, refusal

__all__ = ["Deadline", "GuardedBackend", "Resolver", "resolve"]

Resolver = Callable[[str, int], list[str]]
"""The addresses of a host as texts; an OSError where there are none."""


class Deadline:
    """The instant by which the request of the running thread must be over."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._local = threading.local()

    def begin(self) -> None:
        """Starts the clock for the request that this thread is about to make."""
        self._local.until = time.monotonic() + self._timeout_seconds

    def left(self, error: type[Exception]) -> float:
        """The seconds left; raises the error once there are none."""
        left: float = self._local.until - time.monotonic()
        if left <= 0:
            raise error
        return left


def resolve(host: str, port: int) -> list[str]:
    """The addresses the system's resolver has for a host, whatever way it is spelt."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in answers))


class GuardedBackend(httpcore2.NetworkBackend):
    """Resolves a host once, refuses it if any of its addresses is refused, and connects to one of them.

    TLS still checks the certificate against the name, since only the connection is made by address.
    """

    def __init__(self, rules: AddressRules, deadline: Deadline, resolver: Resolver = resolve) -> None:
        self._rules = rules
        self._deadline = deadline
        self._resolver = resolver
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to a checked address of the host; the deadline stands in for the timeout.

        Raises:
            RefusedAddressError: an address of the host is refused.
        """
        failure: Exception = httpcore2.ConnectError("no address was found")
        addresses = self._checked_addresses(host, port)
        for tried, address in enumerate(addresses):
            # A silent first address must leave time for the next one.
            share = self._deadline.left(httpcore2.ConnectTimeout) / (len(addresses) - tried)
            try:
                stream = self._sockets.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        addresses = self._resolve_in_time(host, port)
        for address in addresses:
            reason = refusal(ipaddress.ip_address(address), self._rules)
            if reason is not None:
                raise RefusedAddressError(host, f"leads to {address}, {reason}")
        return addresses

    def _resolve_in_time(self, host: str, port: int) -> list[str]:
        # The system's resolver takes no timeout and may hang for longer than the whole request may last.
        answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolver(host, port))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=look_up, name="trailbell-resolver", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left(httpcore2.ConnectTimeout))
        except queue.Empty:
            raise httpcore2.ConnectTimeout("the host name could not be looked up in time") from None
        if isinstance(answer, OSError):
            raise httpcore2.ConnectError(f"the host name could not be looked up: {answer.strerror or answer}")
        if isinstance(answer, UnicodeError):
            raise httpcore2.ConnectError("the host name could not be looked up: it is not a valid one")
        if isinstance(answer, Exception):
            raise answer
        return answer


class _DeadlineStream(httpcore2.NetworkStream):
    """A stream whose every step lasts at most until the deadline, so that a receiver cannot drip for ever."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left(httpcore2.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
