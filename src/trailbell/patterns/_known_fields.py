"""What fields a CloudTrail record has, what kind of value each holds, and when it may be missing.

By the record contents and userIdentity pages of the CloudTrail guide, held against recorded events.
"""

from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

__all__ = ["KNOWN_FIELDS", "TELLING_ROOTS", "FieldKind", "KnownField", "Presence", "is_open"]


_Records: TypeAlias = tuple[str, tuple[str, ...]]


class FieldKind(StrEnum):
    """What JSON value a field holds."""

    TEXT = "text"
    BOOLEAN = "a boolean"
    OBJECT = "an object"
    ARRAY = "an array"
    ANY = "any value"


class Presence(StrEnum):
    """In which records a field stands."""

    ALWAYS = "every record"
    EXPECTED = "every record that those who ask for the field have in mind"
    OPTIONAL = "some records"


class KnownField(msgspec.Struct, frozen=True):
    """A field of CloudTrail records.

    Attributes:
        kind: What value it holds.
        presence: In which records it stands.
        present_in: The records that always have it although others lack it: a field and what that must be.
        values: The only texts it ever has; empty where there is no end of them.
    """

    kind: FieldKind
    presence: Presence = Presence.OPTIONAL
    present_in: _Records = ("", ())
    values: tuple[str, ...] = ()


_OPEN: Final = (
    "$.additionalEventData",
    "$.addendum",
    "$.annotation",
    "$.edgeDeviceDetails",
    "$.eventContext",
    "$.insightDetails",
    "$.requestParameters",
    "$.resources",
    "$.responseElements",
    "$.serviceEventDetails",
    "$.userIdentity.inScopeOf",
    "$.userIdentity.onBehalfOf",
    "$.userIdentity.sessionContext.webIdFederationData",
)

TELLING_ROOTS: Final = frozenset(
    {
        "additionalEventData",
        "awsRegion",
        "eventSource",
        "recipientAccountId",
        "requestParameters",
        "responseElements",
        "sourceIPAddress",
        "userIdentity",
    }
)
"""Fields by which a pattern is known to be one for CloudTrail records."""

_IDENTITY_TYPES = (
    "AWSAccount",
    "AWSService",
    "AssumedRole",
    "Directory",
    "FederatedUser",
    "IAMUser",
    "IdentityCenterUser",
    "Role",
    "Root",
    "SAMLUser",
    "Unknown",
    "WebIdentityUser",
)
_EVENT_TYPES = (
    "AwsApiCall",
    "AwsCloudTrailInsight",
    "AwsConsoleAction",
    "AwsConsoleSignIn",
    "AwsServiceEvent",
    "AwsVpceEvent",
    "AwsVpceEvents",
)
_CATEGORIES = ("Data", "Insight", "Management", "NetworkActivity")

_NOWHERE: Final = ("", ())
_TYPE = "$.userIdentity.type"
_BY_ROLE = (_TYPE, ("AssumedRole", "FederatedUser"))
_BY_USER = (_TYPE, ("IAMUser",))
_BY_SERVICE = (_TYPE, ("AWSService",))
_ISSUER = "$.userIdentity.sessionContext.sessionIssuer"
_ATTRIBUTES = "$.userIdentity.sessionContext.attributes"


def _text(
    presence: Presence = Presence.OPTIONAL, present_in: _Records = _NOWHERE, values: tuple[str, ...] = ()
) -> KnownField:
    return KnownField(FieldKind.TEXT, presence, present_in, values)


def _object(presence: Presence = Presence.OPTIONAL, present_in: _Records = _NOWHERE) -> KnownField:
    return KnownField(FieldKind.OBJECT, presence, present_in)


_ALWAYS = Presence.ALWAYS
_EXPECTED = Presence.EXPECTED
_OPTIONAL = Presence.OPTIONAL

