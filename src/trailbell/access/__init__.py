"""Who may call: the checks every door shares, before any request is understood."""

from trailbell.access._authorization import (
    Authorization,
    MalformedAuthorizationError,
    read_authorization,
)
from trailbell.access._body_limit import BodyLimitMiddleware
from trailbell.access._guard import GuardMiddleware, hosts_for
from trailbell.access._listening import ListenRefusedError, check_listen_address

__all__ = [
    "Authorization",
    "BodyLimitMiddleware",
    "GuardMiddleware",
    "ListenRefusedError",
    "MalformedAuthorizationError",
    "check_listen_address",
    "hosts_for",
    "read_authorization",
]
