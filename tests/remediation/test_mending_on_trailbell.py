"""States made on Trailbell's own endpoint are mended in place, confirmed, and brought back."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from support.account_states import AccountState, patched, state_named, trimmed
from support.aws_server import AwsServer
from support.http_receiver import HttpReceiver
from support.mending import Mender, comparable
from support.own_account import as_own, can_be_made_here, group_of, make_here, own_account
from support.plan_cases import PlanCase, load_plan_cases, written
from support.subscribing import closing_receiver, token_of
from trailbell.remediation import ChangeKind, Outcome, Plan, Recipient

pytestmark = pytest.mark.client


def can_be_mended(case: PlanCase) -> bool:
    return bool(case.changes) and can_be_made_here(state_named(case.state))


MENDABLE = [state_named(each.state) for each in load_plan_cases() if can_be_mended(each)]
# Each takes a second or so; the planner is asked about all of them.
STATES = MENDABLE


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with own_account(tmp_path) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with closing_receiver() as running:
        yield running


def mender(server: AwsServer, receiver: HttpReceiver, folder: Path, state: AccountState) -> Mender:
    snapshot, controls = trimmed(state, as_own(patched(state), group_of(server)))
    make_here(server, snapshot)
    chains = [each for each in controls if each.pattern is not None]
    hook = Recipient("http", f"{receiver.url}/hook")
    return Mender(server.url, folder, chains, cis=state.cis, may_overwrite=True, recipients=(hook,))


def confirm(server: AwsServer, receiver: HttpReceiver, plan: Plan) -> None:
    for each in plan.changes:
        if each.kind is ChangeKind.SUBSCRIPTION:
            server.client("sns").confirm_subscription(TopicArn=each.name, Token=token_of(receiver))


def test_many_states_can_be_mended() -> None:
    assert 10 < len(STATES)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_is_mended_in_place_and_brought_back(
    server: AwsServer, receiver: HttpReceiver, tmp_path: Path, state: AccountState
) -> None:
    mending = mender(server, receiver, tmp_path, state)
    plan, before = mending.read_and_plan()
    done = mending.apply(plan)
    confirm(server, receiver, plan)
    verdicts = mending.verdicts()
    again = mending.plan()
    taken_back = mending.undo()
    _, after = mending.read_and_plan()

    assert {Outcome.DONE} == {each.outcome for each in done}
    assert {"PASS"} == set(verdicts.values())
    assert () == written(again.changes)
    assert {Outcome.DONE} == {each.outcome for each in taken_back}
    assert comparable(before) == comparable(after)


def test_until_somebody_confirms_the_controls_do_not_pass(
    server: AwsServer, receiver: HttpReceiver, tmp_path: Path
) -> None:
    mending = mender(server, receiver, tmp_path, state_named("topic-gone"))
    plan, before = mending.read_and_plan()
    mending.apply(plan)
    verdicts = mending.verdicts()
    again = mending.plan()
    taken_back = mending.undo()
    _, after = mending.read_and_plan()

    assert {Outcome.DONE} == {each.outcome for each in taken_back}
    assert {"FAIL"} == set(verdicts.values())
    assert ((), {"confirmation"}) == (again.changes, {each.kind.value for each in again.left})
    assert comparable(before) == comparable(after)


def test_a_subscriber_with_a_password_is_not_taken_for_somebody_elses(
    server: AwsServer, receiver: HttpReceiver, tmp_path: Path
) -> None:
    mending = mender(server, receiver, tmp_path, state_named("topic-gone"))
    hook = Recipient("http", f"{receiver.url}/hook".replace("://", "://user:secret@"))
    mending.wish = msgspec.structs.replace(mending.wish, recipients=(hook,))
    plan, before = mending.read_and_plan()
    mending.apply(plan)
    reports = {each.change.kind: each for each in mending.undo()}
    _, after = mending.read_and_plan()

    assert Outcome.DONE is reports[ChangeKind.TOPIC].outcome
    assert comparable(before) == comparable(after)
