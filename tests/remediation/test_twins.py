"""A twin keeps the text that scanners compare, silent, beside a tuned filter that pages people."""

import pytest

from support.account_states import patched, state_named
from support.plan_cases import RECIPIENT, written
from trailbell.account import Profile, Snapshot, judge_account
from trailbell.controls import accepted_texts, control_of
from trailbell.patterns import FilterPattern
from trailbell.remediation import (
    LeftKind,
    Recipient,
    Wish,
    WishError,
    after_changes,
    make_plan,
    tuned_pattern,
)

KEY = "unauthorized_api_calls"
CONTROL = control_of(KEY)
ARCHIVE = Recipient("email", "archive@example.com")
TUNED = '{ ($.errorCode = "AccessDenied*") && ($.eventName != "HeadBucket") }'


def wish(pattern: str = TUNED, cis: str = "7.0.0", *, may_overwrite: bool = False) -> Wish:
    return Wish(
        profile=Profile(cis),
        controls=(CONTROL,),
        recipients=(RECIPIENT,),
        tuned={KEY: pattern},
        record_to=(ARCHIVE,),
        may_overwrite=may_overwrite,
    )


def empty() -> Snapshot:
    state = state_named("no-filters")
    whole = patched(state)
    return type(whole)(
        account=whole.account, regions=whole.regions, trails=whole.trails, log_groups=whole.log_groups
    )


@pytest.mark.parametrize("cis", ["1.2.0", "7.0.0", "security-hub"])
def test_the_exact_text_is_silent_and_the_tuned_one_pages(cis: str) -> None:
    plan = make_plan(empty(), wish(cis=cis))
    after = after_changes(empty(), plan.changes)
    patterns = {each.name: each.pattern for each in after.filters}
    told = {each.arn.rpartition(":")[2]: each.alarm_actions[0].rpartition(":")[2] for each in after.alarms}
    subscribed = {each.topic_arn.rpartition(":")[2]: each.endpoint for each in after.subscriptions}

    assert {
        "unauthorized-api-calls": accepted_texts(CONTROL, cis)[0],
        "unauthorized-api-calls-tuned": TUNED,
    } == patterns
    assert {
        "unauthorized_api_calls_alarm": "security-alarms-silent-record",
        "unauthorized_api_calls_alarm-tuned": "security-alarms",
    } == told
    assert {
        "security-alarms-silent-record": ARCHIVE.endpoint,
        "security-alarms": RECIPIENT.endpoint,
    } == subscribed
    assert (KEY,) == plan.mended
    assert () == make_plan(after, wish(cis=cis)).changes


def test_an_alarm_that_pages_for_the_exact_text_is_silenced_only_where_that_is_allowed() -> None:
    whole = patched(state_named("whole"))
    refused = make_plan(whole, wish())
    plan = make_plan(whole, wish(may_overwrite=True))
    after = after_changes(whole, plan.changes)
    [result] = judge_account(after, Profile("7.0.0"), [CONTROL])

    assert ((), [LeftKind.DECISION]) == (refused.changes, [each.kind for each in refused.left])
    assert "--overwrite" in refused.left[0].reason
    assert "~ alarm unauthorized_api_calls_alarm" in written(plan.changes)
    assert result.status.is_pass
    assert () == make_plan(after, wish(may_overwrite=True)).changes


def test_other_controls_do_not_use_the_topic_of_the_record() -> None:
    after = after_changes(empty(), make_plan(empty(), wish()).changes)
    silent = tuple(each for each in after.alarms if each.arn.endswith("calls_alarm"))
    only_silent = type(after)(
        **{name: getattr(after, name) for name in after.__struct_fields__} | {"alarms": silent * 3}
    )
    other = Wish(profile=Profile("7.0.0"), controls=(control_of("root_usage"),), recipients=(RECIPIENT,))
    plan = make_plan(only_silent, other)

    assert {"arn:aws:sns:us-east-1:111122223333:security-alarms"} == {
        action for each in plan.changes for action in each.after.get("AlarmActions", ())
    }


def test_the_known_tuned_pattern_leaves_out_what_services_are_refused() -> None:
    pattern = FilterPattern(tuned_pattern(CONTROL, ""))
    denied = {
        "errorCode": "AccessDenied",
        "eventName": "GetObject",
        "sourceIPAddress": "203.0.113.9",
        "userIdentity": {"type": "IAMUser"},
    }
    by_a_service = denied | {"userIdentity": {"type": "AssumedRole", "invokedBy": "config.amazonaws.com"}}
    through_another = denied | {"userIdentity": {"type": "AssumedRole", "invokedBy": "some-proxy"}}

    assert [True, False, True] == [pattern.matches(each) for each in (denied, by_a_service, through_another)]


@pytest.mark.parametrize(
    ("key", "pattern", "words"),
    [(KEY, "{ nonsense", "not valid"), ("root_usage", "", "give one as root_usage=PATTERN")],
)
def test_a_tuned_pattern_that_is_none_is_refused(key: str, pattern: str, words: str) -> None:
    with pytest.raises(WishError, match=words):
        tuned_pattern(control_of(key), pattern)


def test_a_twin_without_anybody_for_the_record_is_refused() -> None:
    lonely = Wish(profile=Profile("7.0.0"), controls=(CONTROL,), tuned={KEY: TUNED})

    with pytest.raises(WishError, match="--record-to"):
        make_plan(empty(), lonely)
