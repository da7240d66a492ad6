"""POSTs to an http or https receiver through the guarded network, and judges the answer.

Which answers are final follows sns-and-delivery section 6.
It stands directly on httpcore2, the engine of httpx2: the client above it would write whole URLs to the log,
follow proxies named in the environment and unpack answers.
"""

import contextlib
import email.utils
import re
import ssl
import time
from collections.abc import Mapping

import httpcore2
import httpx2

from trailbell.channels._addresses import AddressRules, RefusedAddressError
from trailbell.channels._contract import Outcome, OutcomeKind
from trailbell.channels._network import Deadline, GuardedBackend, Resolver, resolve

__all__ = ["Poster"]

_FAILURES = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
_MAX_ANSWER_BYTES = 4096
_MAX_CONNECTIONS = 4
_KEEP_ALIVE_SECONDS = 30.0
_LONGEST_RETRY_AFTER_SECONDS = 86_400


class Poster:
    """One receiver behind a URL that was checked; connections are kept alive between messages.

    2xx is delivered; 5xx, 429, a timeout and a failed connection are to be tried again; all else is refused.
    Redirects are not followed, and no more than the first 4 KiB of an answer are waited for.
    The address is checked when connecting, so a name that later leads elsewhere is refused then.
    ``timeout_seconds`` bounds a whole try, the look-up of the name included.
    """

    def __init__(
        self,
        url: httpx2.URL,
        rules: AddressRules,
        *,
        timeout_seconds: float = 15.0,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        self._url = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        self._timeout_seconds = timeout_seconds
        self._deadline = Deadline(timeout_seconds)
        if ssl_context is None and url.scheme == "https":
            ssl_context = httpcore2.default_ssl_context()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=_MAX_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=GuardedBackend(rules, self._deadline, resolver),
        )

    def post(self, headers: Mapping[str, str], body: str) -> Outcome:
        """Tries once; never raises for what goes wrong on the way."""
        self._deadline.begin()
        try:
            with self._pool.stream(
                "POST",
                self._url,
                # Half a surrogate pair from a log becomes the JSON escape it came from.
                headers=[(_bytes(name), _bytes(value)) for name, value in headers.items()],
                content=_bytes(body),
                extensions={"timeout": {"pool": self._timeout_seconds}},
            ) as response:
                _drain(response)
                return _judged(response)
        except RefusedAddressError as error:
            return Outcome(OutcomeKind.REFUSED, str(error))
        except httpcore2.LocalProtocolError:
            return Outcome(OutcomeKind.REFUSED, "the request cannot be written as HTTP")
        except httpcore2.TimeoutException:
            return Outcome(OutcomeKind.RETRY, f"no answer within {self._timeout_seconds:g} s")
        except _FAILURES as error:
            is_unreachable = isinstance(error, httpcore2.ConnectError)
            return Outcome(OutcomeKind.RETRY, _failure(error), is_unreachable=is_unreachable)

    def close(self) -> None:
        """Closes the connections."""
        self._pool.close()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _judged(response: httpcore2.Response) -> Outcome:
    status = response.status
    if 200 <= status < 300:
        return Outcome(OutcomeKind.DELIVERED, f"answered {status}", status)
    if status == 429 or status >= 500:
        return Outcome(OutcomeKind.RETRY, f"answered {status}", status, _retry_after_seconds(response))
    hint = ", and redirects are not followed" if 300 <= status < 400 else ""
    return Outcome(OutcomeKind.REFUSED, f"answered {status}{hint}", status)


def _drain(response: httpcore2.Response) -> None:
    # A connection is kept only once its answer is read; the status alone decides, whatever happens here.
    read_bytes = 0
    with contextlib.suppress(*_FAILURES):
        for part in response.iter_stream():
            read_bytes += len(part)
            if read_bytes >= _MAX_ANSWER_BYTES:
                break


def _retry_after_seconds(response: httpcore2.Response) -> int | None:
    """The seconds of a Retry-After header, which holds a number or a date; at most a day."""
    text = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"").decode(
        "latin-1"
    )
    if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        return min(int(text), _LONGEST_RETRY_AFTER_SECONDS)
    try:
        seconds = round(email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0), _LONGEST_RETRY_AFTER_SECONDS)


def _failure(error: Exception) -> str:
    """What went wrong in words, with nothing that the receiver wrote."""
    if isinstance(error, httpcore2.ProtocolError):
        return "the receiver closed the connection or did not answer in HTTP"
    cause = error.args[0] if error.args else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of the receiver is not accepted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {cause.reason}"
    reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return f"the connection failed: {reason}"
