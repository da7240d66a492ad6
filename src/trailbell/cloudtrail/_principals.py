"""Who made a call, named the same from call to call (User Guide, "CloudTrail userIdentity element")."""

import enum
import re
from collections.abc import Callable
from typing import Any

import msgspec

__all__ = ["MAXIMUM_TEXT_LENGTH", "Principal", "PrincipalKind", "principal_of", "text_of"]

MAXIMUM_TEXT_LENGTH = 1024
"""Longer texts out of a record are cut; AWS cuts most of them there itself."""


class PrincipalKind(enum.StrEnum):
    """What kind of caller a principal is."""

    ROLE = "role"
    USER = "user"
    ROOT = "root"
    IDENTITY_CENTER = "identity-center"
    SERVICE = "service"
    ACCOUNT = "account"
    FEDERATED = "federated"
    ANONYMOUS = "anonymous"
    UNKNOWN = "unknown"


class Principal(msgspec.Struct, frozen=True, gc=False):
    """The caller behind a call.

    Attributes:
        kind: What it is.
        key: Its stable name, never empty: the ARN of a role, user or root, the user id of IAM Identity
            Center, the host of a service, an account id, the subject of a federation, `anonymous`, `unknown`.
        session: What changes from session to session, such as the role session's name; empty if nothing does.
    """

    kind: PrincipalKind
    key: str
    session: str = ""


_UNKNOWN = Principal(PrincipalKind.UNKNOWN, "unknown")
_ANONYMOUS = Principal(PrincipalKind.ANONYMOUS, "anonymous")
_HUGE = 10**100
_SERVICE_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")
_ANONYMOUS_IDS = {"anonymous", "anonymous_principal"}

_ARN = re.compile(
    r"arn:(?P<partition>[^:]*):[^:]*:[^:]*:(?P<account>[^:]*):(?P<type>root|[a-z-]+(?=/))/?(?P<name>.*)",
    re.DOTALL,
)
_IDENTITY_CENTER_ROLE = "AWSReservedSSO_"


def text_of(value: Any) -> str:
    """Returns a JSON value as bounded text; empty for null, arrays and objects."""
    if isinstance(value, str):
        return value[:MAXIMUM_TEXT_LENGTH]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < _HUGE else ""
    return str(value) if isinstance(value, float) else ""


class _Identity(msgspec.Struct, frozen=True, gc=False):
    """The members of `userIdentity` that tell who it is, each as text and empty where missing."""

    type: str
    arn: str
    account_id: str
    principal_id: str
    user_name: str
    provider: str
    invoked_by: str
    issuer_arn: str
    issuer_account_id: str
    issuer_name: str
    behalf_user_id: str

    @property
    def session(self) -> str:
        """The session name, which follows a colon in the principal id."""
        return self.principal_id.partition(":")[2]

    @property
    def is_service_invoked(self) -> bool:
        """Whether a service made the call of its own; the console's sign-in service acts for a person."""
        return self.invoked_by.endswith(_SERVICE_SUFFIXES) and not self.invoked_by.startswith("signin.")

    @property
    def is_anonymous(self) -> bool:
        return not _ANONYMOUS_IDS.isdisjoint((self.account_id.lower(), self.principal_id.lower()))


def principal_of(identity: Any) -> Principal:
    """Returns the caller that a record's `userIdentity` names; any JSON value gives one."""
    if not isinstance(identity, dict):
        return _UNKNOWN
    who = _read(identity)
    if who.behalf_user_id and _IDENTITY_CENTER_ROLE not in who.arn:
        return Principal(PrincipalKind.IDENTITY_CENTER, who.behalf_user_id, who.session)
    return _READERS.get(who.type, _by_arn)(who)


def _read(identity: dict[str, Any]) -> _Identity:
    context = _object(identity.get("sessionContext"))
    issuer = _object(context.get("sessionIssuer"))
    arn, issuer_arn = _arn(identity.get("arn")), _arn(issuer.get("arn"))
    return _Identity(
        type=text_of(identity.get("type")),
        arn=arn,
        account_id=text_of(identity.get("accountId")).strip(),
        principal_id=text_of(identity.get("principalId")).strip(),
        user_name=text_of(identity.get("userName")),
        provider=text_of(identity.get("identityProvider")),
        invoked_by=text_of(identity.get("invokedBy")).strip(),
        issuer_arn=issuer_arn if ":role/" in issuer_arn else "",
        issuer_account_id=text_of(issuer.get("accountId")).strip(),
        issuer_name=text_of(issuer.get("userName")),
        behalf_user_id=text_of(_object(identity.get("onBehalfOf")).get("userId")),
    )


