"""A call that is planned in advance, beside the traffic that is left to chance."""

from __future__ import annotations

import msgspec

from trailbell.simulate._calls import Call
from trailbell.simulate._people import Caller
from trailbell.simulate._places import Place
from trailbell.simulate._records import Outcome

__all__ = ["PlannedCall"]


class PlannedCall(msgspec.Struct, frozen=True, eq=False):
    """Who calls what, where, when, and how it ends."""

    at_ms: int
    place: Place
    caller: Caller
    call: Call
    outcome: Outcome
