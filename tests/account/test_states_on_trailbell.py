"""Account states made on Trailbell's own endpoint by real calls get the verdicts they deserve."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.account_maker import read_from
from support.account_states import AccountState, load_states, patched, trimmed, wanted
from support.aws_server import AwsServer
from support.own_account import TRAIL, as_own, can_be_made_here, group_of, make_here, own_account
from trailbell.account import Profile, judge_account

pytestmark = pytest.mark.client

STATES = [each for each in load_states() if can_be_made_here(each)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with own_account(tmp_path) as running:
        yield running


def test_many_states_can_be_made() -> None:
    assert 25 < len(STATES)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_made_by_calls_gets_the_verdict_it_deserves(server: AwsServer, state: AccountState) -> None:
    snapshot, controls = trimmed(state, as_own(patched(state), group_of(server)))
    make_here(server, snapshot)

    read = read_from(server.url, with_hub=False)
    results = judge_account(read, Profile(state.cis), [each for each in controls if each.pattern is not None])

    assert [TRAIL] == [each.arn for each in read.trails]
    assert {each.control: wanted(state, each.control) for each in results} == {
        each.control: (each.status.value, each.broken_link and each.broken_link.value) for each in results
    }
