"""Nothing is planned that AWS would refuse because there is too much of it."""

import json

import msgspec

from support.account_states import patched, state_named
from support.plan_cases import RECIPIENT, written
from trailbell.account import Profile
from trailbell.controls import control_of
from trailbell.remediation import Wish, make_plan

WISH = Wish(
    profile=Profile("7.0.0"),
    controls=(control_of("root_usage"),),
    recipients=(RECIPIENT,),
    may_overwrite=True,
)
FUNCTIONS = tuple(f"arn:aws:lambda:us-east-1:111122223333:function:f{number}" for number in range(5))


def test_an_alarm_that_has_all_the_actions_it_may_have_gets_no_more() -> None:
    whole = patched(state_named("threshold-1000"))
    plans = []
    for actions in (FUNCTIONS[:4], FUNCTIONS):
        alarms = (
            msgspec.structs.replace(each, alarm_actions=actions)
            if each.arn.endswith(":root-usage-alarm")
            else each
            for each in whole.alarms
        )
        plans.append(make_plan(msgspec.structs.replace(whole, alarms=tuple(alarms)), WISH))

    assert ("~ alarm root-usage-alarm",) == written(plans[0].changes)
    assert ("+ alarm root-usage-alarm-2",) == written(plans[1].changes)


def test_a_policy_that_is_full_is_left_alone() -> None:
    whole = patched(state_named("whole"))
    [topic] = whole.topics
    theirs = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sns:Publish"}
    full = json.dumps({"Statement": [{**theirs, "Resource": topic.arn}] * 100})
    plan = make_plan(
        msgspec.structs.replace(whole, topics=(msgspec.structs.replace(topic, policy=full),)), WISH
    )

    assert "~ policy of topic security-alarms" not in written(plan.changes)
    assert ("+ topic security-alarms-2", ("root_usage",)) == (written(plan.changes)[0], plan.mended)
