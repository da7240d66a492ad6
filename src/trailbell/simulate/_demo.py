"""The feed of the demo: a calm office, then somebody tries out a leaked key, then calm for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from trailbell.simulate._callers import Callers
from trailbell.simulate._calls import Call, read_calls
from trailbell.simulate._chance import Chance, Wheel
from trailbell.simulate._company import Company
from trailbell.simulate._files import Delivery, pack
from trailbell.simulate._intruder import Intruder
from trailbell.simulate._ordering import order_like_aws
from trailbell.simulate._places import Place
from trailbell.simulate._plans import PlannedCall
from trailbell.simulate._profiles import QUIET
from trailbell.simulate._records import Outcome
from trailbell.simulate._traffic import Traffic

__all__ = ["demo_traffic"]

_STEP_MS = 2_000
_FEWEST, _MOST = 3, 9
# Step to calls of the intruder: five bursts in the 40 seconds after the calm.
_BURSTS = {6: 4, 7: 9, 10: 8, 11: 10, 15: 7, 16: 9, 20: 8, 21: 6, 25: 10}
_EXCLUDED = {1: "GetBucketAcl", 3: "HeadBucket"}
_CHANGE_STEP = 90


def demo_traffic(company: Company, start_ms: int, run_id: str) -> Iterator[Delivery]:
    """Yields one small file every 2 seconds, without end.

    For 12 seconds nothing is refused but what CIS does not count (log delivery and HeadBucket), one of each;
    then an intruder probes in bursts for 40 seconds; from then on it is calm again, but for one change
    of a security group by the build role after 3 minutes. Calls are stamped within the 2 seconds before
    their file arrives.

    Args:
        company: Whose traffic it is.
        start_ms: When the first file arrives.
        run_id: What makes the identifiers of this demo fresh.
    """
    demo = _Demo(company, start_ms, run_id)
    for step in count():
        yield from demo.deliveries(step)


class _Demo:
    """Makes the files of one step after another."""

    def __init__(self, company: Company, start_ms: int, run_id: str) -> None:
        words = (company.seed, run_id, start_ms)
        self._start_ms = start_ms
        self._home = company.home
        self._chance = Chance("demo", *words)
        self._traffic = Traffic(company, QUIET, run_id, self._chance)
        self._callers = Callers(company, self._chance)
        self._intruder = Intruder(company, Chance("intruder", *words))
        self._places = Wheel([(place, place.share) for place in company.places])
        self._refusable = {call.name: call for call in read_calls("common") if call.denied_share}
        (self._change,) = (
            call for call in read_calls("controls") if call.control == "security_group_changes"
        )

    def deliveries(self, step: int) -> Iterator[Delivery]:
        """Yields the files of one step: one of ordinary calls, and others where planned calls need them."""
        delivered_ms = self._start_ms + step * _STEP_MS
        opens_ms = delivered_ms - _STEP_MS
        planned = self._planned(step, opens_ms, delivered_ms)
        moments: dict[Place, list[tuple[int, PlannedCall | None]]] = defaultdict(list)
        for call in planned:
            moments[call.place].append((call.at_ms, call))
        ordinary = self._home if planned else self._places.spin(self._chance)
        moments[ordinary].extend(
            (self._chance.random.randrange(opens_ms, delivered_ms), None)
            for _ in range(self._chance.between(_FEWEST, _MOST))
        )
        for place, here in moments.items():
            records = [
                self._traffic.record(place, at_ms) if call is None else self._traffic.planned(call)
                for at_ms, call in order_like_aws(here, self._chance)
            ]
            yield pack(records, place, delivered_ms, delivered_ms, self._chance)

    def _planned(self, step: int, opens_ms: int, closes_ms: int) -> list[PlannedCall]:
        if step in _BURSTS:
            return self._intruder.burst(opens_ms, closes_ms, _BURSTS[step])
        middle_ms = (opens_ms + closes_ms) // 2
        if step in _EXCLUDED:
            return [self._plan(self._refusable[_EXCLUDED[step]], middle_ms, Outcome.REFUSED)]
        if step == _CHANGE_STEP:
            return [self._plan(self._change, middle_ms, Outcome.SUCCEEDED)]
        return []

    def _plan(self, call: Call, at_ms: int, outcome: Outcome) -> PlannedCall:
        return PlannedCall(at_ms, self._home, self._callers.choose(call, self._home), call, outcome)
