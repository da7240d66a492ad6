"""What mending an account takes, and how much of it needs no person.

Data: an account with nothing but a trail and its log group, for which the chains of all 15 controls are made;
and the account states of the tests, of which each differs from a whole account in one way.
Method: the account is made in a moto server and on Trailbell's own endpoint; reading it, planning and
applying are timed in one process, with AWS's models read before the clock starts; the median of five rounds,
each on an account made anew. Every call that is sent counts. The states are planned for with one mail address
to notify.
Reference line: the calls that change something alone, by the same client, without reading anything.
"""

import contextlib
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import spread
from support.account_maker import connected
from support.account_states import AccountState, load_states, patched
from support.mending import Mender, Trouble
from support.moto_account import as_motos, make_on_moto, moto_server
from support.own_account import own_account
from support.plan_cases import RECIPIENT
from support.subscribing import closing_receiver
from trailbell.account import Profile, judge_account
from trailbell.controls import CATALOGUE, watched_controls
from trailbell.remediation import Objects, Plan, Recipient, Wish, make_plan

__all__ = ["run"]

_ROUNDS = 5
_EMPTY = AccountState("", "", set={"filters": [], "alarms": [], "topics": [], "subscriptions": []})


def run() -> None:
    """Prints the figures."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    print(__doc__)
    for name, endpoint in (("moto server", _moto), ("Trailbell", _own)):
        _print_mending(name, endpoint)
    _print_states()


@contextlib.contextmanager
def _moto() -> Iterator[tuple[str, Recipient]]:
    with moto_server() as moto:
        make_on_moto(moto, as_motos(patched(_EMPTY)))
        yield moto.url, RECIPIENT


@contextlib.contextmanager
def _own() -> Iterator[tuple[str, Recipient]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing_receiver() as receiver,
        own_account(Path(folder)) as server,
    ):
        yield server.url, Recipient("http", f"{receiver.url}/hook")


def _print_mending(name: str, endpoint: Any) -> None:
    planning, applying, undoing, alone = [], [], [], []
    calls: Counter[str] = Counter()
    changes = 0
    for _ in range(_ROUNDS):
        with endpoint() as (url, recipient), tempfile.TemporaryDirectory() as folder:
            mending = Mender(url, Path(folder), watched_controls(), recipients=(recipient,))
            counted = Trouble()
            mending.plan()
            started = time.perf_counter()
            plan = mending.plan(counted.session())
            planned = time.perf_counter()
            mending.apply(plan, counted.session())
            applied = time.perf_counter()
            mending.undo()
            undone = time.perf_counter()
            planning.append(planned - started)
            applying.append(applied - planned)
            undoing.append(undone - applied)
            alone.append(_changed_alone(url, plan))
            calls, changes = Counter(counted.seen), len(plan.changes)
    reading = sum(
        n for call, n in calls.items() if call.rpartition(".")[2].startswith(("Get", "List", "Describe"))
    )
    total = sum(calls.values())
    print(f"\n{name}: {total} calls, {total - reading} of them change something ({changes} changes)")
    print(f"  reading and planning        {spread(planning)}")
    print(f"  applying                    {spread(applying)}")
    print(f"  undoing                     {spread(undoing)}")
    print(f"  the changing calls alone    {spread(alone)}")


def _changed_alone(url: str, plan: Plan) -> float:
    with connected(url) as connection:
        objects = Objects(connection)
        started = time.perf_counter()
        for each in plan.changes:
            objects.put(each, each.after)
        return time.perf_counter() - started


def _print_states() -> None:
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for state in load_states():
        snapshot, profile = patched(state), Profile(state.cis)
        failing = [each for each in judge_account(snapshot, profile, CATALOGUE) if not each.status.is_pass]
        if not failing:
            continue
        plan = make_plan(snapshot, Wish(profile=profile, controls=CATALOGUE, recipients=(RECIPIENT,)))
        if len(plan.mended) == len(failing):
            outcomes["mended without a person"] += 1
            continue
        outcomes["left to a person"] += 1
        [left, *_] = plan.left
        [found, *_] = failing
        link = f" at the {found.broken_link.value}" if found.broken_link else ""
        reasons[f"{left.kind.value}: {found.status.value}{link}"] += 1
    total = outcomes.total()
    print(f"\n{total} account states in which a control does not pass:")
    for what, count in outcomes.most_common():
        print(f"  {what:<44} {count:>3}  {count / total:.0%}")
    for why, count in reasons.most_common():
        print(f"    {why:<42} {count:>3}")
