"""A twin is made only where it is silent, its effect is seen, and it takes nothing from another control."""

import msgspec

from support.account_states import patched, state_named
from support.plan_cases import RECIPIENT
from trailbell.account import (
    FoundComposite,
    FoundFilter,
    FoundSubscription,
    FoundTransformation,
    Profile,
    Snapshot,
)
from trailbell.controls import control_of
from trailbell.remediation import LeftKind, Plan, Recipient, Wish, after_changes, make_plan

KEY = "unauthorized_api_calls"
CONTROL = control_of(KEY)
EXACT = str(CONTROL.alarm_name)


def planned(snapshot: Snapshot, *recipients: Recipient) -> Plan:
    wish = Wish(
        profile=Profile("7.0.0"),
        controls=(CONTROL,),
        recipients=recipients,
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
    plan = planned(with_alarm_renamed(patched(state_named("whole")), EXACT, "pager-of-the-team"), RECIPIENT)
    [left] = plan.left

    assert ((), LeftKind.DECISION) == (plan.changes, left.kind)
    assert "Alarm pager-of-the-team watches the metric of the exact text too" in left.reason


def test_a_twin_does_not_take_the_alarm_of_another_control() -> None:
    without = patched(state_named("whole"))
    alarms = tuple(each for each in without.alarms if not each.arn.endswith(f":{EXACT}"))
    without = msgspec.structs.replace(without, alarms=alarms)
    plan = planned(with_alarm_renamed(without, "root-usage-alarm", EXACT), RECIPIENT)
    [left] = plan.left

    assert ((), LeftKind.DECISION) == (plan.changes, left.kind)
    assert f"alarm {EXACT}" in left.reason


def test_a_twin_is_not_made_on_a_guess() -> None:
    refused = patched(state_named("event-selectors-refused"))
    plan = planned(msgspec.structs.replace(refused, alarms=()), RECIPIENT)

    assert ((), [LeftKind.UNSEEN]) == (plan.changes, [each.kind for each in plan.left])


def test_changes_for_the_topics_of_a_twin_say_which_control_they_serve() -> None:
    plan = planned(patched(state_named("whole")), RECIPIENT)

    assert {(KEY,)} == {each.controls for each in plan.changes}


def bare() -> Snapshot:
    whole = patched(state_named("whole"))
    return Snapshot(
        account=whole.account, regions=whole.regions, trails=whole.trails, log_groups=whole.log_groups
    )


def confirmed(snapshot: Snapshot, which: str) -> Snapshot:
    """The account with only some of its subscriptions confirmed."""
    found = (
        msgspec.structs.replace(
            each, arn=f"{each.topic_arn}:1" if each.endpoint.startswith(which) else "PendingConfirmation"
        )
        for each in snapshot.subscriptions
    )
    return msgspec.structs.replace(snapshot, subscriptions=tuple(found))


def test_a_tuned_alarm_that_pages_nobody_mends_nothing() -> None:
    plan = planned(bare())
    [left] = plan.left

    assert (LeftKind.NO_RECIPIENT, ()) == (left.kind, plan.mended)
    assert "topic arn:aws:sns:us-east-1:111122223333:security-alarms" in left.reason
    assert "--notify" in left.reason
    assert 7 == len(plan.changes)


def test_an_alarm_is_not_silenced_where_nobody_is_paged_in_its_place() -> None:
    whole = patched(state_named("whole"))
    plan = planned(msgspec.structs.replace(whole, subscriptions=()))

    assert ((), [LeftKind.NO_RECIPIENT]) == (plan.changes, [each.kind for each in plan.left])


def test_a_twin_that_waits_for_a_confirmation_is_left_to_a_person() -> None:
    made = after_changes(bare(), planned(bare(), RECIPIENT).changes)
    for which in ("archive", "security-team"):
        plan = planned(confirmed(made, which), RECIPIENT)
        [left] = plan.left

        assert ((), (), LeftKind.CONFIRMATION) == (plan.changes, plan.mended, left.kind)
        assert "confirmed" in left.reason
    assert () == planned(made, RECIPIENT).left


def test_one_who_gets_only_some_messages_is_not_paged() -> None:
    topic = "arn:aws:sns:us-east-1:111122223333:security-alarms"
    picky = FoundSubscription(topic, f"{topic}:1", "email", "a@example.com", '{"a": ["b"]}')
    plan = planned(msgspec.structs.replace(bare(), subscriptions=(picky,)))

    assert [LeftKind.NO_RECIPIENT] == [each.kind for each in plan.left]


def test_a_twin_that_a_log_group_has_no_room_for_is_not_planned() -> None:
    [group] = bare().log_groups
    filters = tuple(
        FoundFilter(group.arn, f"f{number}", "x", (FoundTransformation("n", "m"),)) for number in range(99)
    )
    plan = planned(msgspec.structs.replace(bare(), filters=filters), RECIPIENT)
    fits = planned(msgspec.structs.replace(bare(), filters=filters[1:]), RECIPIENT)
    [left] = plan.left

    assert ((), LeftKind.DECISION) == (plan.changes, left.kind)
    assert "has 99 metric filters, and a twin needs 2 more" in left.reason
    assert 8 == len(fits.changes)


def test_a_composite_alarm_of_the_twins_name_is_told_of() -> None:
    arn = f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{EXACT}"
    plan = planned(msgspec.structs.replace(bare(), composites=(FoundComposite(arn, "FALSE"),)), RECIPIENT)

    assert ((), [LeftKind.DECISION]) == (plan.changes, [each.kind for each in plan.left])
    assert "is a composite alarm" in plan.left[0].reason
