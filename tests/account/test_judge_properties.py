"""Whatever is taken from an account, it is judged, and nothing gets better by it."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from support.account_states import AccountState, patched
from trailbell.account import Failure, FailureKind, Profile, Snapshot, Status, judge_account
from trailbell.controls import control_of

CONTROLS = tuple(map(control_of, ("unauthorized_api_calls", "root_usage", "cmk_disable_or_delete")))
WHOLE = patched(AccountState("whole", ""))
PARTS = ("trails", "log_groups", "filters", "alarms", "topics", "subscriptions")
CALLS = {
    "log_groups": "logs:DescribeLogGroups",
    "filters": "logs:DescribeMetricFilters",
    "alarms": "cloudwatch:DescribeAlarms",
    "topics": "sns:GetTopicAttributes",
    "subscriptions": "sns:ListSubscriptionsByTopic",
}


def statuses(snapshot: Snapshot) -> dict[str, Status]:
    return {each.control: each.status for each in judge_account(snapshot, Profile("7.0.0"), CONTROLS)}


def is_of(control: Any, part: str, each: Any) -> bool:
    """Whether an element is one that the control's chain needs."""
    if part == "filters":
        return bool(each.name == control.filter_name)
    if part == "alarms":
        return bool(each.arn.endswith(f":{control.alarm_name}"))
    return True


@given(st.data())
def test_a_control_passes_exactly_while_its_chain_is_whole(data: st.DataObject) -> None:
    kept = {
        part: [each for each in getattr(WHOLE, part) if data.draw(st.integers(0, 7)) > 0] for part in PARTS
    }
    snapshot = msgspec.structs.replace(WHOLE, **{part: tuple(each) for part, each in kept.items()})
    found = statuses(snapshot)

    for control in CONTROLS:
        is_whole = all(any(is_of(control, part, each) for each in kept[part]) for part in PARTS)
        assert (Status.PASS if is_whole else Status.FAIL) is found[control.key]


@given(st.sets(st.sampled_from(sorted(CALLS)), min_size=1))
def test_what_was_refused_is_never_failed_for_and_never_passed(parts: set[str]) -> None:
    failures = tuple(Failure(CALLS[part], FailureKind.REFUSED, "AccessDenied") for part in sorted(parts))
    emptied: dict[str, tuple[object, ...]] = dict.fromkeys(parts, ())
    snapshot = msgspec.structs.replace(WHOLE, failures=failures, **emptied)

    assert {Status.UNKNOWN} == set(statuses(snapshot).values())


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    name=st.sampled_from(
        ["Threshold", "Period", "Statistic", "ComparisonOperator", "EvaluationPeriods", "Unit"]
    ),
    value=_VALUES,
)
def test_an_alarm_of_odd_values_breaks_nothing(name: str, value: Any) -> None:
    odd = tuple(
        msgspec.structs.replace(each, definition={**each.definition, name: value}) for each in WHOLE.alarms
    )

    assert len(CONTROLS) == len(statuses(msgspec.structs.replace(WHOLE, alarms=odd)))
