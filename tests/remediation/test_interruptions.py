"""A plan that is interrupted at any call can be gone on with or taken back; so can one that is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.account_states import AccountState, patched, trimmed
from support.mending import Mender, Trouble, comparable
from support.moto_account import Moto, as_motos, make_on_moto, moto_server
from support.plan_cases import written
from trailbell.controls import control_of
from trailbell.remediation import Change, Outcome, read_undo_file

pytestmark = pytest.mark.client

# One of each kind of change: a topic's policy, a subscription, a filter and an alarm beside what is there.
BROKEN = AccountState(
    "",
    "",
    set={
        "topics/0/policy": (
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
            '{"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sns:Publish", '
            '"Resource": "arn:aws:sns:us-east-1:123456789012:security-alarms"}]}'
        ),
        "subscriptions": [],
        "filters/root-usage/transformations/0/name": "another",
        "filters/root-usage/transformations/0/value": "0",
        "alarms/root-usage-alarm/definition/Threshold": 1000.0,
    },
)
# And what is there changed in place: an alarm, and the actions of another.
SILENT = AccountState(
    "",
    "",
    set={
        "alarms/root-usage-alarm/definition/Threshold": 1000.0,
        "alarms/iam-changes-alarm/actions_enabled": False,
    },
)
# Nothing but a trail and its log group.
EMPTY = AccountState("root-usage", "", set={"filters": [], "alarms": [], "topics": [], "subscriptions": []})


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    with moto_server() as running:
        yield running


class Account:
    """One of the accounts, made anew as often as it is asked for."""

    def __init__(self, moto: Moto, folder: Path, state: AccountState) -> None:
        self.moto = moto
        self.folder = folder
        self.snapshot, _ = trimmed(state, as_motos(patched(state)))
        self.may_overwrite = state is SILENT
        self.tries = 0

    def made(self) -> Mender:
        """Makes it, with an undo file of its own."""
        make_on_moto(self.moto, self.snapshot)
        self.tries += 1
        folder = self.folder / str(self.tries)
        folder.mkdir()
        controls = (control_of("root_usage"), control_of("iam_policy_changes"))
        return Mender(
            self.moto.url,
            folder,
            controls if self.may_overwrite else controls[:1],
            self.snapshot.regions,
            may_overwrite=self.may_overwrite,
        )


@pytest.fixture(params=[BROKEN, SILENT, EMPTY], ids=["broken", "silent", "empty"])
def account(request: pytest.FixtureRequest, moto: Moto, tmp_path: Path) -> Account:
    return Account(moto, tmp_path, request.param)


def calls_of(account: Account) -> list[str]:
    """The calls that applying makes, in order."""
    mending, untroubled = account.made(), Trouble()
    mending.apply(mending.plan(), untroubled.session())
    return untroubled.seen


def is_a_change(operation: str) -> bool:
    return not operation.rpartition(".")[2].startswith(("Get", "List", "Describe"))


def test_the_accounts_need_a_change_of_every_kind(moto: Moto, tmp_path: Path) -> None:
    changes: list[Change] = []
    for number, state in enumerate((BROKEN, SILENT, EMPTY)):
        folder = tmp_path / str(number)
        folder.mkdir()
        changes.extend(Account(moto, folder, state).made().plan().changes)
    words = " ".join(written(tuple(changes)))

    assert {"topic", "topic_policy", "subscription", "metric_filter", "alarm", "alarm_actions"} == {
        each.kind.value for each in changes
    }
    assert "~ alarm" in words
    assert "+ alarm" in words


def test_what_was_interrupted_at_any_call_is_gone_on_with(account: Account) -> None:
    for number, operation in enumerate(calls_of(account)):
        mending = account.made()
        plan, before = mending.read_and_plan()
        with pytest.raises(KeyboardInterrupt):
            # Where nothing is changed it is all the same when.
            mending.apply(plan, Trouble(number, is_after=is_a_change(operation)).session())
        mending.apply(plan)
        verdicts = mending.verdicts()
        mending.undo()
        _, after = mending.read_and_plan()

        assert {"PASS"} == set(verdicts.values())
        assert comparable(before) == comparable(after)


@pytest.mark.parametrize("is_after", [False, True], ids=["before it was sent", "after its answer"])
def test_what_was_interrupted_at_any_change_is_taken_back(account: Account, *, is_after: bool) -> None:
    for number, operation in enumerate(calls_of(account)):
        if not is_a_change(operation):
            continue
        mending = account.made()
        plan, before = mending.read_and_plan()
        with pytest.raises(KeyboardInterrupt):
            mending.apply(plan, Trouble(number, is_after=is_after).session())
        mending.undo()
        _, after = mending.read_and_plan()

        assert comparable(before) == comparable(after)


def test_undoing_may_be_interrupted_too(account: Account) -> None:
    counted, untroubled = account.made(), Trouble()
    counted.apply(counted.plan())
    counted.undo(untroubled.session())
    for number in range(len(untroubled.seen)):
        mending = account.made()
        plan, before = mending.read_and_plan()
        mending.apply(plan)
        with pytest.raises(KeyboardInterrupt):
            mending.undo(Trouble(number, is_after=bool(number % 2)).session())
        mending.undo()
        _, after = mending.read_and_plan()

        assert comparable(before) == comparable(after)
        assert {"undone"} == {each.state.value for each in read_undo_file(mending.undo_file).entries}


def test_a_call_that_is_refused_or_throttled_stops_the_plan_by_name_and_loses_nothing(
    account: Account,
) -> None:
    for number, operation in enumerate(calls_of(account)):
        # The two take the same way.
        code = ("AccessDenied", "Throttling")[number % 2]
        mending = account.made()
        plan, before = mending.read_and_plan()
        stopped = mending.apply(plan, Trouble(number, code=code).session())
        went_on = mending.apply(plan)
        verdicts = mending.verdicts()
        mending.undo()
        _, after = mending.read_and_plan()

        [report] = [each for each in stopped if each.outcome is Outcome.STOPPED]
        rest = stopped[stopped.index(report) + 1 :]
        assert operation.rpartition(".")[2] in report.message
        assert code in report.message
        assert {Outcome.NOT_TRIED} >= {each.outcome for each in rest}
        assert Outcome.STOPPED not in {each.outcome for each in went_on}
        assert {"PASS"} == set(verdicts.values())
        assert comparable(before) == comparable(after)
