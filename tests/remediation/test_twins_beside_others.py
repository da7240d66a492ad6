"""A twin is made only where it is silent, its effect is seen, and it takes nothing from another control."""

import msgspec

from support.account_states import patched, state_named
from support.plan_cases import RECIPIENT
from trailbell.account import Profile, Snapshot
from trailbell.controls import control_of
from trailbell.remediation import LeftKind, Plan, Recipient, Wish, make_plan

KEY = "unauthorized_api_calls"
CONTROL = control_of(KEY)
EXACT = str(CONTROL.alarm_name)


def planned(snapshot: Snapshot) -> Plan:
    wish = Wish(
        profile=Profile("7.0.0"),
        controls=(CONTROL,),
        recipients=(RECIPIENT,),
        tuned={KEY: ""},
        record_to=(Recipient("email", "archive@example.com"),),
        may_overwrite=True,
    )
    return make_plan(snapshot, wish)


def with_alarm_renamed(snapshot: Snapshot, old: str, new: str) -> Snapshot:
    alarms = (
        msgspec.structs.replace(each, arn=each.arn.replace(f":{old}", f":{new}")) for each in snapshot.alarms
    )
    return msgspec.structs.replace(snapshot, alarms=tuple(alarms))


def test_a_twin_is_not_silent_where_another_alarm_tells_of_its_metric() -> None:
    plan = planned(with_alarm_renamed(patched(state_named("whole")), EXACT, "pager-of-the-team"))
    [left] = plan.left

    assert ((), LeftKind.DECISION) == (plan.changes, left.kind)
    assert "Alarm pager-of-the-team watches the metric of the exact text too" in left.reason


def test_a_twin_does_not_take_the_alarm_of_another_control() -> None:
    without = patched(state_named("whole"))
    alarms = tuple(each for each in without.alarms if not each.arn.endswith(f":{EXACT}"))
    without = msgspec.structs.replace(without, alarms=alarms)
    plan = planned(with_alarm_renamed(without, "root-usage-alarm", EXACT))
    [left] = plan.left

    assert ((), LeftKind.DECISION) == (plan.changes, left.kind)
    assert f"alarm {EXACT}" in left.reason


def test_a_twin_is_not_made_on_a_guess() -> None:
    refused = patched(state_named("event-selectors-refused"))
    plan = planned(msgspec.structs.replace(refused, alarms=()))

    assert ((), [LeftKind.UNSEEN]) == (plan.changes, [each.kind for each in plan.left])


def test_changes_for_the_topics_of_a_twin_say_which_control_they_serve() -> None:
    plan = planned(patched(state_named("whole")))

    assert {(KEY,)} == {each.controls for each in plan.changes}
