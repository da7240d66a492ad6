"""The comparison of patterns by what they mean, as the coverage of controls asks for it."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from trailbell.patterns import Relation, compare

__all__ = ["Meaning", "compare_meaning"]

_OF_THE_REFERENCE = "only_reference: "


class Meaning(msgspec.Struct, frozen=True):
    """How candidates together relate to a reference, with an event for each difference."""

    relation: str
    only_reference: Mapping[str, Any] | None
    only_candidate: Mapping[str, Any] | None
    plausible: bool | None
    reason: str


def compare_meaning(reference: str, *candidates: str) -> Meaning:
    """Compares valid patterns over all events there can be.

    ``plausible`` is about the event that only the reference matches.
    """
    found = compare(reference, *candidates)
    plausible = found.plausible
    if found.relation is Relation.INCOMPARABLE and plausible is False:
        # Then one of two events is not plausible, or both: the reason says of which.
        plausible = _OF_THE_REFERENCE not in found.reason
    return Meaning(
        relation=found.relation.value,
        only_reference=_event(found.only_reference),
        only_candidate=_event(found.only_candidate),
        plausible=plausible,
        reason=found.reason,
    )


def _event(message: str | None) -> Mapping[str, Any] | None:
    """Returns a message as an event; what is no JSON object is told as it stands."""
    if message is None:
        return None
    try:
        event = json.loads(message)
    except ValueError:
        event = None
    return event if isinstance(event, dict) else {"message": message}
