"""Callers as CloudTrail describes them, to be put into made-up records."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

__all__ = ["ADDRESSES", "Members", "callers"]

Members: TypeAlias = dict[str, Any]

ADDRESSES: Final = ("203.0.113.10", "198.51.100.7", "10.0.0.1", "192.168.0.1", "172.16.0.1")
"""Where people call from in examples."""

_ACCOUNT: Final = "111122223333"
_OTHER_ACCOUNT: Final = "444455556666"
_HOSTS: Final = ("config.amazonaws.com", "cloudtrail.amazonaws.com")


def _session(name: str) -> Members:
    return {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLEROLE",
            "arn": f"arn:aws:iam::{_ACCOUNT}:role/{name}",
            "accountId": _ACCOUNT,
            "userName": name,
        },
        "attributes": {"creationDate": "2026-01-15T09:00:00Z", "mfaAuthenticated": "false"},
    }


_USER: Final[Members] = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEUSER",
    "arn": f"arn:aws:iam::{_ACCOUNT}:user/dev",
    "accountId": _ACCOUNT,
    "userName": "dev",
}
_USER_IN_A_SESSION: Final[Members] = {
    **_USER,
    "accessKeyId": "AKIAEXAMPLEKEY",
    "sessionContext": {"attributes": _session("")["attributes"]},
}
_ROLE: Final[Members] = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLEROLE:session",
    "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/app/session",
    "accountId": _ACCOUNT,
    "accessKeyId": "ASIAEXAMPLEKEY",
    "sessionContext": _session("app"),
}
_ROOT: Final[Members] = {
    "type": "Root",
    "principalId": _ACCOUNT,
    "arn": f"arn:aws:iam::{_ACCOUNT}:root",
    "accountId": _ACCOUNT,
}
_OTHERS: Final[tuple[Members, ...]] = (
    {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"},
    {"type": "AWSAccount", "principalId": "AIDAEXAMPLEOTHER", "accountId": _OTHER_ACCOUNT},
    {
        "type": "FederatedUser",
        "principalId": f"{_ACCOUNT}:dev",
        "arn": f"arn:aws:sts::{_ACCOUNT}:federated-user/dev",
        "accountId": _ACCOUNT,
        "accessKeyId": "ASIAEXAMPLEKEY",
        "sessionContext": _session("app"),
    },
    {"type": "SAMLUser", "principalId": "SAMLEXAMPLE", "userName": "dev", "identityProvider": "SAMLEXAMPLE"},
    {
        "type": "WebIdentityUser",
        "principalId": "accounts.google.com:app:dev",
        "userName": "dev",
        "identityProvider": "accounts.google.com",
    },
    {
        "type": "IdentityCenterUser",
        "accountId": _ACCOUNT,
        "onBehalfOf": {"userId": "example", "identityStoreArn": "arn:aws:identitystore::example"},
    },
    # Of another account of the organization, whose trail has its records too.
    {
        "type": "Root",
        "principalId": _OTHER_ACCOUNT,
        "arn": f"arn:aws:iam::{_OTHER_ACCOUNT}:root",
        "accountId": _OTHER_ACCOUNT,
    },
    {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEMEMBER",
        "arn": f"arn:aws:iam::{_OTHER_ACCOUNT}:user/ops",
        "accountId": _OTHER_ACCOUNT,
        "userName": "ops",
    },
    {"type": "Unknown", "principalId": "unknown", "accountId": _ACCOUNT},
)


def callers(texts: Mapping[tuple[str, ...], Iterable[str]]) -> Iterator[Members]:
    """Goes through callers: `userIdentity` with the `sourceIPAddress` it calls from, ordinary ones first.

    ``texts`` are what patterns ask for, by the names that lead to the field; they are put where a caller
    has such a field.
    """
    asked = {path[1:]: list(values) for path, values in texts.items() if path[:1] == ("userIdentity",)}
    # Texts for the identity itself, which is never a text.
    asked.pop((), None)
    addresses = [*ADDRESSES, *texts.get(("sourceIPAddress",), ())]
    hosts = [*_HOSTS, *asked.get(("invokedBy",), ())]
    hosts += [address for address in addresses if address.endswith(".amazonaws.com")]
    people = [_USER, _ROLE, _ROOT, _USER_IN_A_SESSION, *_OTHERS]
    for identity in people:
        for changed in _variations(identity, asked):
            for address in addresses:
                if not address.endswith(".amazonaws.com"):
                    yield {"userIdentity": changed, "sourceIPAddress": address}
    for host in dict.fromkeys(hosts):
        yield {"userIdentity": {"type": "AWSService", "invokedBy": host}, "sourceIPAddress": host}
        for identity in (_ROLE, _USER_IN_A_SESSION, _ROOT):
            for changed in _variations(identity, asked):
                yield {"userIdentity": {**changed, "invokedBy": host}, "sourceIPAddress": host}


def _variations(identity: Members, asked: Mapping[tuple[str, ...], list[str]]) -> Iterator[Members]:
    """Gives an identity as it is, with one of the texts asked for, and with the first of each."""
    yield identity
    fitting: dict[tuple[str, ...], list[str]] = {}
    for path, texts in asked.items():
        values = [text for text in texts if path[-1] != "arn" or text.startswith("arn:")]
        if values and path != ("type",) and _has(identity, path):
            fitting[path] = values
    for path, values in fitting.items():
        for value in values:
            yield _changed(identity, path, value)
    if len(fitting) > 1:
        both = identity
        for path, values in fitting.items():
            both = _changed(both, path, values[0])
        yield both


def _has(members: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(members, dict) or name not in members:
            return False
        members = members[name]
    return isinstance(members, str)


def _changed(members: Members, path: tuple[str, ...], text: str) -> Members:
    name, *rest = path
    return {**members, name: _changed(members[name], tuple(rest), text) if rest else text}
