"""Which endpoints SNS's Subscribe takes for which protocol, and how an endpoint is shown."""

import re

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics._topic import Protocol

__all__ = ["check_subscribe_endpoint", "is_mail_address", "masked_endpoint"]

_UNSUPPORTED = frozenset({"sqs", "lambda", "firehose", "sms", "application"})
_LONGEST_ADDRESS = 254
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})*")
# The credentials end at the last @ of the authority, and their user name at the first colon.
_CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]*://[^:/?#@]*)[^/?#]*@", re.IGNORECASE)


def check_subscribe_endpoint(protocol: str, endpoint: str | None) -> Protocol:
    """Returns the protocol once the endpoint fits it; where a URL leads is for the channels to judge.

    Raises:
        RequestRefusedError: the protocol is unknown or not supported, or the endpoint does not fit.
    """
    if protocol in _UNSUPPORTED:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED,
            f"Subscriptions over {protocol} are not supported by this version; "
            "use http, https, email or email-json.",
        )
    known = next((each for each in Protocol if each.value == protocol and not each.is_from_settings), None)
    if known is None:
        raise _invalid(f"Amazon SNS does not support this protocol string: {protocol}")
    if not endpoint:
        raise _invalid("Endpoint")
    if known.is_http:
        if not endpoint.lower().startswith(f"{protocol}://"):
            raise _invalid("Endpoint must match the specified protocol")
    elif not is_mail_address(endpoint):
        raise _invalid("Email address")
    return known


def is_mail_address(text: str) -> bool:
    """Whether a text is one plain mail address: no name, no list, no quotes, nothing beyond ASCII."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def masked_endpoint(endpoint: str) -> str:
    """Returns the endpoint with the password in a URL masked as SNS does: ``https://user:****@host``."""
    return _CREDENTIALS.sub(r"\1:****@", endpoint, count=1)


def _invalid(text: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, f"Invalid parameter: {text}")
