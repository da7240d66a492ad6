"""Which addresses outgoing messages may go to.

A receiver is named by whoever may subscribe: without these rules the server would send requests for them to
places that only it can reach (delivery-expectations section 5).
"""

import ipaddress
from enum import StrEnum

import msgspec

from trailbell._errors import TrailbellError

__all__ = ["AddressRules", "RefusedAddressError", "refusal"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedAddressError(TrailbellError):
    """An outgoing address that the safety rules refuse.

    Attributes:
        endpoint: the address with its path, query and credentials left out.
        reason: which rule it breaks and what to do.
    """

    def __init__(self, endpoint: str, reason: str) -> None:
        self.endpoint = endpoint
        self.reason = reason
        super().__init__(f"{endpoint}: {reason}")


class AddressRules(msgspec.Struct, frozen=True):
    """What is allowed beyond public addresses."""

    allow_private: bool = False
    allow_loopback: bool = False


class _Kind(StrEnum):
    LOOPBACK = "loopback"
    PRIVATE = "private"
    LINK_LOCAL = "link-local"
    SHARED = "carrier-grade NAT"
    METADATA = "cloud metadata"
    MULTICAST = "multicast"
    UNSPECIFIED = "unspecified"
    RESERVED = "reserved"


_LIFTED_BY_ALLOW_PRIVATE = frozenset({_Kind.PRIVATE, _Kind.LINK_LOCAL, _Kind.SHARED})

# The first row that holds an address decides. Metadata services come first and are never allowed: they hand
# credentials to whoever asks, and nobody receives alarms there.
_RANGES = tuple(
    (ipaddress.ip_network(network), kind)
    for network, kind in (
        ("169.254.169.254/32", _Kind.METADATA),  # EC2, Azure, Google Cloud and others
        ("169.254.170.2/32", _Kind.METADATA),  # ECS task credentials
        ("169.254.170.23/32", _Kind.METADATA),  # EKS pod identity
        ("100.100.100.200/32", _Kind.METADATA),  # Alibaba Cloud
        ("fd00:ec2::254/128", _Kind.METADATA),  # EC2
        ("fd00:ec2::23/128", _Kind.METADATA),  # EKS pod identity
        ("fd20:ce::254/128", _Kind.METADATA),  # Google Cloud
        ("0.0.0.0/8", _Kind.UNSPECIFIED),
        ("::/128", _Kind.UNSPECIFIED),
        ("127.0.0.0/8", _Kind.LOOPBACK),
        ("::1/128", _Kind.LOOPBACK),
        ("10.0.0.0/8", _Kind.PRIVATE),
        ("172.16.0.0/12", _Kind.PRIVATE),
        ("192.168.0.0/16", _Kind.PRIVATE),
        ("fc00::/7", _Kind.PRIVATE),
        ("fec0::/10", _Kind.PRIVATE),  # site-local, deprecated by RFC 3879
        ("169.254.0.0/16", _Kind.LINK_LOCAL),
        ("fe80::/10", _Kind.LINK_LOCAL),
        ("100.64.0.0/10", _Kind.SHARED),
        ("224.0.0.0/4", _Kind.MULTICAST),
        ("ff00::/8", _Kind.MULTICAST),
        ("64:ff9b:1::/48", _Kind.PRIVATE),  # NAT64 within a site, RFC 8215
        ("::/96", _Kind.RESERVED),  # IPv4-compatible, deprecated by RFC 4291
        ("2001::/23", _Kind.RESERVED),  # Teredo included: relays choose where its packets go
        ("2001:db8::/32", _Kind.RESERVED),
        ("3fff::/20", _Kind.RESERVED),
        ("192.0.0.0/24", _Kind.RESERVED),
        ("192.0.2.0/24", _Kind.RESERVED),
        ("192.88.99.0/24", _Kind.RESERVED),
        ("198.18.0.0/15", _Kind.RESERVED),
        ("198.51.100.0/24", _Kind.RESERVED),
        ("203.0.113.0/24", _Kind.RESERVED),
        ("240.0.0.0/4", _Kind.RESERVED),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def refusal(address: _Address, rules: AddressRules) -> str | None:
    """Why the address is refused, or None where it may be connected to."""
    kind = _kind(_embedded(address))
    if kind is None:
        return None
    if kind is _Kind.LOOPBACK:
        return (
            None if rules.allow_loopback else "a loopback address, allowed only while listening on loopback"
        )
    if kind not in _LIFTED_BY_ALLOW_PRIVATE:
        return f"a {kind} address, never allowed"
    return None if rules.allow_private else f"a {kind} address; allow_private_addresses allows it"


def _kind(address: _Address) -> _Kind | None:
    for network, kind in _RANGES:
        if address.version == network.version and address in network:
            return kind
    return None if address.is_global else _Kind.RESERVED


def _embedded(address: _Address) -> _Address:
    """The IPv4 address that packets to an IPv6 address end at, where one is wrapped in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
