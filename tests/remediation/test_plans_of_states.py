"""Each account state gets the fewest changes that mend it, or a reason why a person has to decide."""

import pytest

from support.account_states import AccountState, load_states, patched, state_named
from support.plan_cases import RECIPIENT, PlanCase, load_plan_cases, plan_of, written
from trailbell.account import Profile, Status, judge_account
from trailbell.controls import CATALOGUE
from trailbell.remediation import (
    LeftKind,
    Recipient,
    Wish,
    WishError,
    after_changes,
    make_plan,
    read_plan,
    recipient_of,
    write_plan,
)

CASES = load_plan_cases()
STATES = load_states()


def test_every_state_that_does_not_pass_has_a_plan_or_a_reason() -> None:
    failing = {
        each.name
        for each in STATES
        if not {status for status, _ in each.expected.values()} <= {"PASS", "PASS_NOISY"}
    }
    # Trimmed to two controls, these fail in others.
    about_the_rest = {"filter-policy-of-one-alarm", "filter-policy-of-the-description"}

    assert failing - about_the_rest == {each.state for each in CASES}
    assert 70 < sum(bool(each.changes) for each in CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_state_gets_its_plan(case: PlanCase) -> None:
    plan, _, _ = plan_of(state_named(case.state))
    kinds = [each.kind.value for each in plan.left]

    assert case.changes == written(plan.changes)
    assert case.left == {kind: kinds.count(kind) for kind in kinds}
    assert all(each.reason.endswith(".") for each in plan.left)


@pytest.mark.parametrize("case", [each for each in CASES if each.overwriting], ids=str)
def test_what_is_there_is_changed_only_where_that_is_allowed(case: PlanCase) -> None:
    plan, _, _ = plan_of(state_named(case.state), may_overwrite=True)

    assert case.overwriting == written(plan.changes)


@pytest.mark.parametrize(
    ("case", "may_overwrite"),
    [
        *(pytest.param(each, False, id=f"{each}-beside") for each in CASES if each.changes),
        *(pytest.param(each, True, id=f"{each}-in-place") for each in CASES if each.overwriting),
    ],
)
def test_after_its_plan_the_state_passes_and_nothing_is_left_to_plan(
    case: PlanCase, may_overwrite: bool
) -> None:
    state = state_named(case.state)
    plan, snapshot, controls = plan_of(state, may_overwrite=may_overwrite)
    after = after_changes(snapshot, plan.changes)
    results = judge_account(after, Profile(state.cis), controls)
    wish = Wish(
        profile=Profile(state.cis), controls=controls, recipients=(RECIPIENT,), may_overwrite=may_overwrite
    )
    again = make_plan(after, wish)

    assert {Status.PASS} == {each.status for each in results}
    assert {*plan.mended, *plan.passing} == {each.control for each in results}
    assert () == again.changes
    assert plan == read_plan(write_plan(plan))


def test_topic_policies_alone_are_changed_without_being_told() -> None:
    changed = {change for case in CASES for change in case.changes if change.startswith("~")}

    assert {"~ policy of topic security-alarms"} == changed


def test_without_anybody_to_tell_everything_but_the_subscription_is_planned() -> None:
    plan, _, _ = plan_of(state_named("topic-gone"), recipients=())
    nothing, _, _ = plan_of(state_named("no-subscription"), recipients=())
    waiting, _, _ = plan_of(state_named("pending-subscription"), recipients=())

    assert ("+ topic security-alarms",) == written(plan.changes)
    assert {LeftKind.NO_RECIPIENT} == {each.kind for each in plan.left}
    assert ((), {LeftKind.NO_RECIPIENT}) == (nothing.changes, {each.kind for each in nothing.left})
    assert ((), {LeftKind.CONFIRMATION}) == (waiting.changes, {each.kind for each in waiting.left})


def test_who_is_subscribed_already_and_has_not_confirmed_is_not_subscribed_again() -> None:
    snapshot = patched(state_named("pending-subscription"))
    [there, *_] = snapshot.subscriptions
    wish = Wish(
        profile=Profile("7.0.0"),
        controls=CATALOGUE[:2],
        recipients=(Recipient(there.protocol, there.endpoint),),
    )
    plan = make_plan(snapshot, wish)

    assert ((), {LeftKind.CONFIRMATION}) == (plan.changes, {each.kind for each in plan.left})


def test_an_alarm_of_one_control_is_not_made_to_tell_of_another() -> None:
    """A failed sign-in without MFA is an event of both controls."""
    snapshot = patched(AccountState("", "", remove=("filters/console-auth-failures",)))
    no_alarm = patched(
        AccountState("", "", remove=("filters/console-auth-failures", "alarms/console-signin-failure-alarm"))
    )
    wish = Wish(profile=Profile("7.0.0"), controls=CATALOGUE[:6], may_overwrite=True)

    assert ("+ filter console-auth-failures of CloudTrail/logs",) == written(
        make_plan(snapshot, wish).changes
    )
    assert (
        "+ filter console-auth-failures of CloudTrail/logs",
        "+ alarm console-signin-failure-alarm",
    ) == written(make_plan(no_alarm, wish).changes)


def test_a_control_that_nothing_is_planned_for_is_not_harmed_in_place() -> None:
    """One alarm watches both metrics in a sum: mended for one control alone, it would forget the other."""
    metrics = ["root-usage-metric", "iam-changes-metric"]
    stats = [
        {
            "Id": f"m{number}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "CISBenchmark", "MetricName": name},
                "Period": 300,
                "Stat": "Sum",
            },
        }
        for number, name in enumerate(metrics)
    ]
    shared = {
        "Metrics": [*stats, {"Id": "e", "Expression": "FILL(m0, 0) / 9 + FILL(m1, 0)", "ReturnData": True}],
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    state = AccountState(
        "", "", set={"alarms/root-usage-alarm/definition": shared}, remove=("alarms/iam-changes-alarm",)
    )
    snapshot = patched(state)
    before = {each.control: each.status for each in judge_account(snapshot, Profile("7.0.0"), CATALOGUE)}
    wish = Wish(
        profile=Profile("7.0.0"), controls=CATALOGUE[2:3], recipients=(RECIPIENT,), may_overwrite=True
    )
    plan = make_plan(snapshot, wish)
    after = judge_account(after_changes(snapshot, plan.changes), Profile("7.0.0"), CATALOGUE)

    assert (False, True) == (before["root_usage"].is_pass, before["iam_policy_changes"].is_pass)
    assert all(each.status.is_pass for each in after)


def test_a_full_log_group_is_left_to_a_person() -> None:
    snapshot = patched(state_named("no-filters"))
    whole = patched(state_named("whole"))
    [one, *_] = whole.filters
    many = tuple(
        type(one)(one.log_group_arn, f"other-{number}", "{ $.other = 1 }", one.transformations)
        for number in range(100)
    )
    full = type(snapshot)(
        **{name: getattr(snapshot, name) for name in snapshot.__struct_fields__} | {"filters": many}
    )
    plan = make_plan(full, Wish(profile=Profile("7.0.0"), controls=CATALOGUE[2:4]))

    assert () == plan.changes
    assert all("as many as AWS allows" in each.reason for each in plan.left)


def test_the_topic_that_is_wished_for_is_used() -> None:
    snapshot = patched(state_named("no-alarms"))
    wish = Wish(profile=Profile("7.0.0"), controls=CATALOGUE[2:3], topic="pager", recipients=(RECIPIENT,))
    plan = make_plan(snapshot, wish)
    foreign = make_plan(
        snapshot,
        Wish(
            profile=Profile("7.0.0"),
            controls=CATALOGUE[2:3],
            topic="arn:aws:sns:us-east-1:222233334444:theirs",
        ),
    )

    assert ("+ topic pager", "+ subscription of email to topic pager", "+ alarm root-usage-alarm") == written(
        plan.changes
    )
    assert () == foreign.changes
    assert [LeftKind.DECISION] == [each.kind for each in foreign.left]


def test_someone_elses_topic_is_left_to_its_owner() -> None:
    theirs = "arn:aws:sns:us-east-1:222233334444:security-alarms"
    ours = "arn:aws:sns:us-east-1:111122223333:security-alarms"
    state = AccountState(
        "",
        "",
        set={
            "alarms/root-usage-alarm/alarm_actions": [theirs],
            "topics/0/arn": theirs,
            "subscriptions": [],
        },
    )
    wish = Wish(profile=Profile("7.0.0"), controls=CATALOGUE[2:3], recipients=(RECIPIENT,))
    snapshot = patched(state)
    plan = make_plan(snapshot, wish)
    named = make_plan(snapshot, type(wish)(profile=wish.profile, controls=wish.controls, topic=ours))

    assert () == plan.changes
    assert ["another account" in each.reason for each in plan.left] == [True]
    assert "+ topic security-alarms" in written(named.changes)


def test_a_recipient_that_is_none_is_refused() -> None:

    good = ["a@example.com", "https://hooks.example.com/x", "http://h.example", "arn:aws:sqs:us-east-1:1:q"]

    assert ["email", "https", "http", "sqs"] == [recipient_of(each).protocol for each in good]
    for text in ("", "nobody", "ftp://x", "arn:aws:s3:::bucket", "+15550100", "https://"):
        with pytest.raises(WishError):
            recipient_of(text)
