"""``host:port`` texts, and which hosts are this machine alone."""

import ipaddress
import re

from trailbell.settings._errors import SettingsError

__all__ = ["is_loopback", "parse_address"]

_SHAPE = re.compile(
    r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<plain>[^:\[\]/@\s]*)):(?P<port>[0-9]{1,5})", re.ASCII
)
_HIGHEST_PORT = 65535


def parse_address(address: str) -> tuple[str, int]:
    """The host and the port of ``host:port`` or ``[IPv6]:port``; port 0 lets the system choose one.

    The host comes back without brackets.

    Raises:
        SettingsError: the text has another shape, names no host, or its port is past 65535.
    """
    shape = _SHAPE.fullmatch(address)
    if shape is None:
        hint = "; an IPv6 address stands in brackets" if address.count(":") > 1 else ""
        raise SettingsError("listen", f"got {address!r}, expected host:port such as 127.0.0.1:4747{hint}")
    host = shape["plain"] if shape["bracketed"] is None else shape["bracketed"]
    if not host:
        raise SettingsError(
            "listen", f"got {address!r}, which names no host; write 127.0.0.1:{shape['port']}"
        )
    if shape["bracketed"] is not None:
        _check_ipv6(address, host)
    port = int(shape["port"])
    if port > _HIGHEST_PORT:
        raise SettingsError("listen", f"got {address!r}, but a port is at most {_HIGHEST_PORT}")
    return host, port


def is_loopback(host: str) -> bool:
    """Whether the host is this machine alone: ``localhost``, 127.0.0.0/8, ``::1`` or its mapped form.

    Any other name counts as not loopback, since what it resolves to may change.
    """
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _check_ipv6(address: str, host: str) -> None:
    try:
        ipaddress.IPv6Address(host)
    except ValueError as error:
        raise SettingsError("listen", f"got {address!r}, but {host!r} is no IPv6 address") from error
