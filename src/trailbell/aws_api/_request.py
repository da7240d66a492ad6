"""Telling requests apart by their headers, and reading their bodies within bounds."""

import re
import urllib.parse
from collections.abc import Mapping

import msgspec

from trailbell.access import Authorization
from trailbell.aws_api._errors import DoorError, Fault
from trailbell.aws_api._query import parse_form
from trailbell.aws_api._services import (
    Protocol,
    Service,
    service_of_host,
    service_of_signing_name,
    service_of_target,
    service_of_version,
)
from trailbell.cloudtrail import DamagedContentError, decompress

__all__ = ["Call", "Head", "call_of", "unpacked"]

_CBOR_PATH = re.compile(r"/service/(?P<prefix>[^/]+)/operation/(?P<operation>[^/]+)/?")
_GZIP_MAGIC = b"\x1f\x8b"
_JSON_TYPE = re.compile(r"application/x-amz-json-1\.[01]")
_LINKS = frozenset({"ConfirmSubscription", "Unsubscribe"})


class Head(msgspec.Struct, frozen=True):
    """What a request says before its body; the headers must be found by names in lower case."""

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]

    @property
    def protocol(self) -> Protocol:
        """The protocol to answer in, also where the request turns out to be none of AWS's."""
        if _CBOR_PATH.fullmatch(self.path) or self.headers.get("smithy-protocol") == "rpc-v2-cbor":
            return Protocol.CBOR
        if "x-amz-target" in self.headers or "json" in self.headers.get("content-type", ""):
            return Protocol.JSON
        return Protocol.QUERY

    @property
    def is_query_mode(self) -> bool:
        """Whether the client wants the codes of the query protocol in a header."""
        return self.headers.get("x-amzn-query-mode", "").lower() == "true"

    @property
    def json_type(self) -> str | None:
        """The content type of a request in JSON, without what stands behind it."""
        content_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return content_type if _JSON_TYPE.fullmatch(content_type) else None

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the address."""
        return parse_form(self.query)


class Call(msgspec.Struct, frozen=True):
    """Which operation is called; `form` holds the parameters of a call in the query protocol."""

    service: Service
    operation: str
    form: dict[str, str] = {}


def unpacked(head: Head, body: bytes | None, max_bytes: int) -> bytes:
    """Returns the body without the compression its headers tell of; None is one too large to be read.

    Raises:
        DoorError: It is not compressed as they say, or holds more than `max_bytes`.
    """
    if body is None:
        raise DoorError(Fault.TOO_LARGE, f"The body of a request may have at most {max_bytes} bytes.")
    encoding = head.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise DoorError(Fault.MALFORMED, "The Content-Encoding of a request must be gzip or identity.")
    if not body.startswith(_GZIP_MAGIC):
        raise DoorError(
            Fault.MALFORMED, "The body is not compressed with gzip, as its Content-Encoding says."
        )
    try:
        return decompress(body, max_bytes)
    except DamagedContentError as error:
        raise DoorError(Fault.MALFORMED, f"The body cannot be decompressed: {error}.") from error


def call_of(head: Head, body: bytes, authorization: Authorization | None) -> Call:
    """Returns which operation of which service a request calls; whether there is such a one is not looked at.

    Raises:
        DoorError: It names none.
    """
    match head.protocol:
        case Protocol.CBOR:
            found = _CBOR_PATH.fullmatch(head.path)
            prefix, operation = (found["prefix"], found["operation"]) if found else ("", "")
            service = service_of_target(prefix)
        case Protocol.JSON:
            prefix, _, operation = head.headers.get("x-amz-target", "").rpartition(".")
            service = service_of_target(prefix)
        case Protocol.QUERY:
            return _query_call(head, body, authorization)
    if service is None or not operation or head.protocol not in service.protocols:
        raise DoorError(Fault.UNKNOWN_OPERATION, "The request names no operation that Trailbell knows.")
    return Call(service, urllib.parse.unquote(operation, errors="replace"))


def _query_call(head: Head, body: bytes, authorization: Authorization | None) -> Call:
    form = head.parameters
    if head.method == "POST":
        form |= parse_form(body)
    operation = form.get("Action", "")
    service = (
        (authorization and service_of_signing_name(authorization.service))
        or service_of_version(form.get("Version", ""))
        or service_of_host(head.headers.get("host", ""))
        or (service_of_signing_name("sns") if operation in _LINKS else None)
    )
    if not operation:
        raise DoorError(Fault.UNKNOWN_OPERATION, "The request names no Action.")
    if service is None or Protocol.QUERY not in service.protocols:
        raise DoorError(Fault.UNKNOWN_OPERATION, "The request is for a service that Trailbell does not have.")
    return Call(service, operation, form)
