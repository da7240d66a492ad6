"""POSTs messages to an http or https subscription as SNS does."""

import base64
import ssl

from trailbell.channels._addresses import AddressRules
from trailbell.channels._contract import Outcome, OutgoingMessage
from trailbell.channels._network import Resolver, resolve
from trailbell.channels._posting import Poster
from trailbell.channels._urls import checked_url

__all__ = ["SnsHttpChannel"]


class SnsHttpChannel:
    """One http or https subscription; what each answer comes to is for the `Poster` to say.

    The message's body, headers and type are sent as they are. A user name and password in the URL are sent as
    Basic authentication. ``timeout_seconds`` bounds a whole try, the look-up of the name included.

    Raises:
        RefusedAddressError: the URL is refused for what it says already.
    """

    def __init__(
        self,
        url: str,
        *,
        allow_private: bool = False,
        allow_loopback: bool = False,
        timeout_seconds: float = 15.0,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        rules = AddressRules(allow_private=allow_private, allow_loopback=allow_loopback)
        parsed = checked_url(url, rules, allow_credentials=True)
        self._authorization = _basic(parsed.username, parsed.password) if parsed.userinfo else None
        self._poster = Poster(
            parsed, rules, timeout_seconds=timeout_seconds, ssl_context=ssl_context, resolver=resolver
        )

    def send(self, message: OutgoingMessage) -> Outcome:
        """Tries once; never raises for what goes wrong on the way."""
        headers = {
            **message.headers,
            "Content-Type": message.content_type,
            "User-Agent": "Amazon Simple Notification Service Agent",
            "Accept-Encoding": "gzip,deflate",
            "Connection": "Keep-Alive",
        }
        if self._authorization is not None:
            headers["Authorization"] = self._authorization
        return self._poster.post(headers, message.body)

    def close(self) -> None:
        """Closes the connections."""
        self._poster.close()


def _basic(username: str, password: str) -> str:
    credentials = f"{username}:{password}".encode("utf-8", "backslashreplace")
    return f"Basic {base64.b64encode(credentials).decode()}"
