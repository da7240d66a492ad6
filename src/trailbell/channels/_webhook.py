"""POSTs messages as JSON to an http or https receiver that is no subscriber in SNS's sense."""

import ssl

from trailbell._version import __version__
from trailbell.channels._addresses import AddressRules
from trailbell.channels._contract import Outcome, OutgoingMessage
from trailbell.channels._network import Resolver, resolve
from trailbell.channels._posting import Poster
from trailbell.channels._urls import checked_url

__all__ = ["WebhookChannel"]


class WebhookChannel:
    """One receiver behind a URL; what each answer comes to is for the `Poster` to say.

    ``timeout_seconds`` bounds a whole try, the look-up of the name included.

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
        self._poster = Poster(
            checked_url(url, rules),
            rules,
            timeout_seconds=timeout_seconds,
            ssl_context=ssl_context,
            resolver=resolver,
        )

    def send(self, message: OutgoingMessage) -> Outcome:
        """Tries once; never raises for what goes wrong on the way."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": f"trailbell/{__version__}",
            "accept-encoding": "identity",
            "x-trailbell-message-id": message.message_id,
        }
        return self._poster.post(headers, message.body)

    def close(self) -> None:
        """Closes the connections."""
        self._poster.close()
