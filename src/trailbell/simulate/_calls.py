"""What a call is: who makes it, how often, and what its record says; the calls stand in tables/."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec

from trailbell.simulate._people import Duty

__all__ = ["Call", "read_calls", "read_rare_calls"]

_READING = ("Describe", "Get", "List", "Head", "Lookup", "Search", "Batch", "Filter", "Query", "Generate")
_GLOBAL = frozenset({"iam", "organizations", "route53", "cloudfront", "support"})
_GROUPS: Mapping[str, Mapping[Duty, float]] = {
    "readers": {Duty.MONITOR: 20, Duty.BUILD: 2, Duty.PERSON: 1.6, Duty.USER: 0.4, Duty.SERVICE_ROLE: 0.7},
    "writers": {Duty.BUILD: 7, Duty.PERSON: 3},
    "applications": {Duty.APPLICATION: 9, Duty.BUILD: 1, Duty.BACKUP: 0.3},
    "machines": {Duty.MACHINE: 1},
    "services": {Duty.SERVICE: 1},
    "service-roles": {Duty.SERVICE_ROLE: 1},
}

_Body = dict[str, Any]


class Call(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """One kind of record, a line of a table.

    Bodies are literals for `Template`; a missing one is written as null, or left out where the key is
    optional.

    Attributes:
        service: The first word of the event source, and the prefix of the action.
        name: Event name.
        weight: How often it occurs beside the others of its table.
        by: Who calls: the name of a group of duties, or duties with how often it is that one.
        request: `requestParameters`.
        response: `responseElements` of a success.
        extra: `additionalEventData`.
        resources: `resources`.
        hosts: The services that call, where the callers are services.
        denied_share: Share of these calls that is refused whatever the profile.
        error_message: `errorMessage` of a call that fails without an error code.
        is_change: Whether it changes something, where the name does not tell.
        event_type: `eventType`.
        is_data: Whether it is a data event and not a management event.
        control: The key of the CIS control that watches for it; empty where none is meant.
    """

    service: str
    name: str
    weight: float = 1.0
    by: str | dict[Duty, float] = "readers"
    request: _Body | None = None
    response: _Body | None = None
    extra: _Body | None = None
    resources: list[_Body] | None = None
    hosts: tuple[str, ...] = ()
    denied_share: float = 0.0
    error_message: str | None = None
    is_change: bool | None = None
    event_type: str = "AwsApiCall"
    is_data: bool = False
    control: str = ""

    @property
    def source(self) -> str:
        """The event source."""
        return f"{self.service}.amazonaws.com"

    @property
    def callers(self) -> Mapping[Duty, float]:
        """Duty to how often it is that one who calls."""
        return _GROUPS[self.by] if isinstance(self.by, str) else self.by

    @property
    def is_read_only(self) -> bool:
        """Whether the call changes nothing."""
        return self.name.startswith(_READING) if self.is_change is None else not self.is_change

    @property
    def is_global(self) -> bool:
        """Whether it is recorded in the home region alone."""
        return self.service in _GLOBAL


class _RareCalls(msgspec.Struct, frozen=True):
    """The seldom calls of one service, which all have the same kind of request."""

    service: str
    names: tuple[str, ...]
    request: _Body | None = None


def read_calls(table: str) -> tuple[Call, ...]:
    """Returns the calls of one table, in its order."""
    return tuple(msgspec.json.decode(line, type=Call) for line in _lines(table))


def read_rare_calls(weight: float) -> tuple[Call, ...]:
    """Returns the long tail of calls; together they weigh this much, the first ones most."""
    rows = [msgspec.json.decode(line, type=_RareCalls) for line in _lines("rare")]
    longest = max(len(row.names) for row in rows)
    # Rank by rank across the services, so that no service owns the busy end of the tail.
    ranked = [(row, row.names[rank]) for rank in range(longest) for row in rows if rank < len(row.names)]
    shares = [1 / (position + 12) for position in range(len(ranked))]
    scale = weight / sum(shares)
    return tuple(
        Call(
            service=row.service,
            name=name,
            weight=share * scale,
            by="readers" if name.startswith(_READING) else "writers",
            request=row.request,
        )
        for (row, name), share in zip(ranked, shares, strict=True)
    )


def _lines(table: str) -> list[str]:
    return (
        resources.files("trailbell.simulate")
        .joinpath("tables", f"{table}.jsonl")
        .read_text("utf-8")
        .splitlines()
    )
