"""What the signing part of an AWS request claims: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html.

Nobody's signature is checked yet: while no key is defined, any credentials pass, and only loopback is served.
"""

import re
from collections.abc import Mapping

import msgspec

from trailbell._errors import TrailbellError

__all__ = ["Authorization", "MalformedAuthorizationError", "read_authorization"]

_ALGORITHM = "AWS4-HMAC-SHA256"
_DATE = re.compile(r"[0-9]{8}")

# A request with any of these was meant to be signed, also by the schemes before version 4.
_SIGNING_HEADERS = ("authorization", "x-amz-date", "x-amz-security-token")
_SIGNING_PARAMETERS = frozenset(
    {
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
        "awsaccesskeyid",
        "signature",
        "signaturemethod",
        "signatureversion",
    }
)


class MalformedAuthorizationError(TrailbellError):
    """A request that carries signing material, but no whole signature of version 4."""


class Authorization(msgspec.Struct, frozen=True):
    """Who a request says it is from, and the region and service it was signed for; none of it is proven."""

    access_key: str
    region: str
    service: str


def read_authorization(headers: Mapping[str, str], parameters: Mapping[str, str]) -> Authorization | None:
    """Returns what the request claims in its ``Authorization`` header.

    The secret is not known, so the signature itself is not checked; that a request has the header keeps pages
    in a browser out, which cannot send it unasked. For that reason a presigned address counts for nothing:
    a link on any page could be one. The headers must be found by names in lower case.
    None where nothing in the request speaks of a signature.

    Raises:
        MalformedAuthorizationError: There is signing material, but not a header of a signature's shape.
    """
    header = headers.get("authorization")
    if header is not None:
        return _from_header(header)
    if not _SIGNING_PARAMETERS.isdisjoint(map(str.lower, parameters)):
        raise MalformedAuthorizationError(
            "A signature in the address is not taken; sign the request in its Authorization header."
        )
    if any(name in headers for name in _SIGNING_HEADERS):
        raise MalformedAuthorizationError(
            "The request carries a part of a signature only; sign it with AWS Signature Version 4."
        )
    return None


def _from_header(header: str) -> Authorization:
    algorithm, _, rest = header.strip().partition(" ")
    if algorithm != _ALGORITHM:
        raise MalformedAuthorizationError(f"The Authorization header must begin with {_ALGORITHM}.")
    parts = dict(_name_and_value(part) for part in rest.split(","))
    missing = [name for name in ("Credential", "SignedHeaders", "Signature") if not parts.get(name)]
    if missing:
        raise MalformedAuthorizationError(f"The Authorization header requires {', '.join(missing)}.")
    return _from_credential(parts["Credential"])


def _name_and_value(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value


def _from_credential(credential: str) -> Authorization:
    # Access keys of other makers may hold slashes.
    access_key, *scope = credential.rsplit("/", 4)
    if len(scope) == 4:
        date, region, service, terminator = scope
        if access_key and region and service and _DATE.fullmatch(date) and terminator == "aws4_request":
            return Authorization(access_key, region, service)
    raise MalformedAuthorizationError(
        "The Credential must be written KEY/YYYYMMDD/REGION/SERVICE/aws4_request."
    )
