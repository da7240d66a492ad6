"""Somebody elsewhere who holds the access key of one IAM user and tries what it opens."""

from __future__ import annotations

from trailbell.simulate._agents import INTRUDER_AGENT
from trailbell.simulate._calls import read_calls
from trailbell.simulate._chance import Chance, Wheel
from trailbell.simulate._company import Company
from trailbell.simulate._people import Caller, Seat
from trailbell.simulate._plans import PlannedCall
from trailbell.simulate._records import Outcome

__all__ = ["Intruder"]

_ADDRESSES = ("203.0.113", "198.51.100")
_HOME_SHARE = 0.7


class Intruder:
    """Probes in bursts, from two foreign addresses with one user agent; nearly every call is refused.

    Args:
        company: Whose key was lost.
        chance: What the intruder's choices depend on.
    """

    def __init__(self, company: Company, chance: Chance) -> None:
        self._chance = chance
        self._places = [place for place in company.places if place.account_id == company.home.account_id]
        self._callers = [
            Caller(company.leaked_user, Seat("", f"{block}.{chance.between(1, 254)}", INTRUDER_AGENT))
            for block in _ADDRESSES
        ]
        self._opening, *others = read_calls("probes")
        self._probes = Wheel([(call, call.weight) for call in others])

    def burst(self, start_ms: int, end_ms: int, count: int) -> list[PlannedCall]:
        """Returns that many calls between two instants, in order; the first asks whose key it is."""
        times = sorted(self._chance.random.randrange(start_ms, end_ms) for _ in range(count))
        return [self._probe(at_ms, is_first=number == 0) for number, at_ms in enumerate(times)]

    def _probe(self, at_ms: int, *, is_first: bool) -> PlannedCall:
        call = self._opening if is_first else self._probes.spin(self._chance)
        at_home = is_first or call.is_global or self._chance.share() < _HOME_SHARE
        return PlannedCall(
            at_ms=at_ms,
            place=self._places[0] if at_home else self._chance.pick(self._places),
            caller=self._chance.favourite(self._callers),
            call=call,
            outcome=Outcome.REFUSED if call.denied_share else Outcome.SUCCEEDED,
        )
