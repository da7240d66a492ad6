"""The `userIdentity` of a record, already written as JSON."""

from __future__ import annotations

import msgspec

from trailbell.simulate._chance import Chance
from trailbell.simulate._people import Caller, Duty, IdentityType
from trailbell.simulate._times import iso_seconds

__all__ = ["Identities"]

_SESSION_MS = 3_600_000
_KEPT = 20_000


class Identities:
    """Writes identities; a role session keeps its temporary key and start for an hour, then a new one begins.

    Args:
        words: What the temporary keys depend on.
    """

    def __init__(self, *words: str | int) -> None:
        self._words = words
        self._written: dict[tuple[Caller, int], msgspec.Raw] = {}

    def write(self, caller: Caller, at_ms: int) -> msgspec.Raw:
        """Returns the identity of this caller at this moment."""
        session = at_ms // _SESSION_MS
        known = self._written.get((caller, session))
        if known is not None:
            return known
        if len(self._written) >= _KEPT:
            self._written.clear()
        written = msgspec.Raw(msgspec.json.encode(self._identity(caller, session)))
        self._written[caller, session] = written
        return written

    def _identity(self, caller: Caller, session: int) -> dict[str, object]:
        principal, seat = caller.principal, caller.seat
        identity: dict[str, object] = {"type": principal.identity_type.value}
        match principal.identity_type:
            case IdentityType.ASSUMED_ROLE:
                identity |= self._assumed_role(caller, session)
            case IdentityType.IAM_USER | IdentityType.ROOT:
                identity |= self._user(caller, session)
            case IdentityType.AWS_SERVICE:
                identity |= {"invokedBy": principal.name}
            case IdentityType.AWS_ACCOUNT:
                identity |= {
                    "principalId": f"{principal.principal_id}:{seat.session_name}",
                    "accountId": principal.account_id,
                }
            case IdentityType.WEB_IDENTITY_USER:
                identity |= {
                    "principalId": principal.principal_id,
                    "userName": principal.name,
                    "identityProvider": principal.arn,
                }
            case IdentityType.IDENTITY_CENTER_USER:
                store = f"arn:aws:identitystore::{principal.account_id}:identitystore/d-1234567890"
                identity |= {
                    "accountId": principal.account_id,
                    "onBehalfOf": {"userId": principal.principal_id, "identityStoreArn": store},
                    "credentialId": self._chance(caller, session).hexadecimal(64),
                }
            case IdentityType.ABSENT:
                identity = {"accountId": principal.account_id, "invokedBy": principal.name}
        return identity

    def _assumed_role(self, caller: Caller, session: int) -> dict[str, object]:
        principal, seat = caller.principal, caller.seat
        chance = self._chance(caller, session)
        role = principal.arn.rsplit("/", 1)[-1]
        identity: dict[str, object] = {
            "principalId": f"{principal.principal_id}:{seat.session_name}",
            "arn": f"arn:aws:sts::{principal.account_id}:assumed-role/{role}/{seat.session_name}",
            "accountId": principal.account_id,
            "accessKeyId": chance.access_key_id("ASIA"),
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": principal.principal_id,
                    "arn": principal.arn,
                    "accountId": principal.account_id,
                    "userName": principal.name,
                },
                "attributes": self._attributes(caller, session, chance),
            },
        }
        if principal.duty is Duty.SERVICE_ROLE:
            del identity["accessKeyId"]
            identity["invokedBy"] = seat.address
        return identity

    def _user(self, caller: Caller, session: int) -> dict[str, object]:
        principal, seat = caller.principal, caller.seat
        chance = self._chance(caller, session)
        identity: dict[str, object] = {
            "principalId": principal.principal_id,
            "arn": principal.arn,
            "accountId": principal.account_id,
            "accessKeyId": principal.access_key_id or chance.access_key_id("ASIA"),
        }
        if principal.identity_type is IdentityType.IAM_USER:
            identity["userName"] = principal.name
        if seat.is_console:
            identity["accessKeyId"] = chance.access_key_id("ASIA")
            identity["sessionContext"] = {"attributes": self._attributes(caller, session, chance)}
        return identity

    def _attributes(self, caller: Caller, session: int, chance: Chance) -> dict[str, str]:
        # A session has begun before its first call, so the start lies in the hour before.
        started_ms = (session - 1) * _SESSION_MS + chance.between(0, _SESSION_MS - 1)
        return {
            "creationDate": iso_seconds(started_ms),
            "mfaAuthenticated": "true" if caller.principal.has_mfa else "false",
        }

    def _chance(self, caller: Caller, session: int) -> Chance:
        return Chance(
            *self._words, caller.principal.name, caller.seat.session_name, caller.seat.address, session
        )
