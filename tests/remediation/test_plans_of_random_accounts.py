"""Accounts that differ in several ways at once: a plan mends what it says, and harms nothing."""

import random

import msgspec
import pytest

from support.account_states import AccountState, load_states, patched
from support.plan_cases import RECIPIENT
from trailbell.account import Profile, Snapshot, Status, judge_account, read_arn
from trailbell.controls import watched_controls
from trailbell.remediation import ChangeKind, Wish, after_changes, make_plan

SEEDS = [2, 3, 8, 13, 21, 34]


def _mixed(chance: random.Random) -> Snapshot:
    """An account with the differences of some states; some go with each other, and others do not."""
    while True:
        states = chance.sample(load_states(), chance.randint(2, 4))
        mixed = AccountState(
            "",
            "",
            clone=tuple(clone for each in states for clone in each.clone),
            set={path: value for each in states for path, value in each.set.items()},
            add={path: values for each in states for path, values in each.add.items()},
            remove=tuple(dict.fromkeys(path for each in states for path in each.remove)),
        )
        try:
            return patched(mixed)
        except (KeyError, IndexError, TypeError, msgspec.ValidationError):
            continue


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_mends_what_it_says_and_harms_nothing(seed: int) -> None:
    chance = random.Random(seed)
    snapshot = _mixed(chance)
    every = watched_controls()
    profile = Profile(chance.choice(["1.2.0", "5.0.0", "7.0.0", "security-hub"]))
    before = {each.control: each.status for each in judge_account(snapshot, profile, every)}
    wish = Wish(
        profile=profile,
        controls=tuple(chance.sample([each for each in every if each.key in before], 4)),
        recipients=chance.choice([(), (RECIPIENT,)]),
        may_overwrite=chance.choice([False, True]),
        topic=chance.choice(["", "pager"]),
    )
    plan = make_plan(snapshot, wish)
    after = after_changes(snapshot, plan.changes)
    statuses = {each.control: each.status for each in judge_account(after, profile, every)}
    failing = {each.key for each in wish.controls if not before[each.key].is_pass}
    places = [read_arn(each.name) for each in plan.changes]
    changed = {each.kind for each in plan.changes if each.before is not None}

    assert all(statuses[key].is_pass for key in plan.mended)
    assert all(statuses[key].is_pass for key, status in before.items() if status.is_pass)
    assert all(statuses[key] is Status.PASS for key, status in before.items() if status is Status.PASS)
    assert failing == {*plan.mended, *(each.control for each in plan.left)}
    assert wish.may_overwrite or changed <= {ChangeKind.TOPIC_POLICY}
    assert {snapshot.account} >= {place.account for place in places if place is not None}
    assert len(plan.changes) == len({each.identity for each in plan.changes})
    assert all(each.controls and each.why for each in plan.changes)
    assert () == make_plan(after, wish).changes
