"""The kinds of traffic to choose from, and what sets each of them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from trailbell.simulate._callers import Callers
from trailbell.simulate._calls import read_calls
from trailbell.simulate._chance import Chance
from trailbell.simulate._company import Company
from trailbell.simulate._intruder import Intruder
from trailbell.simulate._plans import PlannedCall
from trailbell.simulate._records import Outcome

__all__ = ["QUIET", "Profile", "Story", "Traits", "traits_of"]

_BURST_EVERY_MS = 900_000
_BURST_MS = 90_000
_BURST_CALLS = 60


class Profile(StrEnum):
    """A kind of traffic.

    `CALM` is an office day; `INTRUDER` adds a leaked key that is tried out in bursts; `EVERY_CONTROL` is
    silent but for one call for each CIS control; `LOG_DELIVERY` consists almost wholly of log delivery,
    whose refusals CIS does not count; `OVERSIZE` has some records of 100 to 256 kB.
    """

    CALM = "calm"
    INTRUDER = "intruder"
    EVERY_CONTROL = "every-control"
    LOG_DELIVERY = "log-delivery"
    OVERSIZE = "oversize"


Story = Callable[[Company, Chance, int, int], list[PlannedCall]]


def _no_story(_company: Company, _chance: Chance, _start_ms: int, _end_ms: int) -> list[PlannedCall]:
    return []


class Traits(msgspec.Struct, frozen=True):
    """How the traffic of a profile is mixed; shares are of all records, 0 to 1.

    Attributes:
        failed_share: Calls that fail, but not for lack of permission.
        refused_share: Calls that are refused, beside those that CIS does not count.
        change_share: Calls that some CIS control watches for.
        delivery_share: Calls of log delivery.
        oversize_share: Records of 100 to 256 kB.
        story: Makes the planned calls between two instants, in order.
    """

    failed_share: float = 0.014
    refused_share: float = 0.0025
    change_share: float = 0.0005
    delivery_share: float = 0.02
    oversize_share: float = 0.0
    story: Story = _no_story


QUIET = Traits(refused_share=0.0, change_share=0.0)


def traits_of(profile: Profile) -> Traits:
    """Returns what sets a profile apart."""
    return _TRAITS[profile]


def _intrusion(company: Company, chance: Chance, start_ms: int, end_ms: int) -> list[PlannedCall]:
    # From the first to the last fifth, so that there is calm to compare with on both sides.
    fifth_ms = (end_ms - start_ms) // 5
    intruder = Intruder(company, chance)
    burst_ms = max(min(_BURST_MS, fifth_ms), 1)
    return [
        planned
        for burst_start_ms in range(start_ms + fifth_ms, end_ms - fifth_ms, _BURST_EVERY_MS)
        for planned in intruder.burst(burst_start_ms, burst_start_ms + burst_ms, _BURST_CALLS)
    ]


def _one_of_each(company: Company, chance: Chance, start_ms: int, end_ms: int) -> list[PlannedCall]:
    calls = read_calls("controls")
    callers = Callers(company, chance)
    step_ms = (end_ms - start_ms) / len(calls)
    return [
        PlannedCall(
            at_ms=start_ms + int(step_ms * (number + 0.5)),
            place=company.home,
            caller=callers.choose(call, company.home),
            call=call,
            outcome=Outcome.REFUSED if call.denied_share else Outcome.SUCCEEDED,
        )
        for number, call in enumerate(calls)
    ]


_TRAITS: Mapping[Profile, Traits] = {
    Profile.CALM: Traits(),
    Profile.INTRUDER: Traits(story=_intrusion),
    Profile.EVERY_CONTROL: Traits(refused_share=0.0, change_share=0.0, story=_one_of_each),
    Profile.LOG_DELIVERY: Traits(delivery_share=0.95),
    Profile.OVERSIZE: Traits(oversize_share=0.002),
}
