"""Where the server may listen."""

from trailbell._errors import TrailbellError
from trailbell.settings import is_loopback

__all__ = ["ListenRefusedError", "check_listen_address"]


class ListenRefusedError(TrailbellError):
    """A listen address that would let others in without asking who they are.

    Attributes:
        host: the host that was asked for.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"listen: {host} is not loopback, so other machines could call without any key; "
            "listen on 127.0.0.1, and reach it from elsewhere through an SSH tunnel"
        )


def check_listen_address(host: str) -> None:
    """Passes a loopback host and nothing else: with no key defined, whoever can connect may do everything.

    Raises:
        ListenRefusedError: the host is not loopback.
    """
    if not is_loopback(host):
        raise ListenRefusedError(host)
