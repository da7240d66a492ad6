"""Ordinary traffic: which call comes next, who makes it and how it ends."""

from __future__ import annotations

from collections.abc import Sequence

from trailbell.simulate._callers import Callers
from trailbell.simulate._calls import Call, read_calls, read_rare_calls
from trailbell.simulate._chance import Chance, Wheel
from trailbell.simulate._company import Company
from trailbell.simulate._people import Caller
from trailbell.simulate._places import Place
from trailbell.simulate._plans import PlannedCall
from trailbell.simulate._profiles import Traits
from trailbell.simulate._records import Outcome, RecordWriter

__all__ = ["Traffic"]

_RARE_WEIGHT = 14.0
# Scans and pages make runs of one call by one caller; with these runs files compress as well as real ones.
_RUN_SHARE = 0.5
_EVERYDAY_CHANGES = frozenset(
    {"console_auth_failures", "iam_policy_changes", "s3_bucket_policy_changes", "security_group_changes"}
)


class Traffic:
    """Writes one record after another.

    Args:
        company: Whose traffic it is.
        traits: How it is mixed.
        run_id: What makes this run's identifiers differ from those of another.
        chance: What all choices depend on.
    """

    def __init__(self, company: Company, traits: Traits, run_id: str, chance: Chance) -> None:
        self._chance = chance
        self._callers = Callers(company, chance)
        self._writer = RecordWriter(company.seed, run_id, chance)
        self._latest: dict[Place, tuple[Call, Caller]] = {}
        self._home_region = company.regions[0]
        self._refused_share = traits.refused_share
        self._unhappy_share = traits.refused_share + traits.failed_share
        usual = (*read_calls("common"), *read_rare_calls(_RARE_WEIGHT))
        changes = [call for call in read_calls("controls") if call.control in _EVERYDAY_CHANGES]
        special = traits.change_share + traits.delivery_share + traits.oversize_share
        shares = [
            (usual, 1 - special),
            (changes, traits.change_share),
            (read_calls("log_delivery"), traits.delivery_share),
            (read_calls("oversize"), traits.oversize_share),
        ]
        mixed = [(call, call.weight * _scale(calls, share)) for calls, share in shares for call in calls]
        # Global calls are recorded in the home region alone and make up there for the other regions.
        home_share = sum(place.share for place in company.places if place.region == self._home_region)
        self._at_home = Wheel(
            [(call, weight / home_share if call.is_global else weight) for call, weight in mixed]
        )
        self._elsewhere = Wheel([(call, weight) for call, weight in mixed if not call.is_global])

    def record(self, place: Place, at_ms: int) -> bytes:
        """Returns the record of a call that is made in this place at this moment."""
        known = self._latest.get(place)
        if known is not None and self._chance.share() < _RUN_SHARE:
            call, caller = known
        else:
            calls = self._at_home if place.region == self._home_region else self._elsewhere
            call = calls.spin(self._chance)
            caller = self._callers.choose(call, place)
            self._latest[place] = (call, caller)
        return self._writer.write(call, caller, place, at_ms, self._outcome(call))

    def planned(self, planned: PlannedCall) -> bytes:
        """Returns the record of a planned call."""
        return self._writer.write(planned.call, planned.caller, planned.place, planned.at_ms, planned.outcome)

    def _outcome(self, call: Call) -> Outcome:
        share = self._chance.share()
        if call.denied_share and share < call.denied_share:
            return Outcome.REFUSED
        # What is refused by its own share, what AWS does by itself and sign-ins have no other bad end.
        if call.denied_share or call.hosts or call.event_type != "AwsApiCall":
            return Outcome.SUCCEEDED
        if share < self._refused_share:
            return Outcome.REFUSED
        return Outcome.FAILED if share < self._unhappy_share else Outcome.SUCCEEDED


def _scale(calls: Sequence[Call], share: float) -> float:
    return share / sum(call.weight for call in calls)