def _arn(value: Any) -> str:
    """Returns the ARN without the stray spaces that re-writers bring in; empty for a placeholder."""
    arn = "".join(text_of(value).split())
    return arn if arn.startswith("arn:") else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(*candidates: str) -> str:
    found = next((candidate for candidate in candidates if candidate), "unknown")
    return found[:MAXIMUM_TEXT_LENGTH]


def _rebuilt_arn(account_id: str, kind: str, name: str, partition: str = "aws") -> str:
    return f"arn:{partition}:iam::{account_id}:{kind}/{name}" if account_id and name else ""


def _role(who: _Identity) -> Principal:
    match = _ARN.fullmatch(who.arn)
    name = session = rebuilt = ""
    if match and match["type"] == "assumed-role":
        name, _, session = match["name"].partition("/")
        rebuilt = _rebuilt_arn(match["account"], "role", name, match["partition"])
    key = _first(
        # The issuer's ARN has the role's path, which the session's ARN lacks.
        who.issuer_arn,
        rebuilt,
        who.arn,
        _rebuilt_arn(who.issuer_account_id, "role", who.issuer_name),
        who.principal_id.partition(":")[0],
        who.user_name,
    )
    return Principal(PrincipalKind.ROLE, key, session or who.session or who.behalf_user_id)


def _user(who: _Identity) -> Principal:
    # Failed console logins name the user without an ARN.
    rebuilt = _rebuilt_arn(who.account_id, "user", who.user_name)
    return Principal(PrincipalKind.USER, _first(who.arn, rebuilt, who.user_name, who.principal_id))


def _root(who: _Identity) -> Principal:
    if who.is_service_invoked:
        return _service(who)
    return Principal(PrincipalKind.ROOT, _first(who.arn, f"{who.account_id} root".strip()))


def _service(who: _Identity) -> Principal:
    return Principal(PrincipalKind.SERVICE, _first(who.invoked_by, who.principal_id))


def _account(who: _Identity) -> Principal:
    if who.is_anonymous:
        return _ANONYMOUS
    return Principal(PrincipalKind.ACCOUNT, _first(who.account_id, who.principal_id), who.session)


def _identity_center(who: _Identity) -> Principal:
    return Principal(
        PrincipalKind.IDENTITY_CENTER, _first(who.behalf_user_id, who.principal_id, who.user_name)
    )


def _federated(who: _Identity) -> Principal:
    named = f"{who.provider}:{who.user_name}".strip(":")
    key = _first(who.arn, who.principal_id, named)
    return Principal(PrincipalKind.FEDERATED, key, "" if who.arn or who.user_name == key else who.user_name)


def _by_arn(who: _Identity) -> Principal:
    """Reads an identity of no or an unknown type by what its ARN says, else by what it has."""
    match = _ARN.fullmatch(who.arn)
    reader = _ARN_READERS.get(match["type"]) if match else None
    if reader is not None:
        return reader(who)
    if who.is_anonymous:
        return _ANONYMOUS
    if who.invoked_by:
        return _service(who)
    key = _first(who.arn, who.user_name, who.principal_id, who.account_id)
    return Principal(PrincipalKind.UNKNOWN, key)


_ARN_READERS: dict[str, Callable[[_Identity], Principal]] = {
    "root": _root,
    "user": _user,
    "role": _role,
    "assumed-role": _role,
    "federated-user": _federated,
}

_READERS: dict[str, Callable[[_Identity], Principal]] = {
    "Root": _root,
    "IAMUser": _user,
    "AssumedRole": _role,
    "Role": _role,
    "FederatedUser": _federated,
    "Directory": _federated,
    "WebIdentityUser": _federated,
    "SAMLUser": _federated,
    "AWSService": _service,
    "AWSAccount": _account,
    "IdentityCenterUser": _identity_center,
}
