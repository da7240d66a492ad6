"""One record as JSON, its keys in the order in which AWS writes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from trailbell.simulate._calls import Call
from trailbell.simulate._chance import Chance
from trailbell.simulate._identities import Identities
from trailbell.simulate._people import Caller, Duty, IdentityType
from trailbell.simulate._places import Place
from trailbell.simulate._refusals import failure_of, refusal_of
from trailbell.simulate._templates import Scene, Template
from trailbell.simulate._times import iso_seconds

__all__ = ["Outcome", "RecordWriter"]

_VERSION = "1.11"
_ENDPOINT_SERVICES = frozenset({"s3", "kms", "secretsmanager", "ssm", "sts", "ecr", "logs"})
_ENDPOINT_SHARE = 0.25
_SHARED_TYPES = frozenset({IdentityType.AWS_SERVICE, IdentityType.AWS_ACCOUNT})
_WITHOUT_TLS = frozenset({Duty.SERVICE, Duty.SERVICE_ROLE, Duty.INTERNAL})


class Outcome(StrEnum):
    """How a call ends."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"


class _Bodies(msgspec.Struct, frozen=True):
    """The bodies of a call, made ready for filling in."""

    request: Template | None
    response: Template | None
    extra: Template | None
    resources: Template | None


class RecordWriter:
    """Writes records.

    Args:
        company_seed: The company's seed.
        run_id: What makes the identifiers of this run differ from those of another.
        chance: Where identifiers come from.
    """

    def __init__(self, company_seed: int, run_id: str, chance: Chance) -> None:
        self._chance = chance
        self._identities = Identities("identity", company_seed, run_id)
        self._bodies: dict[Call, _Bodies] = {}
        self._tls: dict[tuple[str, str], Mapping[str, str]] = {}

    def write(self, call: Call, caller: Caller, place: Place, at_ms: int, outcome: Outcome) -> bytes:
        """Returns the record of one call as compact JSON.

        Args:
            call: What is called.
            caller: Who calls.
            place: Where.
            at_ms: When; records show the second.
            outcome: How the call ends.
        """
        seat = caller.seat
        scene = Scene(place, caller, at_ms, self._chance)
        record: dict[str, object] = {
            "eventVersion": _VERSION,
            "userIdentity": self._identities.write(caller, at_ms),
            "eventTime": iso_seconds(at_ms),
            "eventSource": call.source,
            "eventName": call.name,
            "awsRegion": place.region,
            "sourceIPAddress": seat.address,
            "userAgent": seat.user_agent,
        }
        self._add_what(record, call, scene, outcome)
        self._add_where_from(record, call, scene)
        return msgspec.json.encode(record)

    def _add_what(self, record: dict[str, object], call: Call, scene: Scene, outcome: Outcome) -> None:
        bodies = self._bodies.get(call) or self._prepare(call)
        if outcome is not Outcome.SUCCEEDED:
            explain = refusal_of if outcome is Outcome.REFUSED else failure_of
            record["errorCode"], record["errorMessage"] = explain(call, scene)
        elif call.error_message is not None:
            record["errorMessage"] = call.error_message
        response = bodies.response if outcome is Outcome.SUCCEEDED else None
        record["requestParameters"] = bodies.request and bodies.request.write(scene)
        record["responseElements"] = response and response.write(scene)
        if bodies.extra:
            record["additionalEventData"] = bodies.extra.write(scene)
        record["requestID"] = self._chance.uuid()
        record["eventID"] = self._chance.uuid()
        record["readOnly"] = call.is_read_only
        if bodies.resources:
            record["resources"] = bodies.resources.write(scene)
        record["eventType"] = call.event_type
        record["managementEvent"] = not call.is_data

    def _add_where_from(self, record: dict[str, object], call: Call, scene: Scene) -> None:
        principal = scene.caller.principal
        record["recipientAccountId"] = scene.place.account_id
        if principal.identity_type in _SHARED_TYPES:
            record["sharedEventID"] = self._chance.uuid()
        may_use_endpoint = principal.duty is Duty.APPLICATION and call.service in _ENDPOINT_SERVICES
        if may_use_endpoint and self._chance.share() < _ENDPOINT_SHARE:
            record["vpcEndpointId"] = scene.value("endpoint")
        record["eventCategory"] = "Data" if call.is_data else "Management"
        if principal.duty not in _WITHOUT_TLS:
            record["tlsDetails"] = self._tls_details(call, scene.place)
            if scene.caller.seat.is_console:
                record["sessionCredentialFromConsole"] = "true"

    def _prepare(self, call: Call) -> _Bodies:
        literals = (call.request, call.response, call.extra, call.resources)
        bodies = _Bodies(*(None if literal is None else Template(literal) for literal in literals))
        self._bodies[call] = bodies
        return bodies

    def _tls_details(self, call: Call, place: Place) -> Mapping[str, str]:
        host = (call.service, place.region)
        details = self._tls.get(host)
        if details is None:
            details = self._tls[host] = {
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": call.source
                if call.is_global
                else f"{call.service}.{place.region}.amazonaws.com",
            }
        return details
