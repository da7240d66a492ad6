"""Whether CloudTrail could have written a record, judged by facts about its fields.

By the record contents and userIdentity pages of the CloudTrail guide. What is not known to be wrong passes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trailbell.patterns._known_calls import WRITTEN_OTHERWISE, event_names, without_version
from trailbell.patterns._known_fields import KNOWN_FIELDS, FieldKind, is_open
from trailbell.patterns._known_sources import event_sources

__all__ = ["ELSEWHERE", "ERROR_CODES", "HOST_SUFFIX", "implausibility"]

HOST_SUFFIX: Final = ".amazonaws.com"
"""What follows a service's name in `eventSource`."""

ERROR_CODES: Final = (
    "AccessDenied",
    "Client.UnauthorizedOperation",
    "AccessDeniedException",
    "VpceAccessDenied",
    "UnauthorizedOperation",
    "Client.RequestLimitExceeded",
    "ThrottlingException",
    "NoSuchEntityException",
    "ResourceNotFoundException",
    "ValidationException",
    "InvalidClientTokenId",
)
"""Error codes that many records have."""

ELSEWHERE: Final[dict[str, tuple[str, ...]]] = {
    "AssociateVPC": ("vpc-lattice",),
    "AttachPolicy": ("iot",),
    "CreatePolicy": ("iot",),
    "CreateRoute": ("apigateway", "appmesh"),
    "CreateTrail": ("cloudtrail",),
    "DeletePolicy": ("iot",),
    "DeleteRoute": ("apigateway", "appmesh"),
    "DeleteBucketPolicy": ("s3-outposts",),
    "DetachPolicy": ("iot",),
    "PutBucketPolicy": ("s3-outposts",),
    "UpdatePolicy": ("fms",),
}
"""Calls that a service outside the tables shares with one of them."""

_REQUIRED: Final = (
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "eventType",
)
_IDENTITY: Final = "$.userIdentity"
_ERROR_CODE: Final = re.compile(r"[A-Z][A-Za-z]{3,}(?:\.[A-Z][A-Za-z]+)*|[0-9]{3}")
_CALL: Final = re.compile(r"[A-Z][A-Za-z0-9_]{2,}")
_SOURCE: Final = re.compile(r"[a-z][a-z0-9-]*\.amazonaws\.com")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_ADDRESS: Final = re.compile(
    r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-f:]*:[0-9a-f:]*|[a-z0-9.-]+\.amazonaws\.com|AWS Internal"
)
_SHAPES: Final = {
    "$.errorCode": (_ERROR_CODE, "no error code has this form"),
    "$.eventName": (_CALL, "no call has a name of this form"),
    "$.eventSource": (_SOURCE, "no service has a host of this form"),
    "$.recipientAccountId": (_ACCOUNT, "no account has such an id"),
    "$.sourceIPAddress": (_ADDRESS, "this is neither an address nor a service's host"),
    "$.awsRegion": (re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}"), "no region has a name of this form"),
    "$.eventVersion": (re.compile(r"1\.[0-9]{2}"), "records have no such version"),
    "$.eventTime": (re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:]{8}Z"), "this is no time"),
}
# Of each type: what such an identity always has, and what it never has.
_IDENTITIES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "AWSAccount": (("accountId",), ("userName", "sessionContext")),
    "AWSService": (("invokedBy",), ("userName", "arn", "accountId", "accessKeyId")),
    "AssumedRole": (("principalId", "arn", "sessionContext"), ("userName",)),
    "FederatedUser": (("principalId", "arn", "sessionContext"), ()),
    "IAMUser": (("principalId", "accountId", "userName"), ()),
    "IdentityCenterUser": (("accountId", "onBehalfOf"), ("userName",)),
    "Root": (("principalId", "arn", "accountId"), ()),
    "SAMLUser": (("principalId", "userName"), ()),
    "WebIdentityUser": (("principalId", "userName"), ()),
}


def implausibility(message: str) -> str:
    """Says why CloudTrail could hardly have written a message; empty where nothing speaks against it."""
    try:
        record = json.loads(message)
    except ValueError:
        return "CloudTrail writes JSON objects only"
    if not isinstance(record, dict):
        return "CloudTrail writes JSON objects only"
    return next(_objections(record), "")


def _objections(record: Mapping[str, Any]) -> Iterator[str]:
    for name in _REQUIRED:
        if name not in record:
            yield f"every record has $.{name}"
    yield from _odd_fields(record, "$")
    for path, (shape, objection) in _SHAPES.items():
        value = record.get(path.removeprefix("$."))
        if isinstance(value, str) and shape.fullmatch(value) is None:
            yield f"$.{path.removeprefix('$.')}: {objection}"
    yield from _odd_call(record)
    identity = record.get("userIdentity")
    if isinstance(identity, dict):
        yield from _odd_identity(identity)


def _odd_fields(members: Mapping[str, Any], above: str) -> Iterator[str]:
    for name, value in members.items():
        path = f"{above}.{name}"
        known = KNOWN_FIELDS.get(path)
        if known is None:
            if not is_open(path):
                yield f"CloudTrail writes no field {path}"
            continue
        if not _is_of_kind(value, known.kind, path):
            yield f"{path} holds {known.kind.value}"
        elif known.values and value not in known.values:
            yield f"{path} never has this value"
        if isinstance(value, dict):
            yield from _odd_fields(value, path)


def _is_of_kind(value: object, kind: FieldKind, path: str) -> bool:
    if kind is FieldKind.ANY:
        return True
    # A call without parameters or answer has null there.
    if value is None:
        return path in ("$.requestParameters", "$.responseElements", "$.additionalEventData")
    types = {FieldKind.TEXT: str, FieldKind.BOOLEAN: bool, FieldKind.OBJECT: dict, FieldKind.ARRAY: list}
    return isinstance(value, types[kind])


def _odd_call(record: Mapping[str, Any]) -> Iterator[str]:
    source, name = record.get("eventSource"), record.get("eventName")
    if not isinstance(source, str) or not isinstance(name, str):
        return
    service = source.removesuffix(HOST_SUFFIX)
    if service not in event_sources():
        yield f"{source} is no source of events that is known"
    names = event_names(service)
    written = WRITTEN_OTHERWISE.get((service, name))
    if written is not None:
        yield f"{source} writes the call {name} as {written}"
    is_known = names is None or without_version(name) in names or service in ELSEWHERE.get(name, ())
    if record.get("eventType") == "AwsApiCall" and not is_known:
        yield f"{source} has no call {name} that is known"


def _odd_identity(identity: Mapping[str, Any]) -> Iterator[str]:
    kind = identity.get("type")
    if not isinstance(kind, str):
        if "invokedBy" not in identity:
            yield f"every {_IDENTITY} says its type, or what service called"
        return
    always, never = _IDENTITIES.get(kind, ((), ()))
    for name in always:
        if name not in identity:
            yield f"{_IDENTITY} of type {kind} always has {name}"
    for name in never:
        if name in identity:
            yield f"{_IDENTITY} of type {kind} never has {name}"
    arn = identity.get("arn")
    if isinstance(arn, str) and not arn.startswith("arn:"):
        yield f"{_IDENTITY}.arn is no ARN"
    if kind == "Root" and isinstance(arn, str) and not arn.endswith(":root"):
        yield f"{_IDENTITY} of type Root has an ARN that ends in :root"
