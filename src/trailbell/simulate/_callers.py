"""Who makes a call: skewed, so that a few principals make most of the traffic."""

from __future__ import annotations

from trailbell.simulate._calls import Call
from trailbell.simulate._cast import service
from trailbell.simulate._chance import Chance, Wheel
from trailbell.simulate._company import Company
from trailbell.simulate._people import Caller, Duty, Principal
from trailbell.simulate._places import Place

__all__ = ["Callers"]


class Callers:
    """Chooses callers among the principals of a company."""

    def __init__(self, company: Company, chance: Chance) -> None:
        self._company = company
        self._chance = chance
        self._duties: dict[Call, Wheel[Duty]] = {}
        self._known: dict[tuple[str, str], tuple[tuple[Caller, ...], ...]] = {}

    def choose(self, call: Call, place: Place) -> Caller:
        """Returns somebody of this place's account whose duty includes the call."""
        duties = self._duties.get(call)
        if duties is None:
            duties = self._duties[call] = Wheel(list(call.callers.items()))
        duty = duties.spin(self._chance)
        principals = (
            self._services(call) if duty is Duty.SERVICE else self._principals(place.account_id, duty)
        )
        return self._chance.favourite(self._chance.favourite(principals))

    def _principals(self, account_id: str, duty: Duty) -> tuple[tuple[Caller, ...], ...]:
        known = self._known.get((account_id, duty))
        if known is None:
            principals = self._company.principals(account_id, duty)
            known = self._known[account_id, duty] = tuple(
                _on_all_seats(principal) for principal in principals
            )
        return known

    def _services(self, call: Call) -> tuple[tuple[Caller, ...], ...]:
        return tuple(self._service(host) for host in call.hosts)

    def _service(self, host: str) -> tuple[Caller, ...]:
        known = self._known.get(("", host))
        if known is None:
            known = self._known["", host] = (_on_all_seats(service(host)),)
        return known[0]


def _on_all_seats(principal: Principal) -> tuple[Caller, ...]:
    return tuple(Caller(principal, seat) for seat in principal.seats)
