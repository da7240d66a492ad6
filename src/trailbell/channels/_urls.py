"""The URLs messages may be sent to, and how they are shown."""

import ipaddress

import httpx2

from trailbell.channels._addresses import AddressRules, RefusedAddressError, refusal

__all__ = ["checked_url", "redacted"]

_LOWEST_FREE_PORT = 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}


def redacted(url: str) -> str:
    """The scheme, host and port alone, such as ``https://hooks.example/…``: the rest may hold secrets."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError):
        return "(not a URL)"
    if not parsed.scheme or not parsed.host:
        return "(not a URL)"
    return f"{parsed.scheme}://{_authority(parsed)}/…"


def checked_url(url: str, rules: AddressRules, *, allow_credentials: bool = False) -> httpx2.URL:
    """The URL in parts, once everything that can be told without a look-up is found in order.

    Raises:
        RefusedAddressError: no http or https URL, or one with a refused address or port, or with credentials
            where they are not allowed.
    """
    shown = redacted(url)
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError):
        # The cause is left out, since it may quote the URL.
        raise RefusedAddressError(shown, "this is no URL; write https://host/path") from None
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.host:
        raise RefusedAddressError(shown, "messages go to http and https URLs, or to - for the terminal")
    if parsed.userinfo and not allow_credentials:
        raise RefusedAddressError(shown, "a URL may not hold a user name or password; leave them out")
    port = _DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if port not in _DEFAULT_PORTS.values() and port < _LOWEST_FREE_PORT:
        raise RefusedAddressError(
            shown, f"port {port} belongs to another service; use 80, 443 or 1024 and above"
        )
    try:
        address = ipaddress.ip_address(parsed.host)
    except ValueError:
        _check_name(parsed, shown)
        return parsed
    reason = refusal(address, rules)
    if reason is not None:
        raise RefusedAddressError(shown, reason)
    return parsed


def _check_name(parsed: httpx2.URL, shown: str) -> None:
    # What the resolver and TLS could not take is told here, not by an error in the middle of sending.
    name = parsed.raw_host.decode("ascii", "replace")
    try:
        name.encode("idna")
    except UnicodeError:
        raise RefusedAddressError(shown, "the host is no valid name") from None
    if name.startswith("."):
        raise RefusedAddressError(shown, "the host is no valid name")


def _authority(parsed: httpx2.URL) -> str:
    host = parsed.raw_host.decode("ascii", "replace")
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if parsed.port is None else f"{bracketed}:{parsed.port}"
