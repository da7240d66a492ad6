"""Refuses what a foreign web page can have a browser send to this machine.

A page anywhere can post a form to a loopback port, and DNS rebinding lets it read the answer too.
The first shows in ``Origin`` and ``Sec-Fetch-Site``, the second in ``Host``.
"""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from trailbell.access._answers import refuse
from trailbell.settings import is_loopback

__all__ = ["GuardMiddleware", "hosts_for"]

_MISDIRECTED = 421
_FORBIDDEN = 403
_POLICY_VIOLATION = 1008

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WEB_SCHEMES = {"ws": "http", "wss": "https"}
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})


def hosts_for(listen_host: str, port: int) -> frozenset[str]:
    """The ``Host`` values a listener answers to, each with its port and without one.

    A loopback listener answers to every usual name of this machine.
    """
    names = {f"[{listen_host}]" if ":" in listen_host else listen_host.lower()}
    if is_loopback(listen_host):
        names |= {"localhost", "127.0.0.1", "[::1]"}
    return frozenset(names | {f"{name}:{port}" for name in names})


class GuardMiddleware:
    """Passes requests on that name one of the allowed hosts and come from no foreign page.

    * Exactly one ``Host``, and an allowed one; else 421.
    * An ``Origin``, where there is one, of the same scheme and of an allowed host and port; else 403.
    * No ``Sec-Fetch-Site`` of ``cross-site`` or ``same-site``; else 403.

    ``public_origin`` is our own behind a proxy, which may speak TLS where we do not: its pages are ours.
    With ``allow_links`` a link on another site may open a page here: a GET or HEAD that the browser marks as
    navigation to a whole document.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowed_hosts: Collection[str],
        *,
        allow_links: bool = False,
        public_origin: str = "",
    ) -> None:
        self._app = app
        self._public_origin = public_origin.lower()
        self._allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self._allow_links = allow_links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Checks one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refusal[1]})
        else:
            await refuse(send, *refusal)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        hosts = _values(scope, b"host")
        if len(hosts) != 1 or hosts[0] not in self._allowed_hosts:
            return _MISDIRECTED, "the Host header must name, once, an address this server listens on"
        origins = _values(scope, b"origin")
        if len(origins) > 1 or not all(self._is_own(origin, scope, hosts[0]) for origin in origins):
            return _FORBIDDEN, "the request comes from a page of another origin"
        is_foreign = not _FOREIGN_SITES.isdisjoint(_values(scope, b"sec-fetch-site"))
        if is_foreign and not (self._allow_links and _is_followed_link(scope)):
            return _FORBIDDEN, "the request comes from a page of another site"
        return None

    def _is_own(self, origin: str, scope: Scope, host: str) -> bool:
        if self._public_origin and origin == self._public_origin:
            return True
        scheme = _WEB_SCHEMES.get(scope["scheme"], scope["scheme"])
        authority = origin.removeprefix(f"{scheme}://")
        if authority == origin or scheme not in _DEFAULT_PORTS:
            return False
        complete = _with_port(authority, scheme)
        # A bare name among the allowed hosts stands for the listener's port, not for the scheme's: a page
        # from port 80 of this machine is foreign.
        return complete in self._allowed_hosts or complete == _with_port(host, scheme)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [
        value.decode("latin-1").strip(" \t").lower() for key, value in scope["headers"] if key.lower() == name
    ]


def _with_port(authority: str, scheme: str) -> str:
    _, colon, port = authority.rpartition(":")
    return authority if colon and port.isdecimal() else f"{authority}:{_DEFAULT_PORTS[scheme]}"


def _is_followed_link(scope: Scope) -> bool:
    is_read = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
    mode, destination = _values(scope, b"sec-fetch-mode"), _values(scope, b"sec-fetch-dest")
    return is_read and mode == ["navigate"] and destination == ["document"]
