"""States made in an account are planned for, mended and brought back, by real calls to a moto server.

What is there is changed in place on Trailbell's own endpoint: moto adds a second filter of the same name.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.account_states import AccountState, patched, state_named, trimmed
from support.mending import Mender, comparable
from support.moto_account import Moto, as_motos, can_be_made_on_moto, make_on_moto, moto_server
from support.plan_cases import load_plan_cases, written
from trailbell.remediation import Outcome

pytestmark = pytest.mark.client

MENDABLE = [
    state
    for case in load_plan_cases()
    if case.changes and can_be_made_on_moto(state := state_named(case.state))
]
# Each takes a second or so; the planner is asked about all of them.
STATES = MENDABLE


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    with moto_server() as running:
        yield running


def mender(moto: Moto, folder: Path, state: AccountState) -> Mender:
    snapshot, controls = trimmed(state, as_motos(patched(state)))
    make_on_moto(moto, snapshot)
    chains = [each for each in controls if each.pattern is not None]
    return Mender(moto.url, folder, chains, snapshot.regions, cis=state.cis)


def test_many_states_can_be_mended() -> None:
    assert 10 < len(STATES)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_is_mended_and_brought_back(moto: Moto, tmp_path: Path, state: AccountState) -> None:
    mending = mender(moto, tmp_path, state)
    plan, before = mending.read_and_plan()
    done = mending.apply(plan)
    verdicts = mending.verdicts()
    again = mending.plan()
    taken_back = mending.undo()
    _, after = mending.read_and_plan()

    assert {Outcome.DONE} == {each.outcome for each in done}
    assert {"PASS"} == set(verdicts.values())
    assert () == written(again.changes)
    assert {Outcome.DONE} == {each.outcome for each in taken_back}
    assert comparable(before) == comparable(after)


def test_applying_the_same_plan_again_changes_nothing(moto: Moto, tmp_path: Path) -> None:
    mending = mender(moto, tmp_path, state_named("topic-gone"))
    plan, before = mending.read_and_plan()
    mending.apply(plan)
    again = mending.apply(plan)
    mending.undo()
    _, after = mending.read_and_plan()

    assert {Outcome.ALREADY} == {each.outcome for each in again}
    assert comparable(before) == comparable(after)