KNOWN_FIELDS: Final[dict[str, KnownField]] = {
    "$.additionalEventData": _object(),
    "$.additionalEventData.MFAUsed": _text(_EXPECTED, values=("No", "Yes")),
    "$.addendum": _object(),
    "$.annotation": KnownField(FieldKind.ANY),
    "$.apiVersion": _text(),
    "$.awsRegion": _text(_ALWAYS),
    "$.edgeDeviceDetails": KnownField(FieldKind.ANY),
    "$.errorCode": _text(),
    "$.errorMessage": _text(),
    "$.eventCategory": _text(values=_CATEGORIES),
    "$.eventContext": KnownField(FieldKind.ANY),
    "$.eventID": _text(_ALWAYS),
    "$.eventName": _text(_ALWAYS),
    "$.eventSource": _text(_ALWAYS),
    "$.eventTime": _text(_ALWAYS),
    "$.eventType": _text(values=_EVENT_TYPES, presence=_ALWAYS),
    "$.eventVersion": _text(_ALWAYS),
    "$.insightDetails": _object(),
    "$.managementEvent": KnownField(FieldKind.BOOLEAN, _ALWAYS),
    "$.readOnly": KnownField(FieldKind.BOOLEAN, _ALWAYS),
    "$.recipientAccountId": _text(_ALWAYS),
    "$.requestID": _text(),
    "$.requestParameters": _object(),
    "$.resources": KnownField(FieldKind.ARRAY),
    "$.responseElements": _object(),
    "$.responseElements.ConsoleLogin": _text(_EXPECTED, values=("Failure", "Success")),
    "$.serviceEventDetails": _object(),
    "$.sessionCredentialFromConsole": _text(values=("true",)),
    "$.sharedEventID": _text(),
    "$.sourceIPAddress": _text(_ALWAYS),
    "$.tlsDetails": _object(),
    "$.tlsDetails.cipherSuite": _text(),
    "$.tlsDetails.clientProvidedHostHeader": _text(),
    "$.tlsDetails.keyExchange": _text(),
    "$.tlsDetails.tlsVersion": _text(),
    "$.userAgent": _text(_ALWAYS),
    "$.userIdentity": _object(_ALWAYS),
    "$.userIdentity.accessKeyId": _text(),
    "$.userIdentity.accountId": _text(_EXPECTED),
    "$.userIdentity.arn": _text(_EXPECTED),
    "$.userIdentity.credentialId": _text(),
    "$.userIdentity.identityProvider": _text(),
    "$.userIdentity.inScopeOf": _object(),
    "$.userIdentity.invokedBy": _text(_OPTIONAL, _BY_SERVICE),
    "$.userIdentity.onBehalfOf": _object(),
    "$.userIdentity.principalId": _text(_EXPECTED),
    "$.userIdentity.sessionContext": _object(_OPTIONAL, _BY_ROLE),
    "$.userIdentity.sessionContext.assumedRoot": KnownField(FieldKind.ANY),
    "$.userIdentity.sessionContext.attributes": _object(_OPTIONAL, _BY_ROLE),
    f"{_ATTRIBUTES}.creationDate": _text(_OPTIONAL, _BY_ROLE),
    f"{_ATTRIBUTES}.mfaAuthenticated": _text(_OPTIONAL, _BY_ROLE, ("false", "true")),
    "$.userIdentity.sessionContext.ec2RoleDelivery": _text(),
    "$.userIdentity.sessionContext.sessionIssuer": _object(_OPTIONAL, _BY_ROLE),
    f"{_ISSUER}.accountId": _text(_OPTIONAL, _BY_ROLE),
    f"{_ISSUER}.arn": _text(_OPTIONAL, _BY_ROLE),
    f"{_ISSUER}.principalId": _text(_OPTIONAL, _BY_ROLE),
    f"{_ISSUER}.type": _text(_OPTIONAL, _BY_ROLE, ("IAMUser", "Role", "Root")),
    f"{_ISSUER}.userName": _text(_OPTIONAL, _BY_ROLE),
    "$.userIdentity.sessionContext.sourceIdentity": _text(),
    "$.userIdentity.sessionContext.webIdFederationData": _object(),
    "$.userIdentity.type": _text(values=_IDENTITY_TYPES, presence=_ALWAYS),
    "$.userIdentity.userName": _text(_OPTIONAL, _BY_USER),
    "$.vpcEndpointAccountId": _text(),
    "$.vpcEndpointId": _text(),
}
"""By selector."""


def is_open(path: str) -> bool:
    """Says whether a field is one below which a record may hold anything, or lies in such a one."""
    return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in _OPEN)
