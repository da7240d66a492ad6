"""Account states made on a moto server by real calls and read back get the verdicts they deserve."""

from collections.abc import Iterator

import pytest

from support.account_maker import read_from
from support.account_states import AccountState, load_states, patched, trimmed, wanted
from support.moto_account import Moto, as_motos, can_be_made_on_moto, make_on_moto, moto_server, reset
from trailbell._errors import TrailbellError
from trailbell.account import ConnectionSettings, FailureKind, Profile, judge_account, list_accounts

pytestmark = pytest.mark.client

STATES = [each for each in load_states() if can_be_made_on_moto(each)]


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    with moto_server() as running:
        yield running


def test_many_states_can_be_made() -> None:
    assert 25 < len(STATES)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_made_by_calls_gets_the_verdict_it_deserves(moto: Moto, state: AccountState) -> None:
    snapshot, controls = trimmed(state, as_motos(patched(state)))
    make_on_moto(moto, snapshot)

    read = read_from(moto.url, *snapshot.regions)
    results = judge_account(read, Profile(state.cis), controls)

    assert {FailureKind.MISSING} >= {each.kind for each in read.failures}
    assert {each.control: wanted(state, each.control) for each in results} == {
        each.control: (each.status.value, each.broken_link and each.broken_link.value) for each in results
    }


def test_an_organization_without_accounts_is_no_reason_to_audit_the_callers_own(
    moto: Moto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    reset(moto)

    with pytest.raises(TrailbellError, match="no active accounts"):
        list_accounts(ConnectionSettings(endpoint_url=moto.url, region="us-east-1"))
