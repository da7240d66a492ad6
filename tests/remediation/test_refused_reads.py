"""Where a call was refused, nothing is changed on a guess."""

import msgspec
import pytest

from support.account_states import patched, state_named
from support.plan_cases import RECIPIENT
from trailbell.account import Failure, FailureKind, Profile
from trailbell.controls import control_of
from trailbell.remediation import LeftKind, Wish, make_plan


@pytest.mark.parametrize(
    ("state", "call", "gone"),
    [
        ("no-filters", "cloudwatch:DescribeAlarms", "alarms"),
        ("no-filters", "sns:ListSubscriptionsByTopic", "subscriptions"),
        ("no-filters", "sns:GetTopicAttributes", "topics"),
        ("one-alarm-missing", "sns:GetTopicAttributes", "topics"),
        ("threshold-1000", "sns:GetTopicAttributes", "topics"),
    ],
)
def test_nothing_is_put_while_the_rest_of_its_chain_is_unseen(state: str, call: str, gone: str) -> None:
    """The alarm may be there under the name of a new one, and somebody may be told already."""
    snapshot = patched(state_named(state))
    failure = Failure(call=call, region="us-east-1", kind=FailureKind.REFUSED, code="AccessDenied")
    snapshot = msgspec.structs.replace(snapshot, failures=(failure,), **{gone: ()})
    wish = Wish(profile=Profile("7.0.0"), controls=(control_of("root_usage"),), recipients=(RECIPIENT,))
    plan = make_plan(snapshot, wish)

    assert ((), [LeftKind.UNSEEN]) == (plan.changes, [each.kind for each in plan.left])
