"""What a composite alarm publishes."""

import json
from typing import Any

import msgspec
from msgspec.structs import replace

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_change import ChildState, CompositeChange
from trailbell.alarms._composite_message import composite_facts, composite_message_body
from trailbell.alarms._message import message_subject

ARN = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:"
TOPIC = "arn:aws:sns:us-east-1:111122223333:security"
PAGE = "https://trailbell.example/alarms/service"
AT_MS = 1_789_384_732_496
CHILD = ChildState(arn=f"{ARN}RootUsage", state=AlarmState.ALARM, transitioned_ms=AT_MS, updated_ms=AT_MS + 5)
CHANGE = CompositeChange(
    alarm=CompositeAlarm(
        name="service", rule='ALARM("RootUsage")', description="Someone was root", alarm_actions=(TOPIC,)
    ),
    old_state=AlarmState.OK,
    new_state=AlarmState.ALARM,
    reason=f"{ARN}RootUsage transitioned to ALARM at Monday 14 September, 2026 11:18:52 UTC",
    reason_data="{}",
    triggering=(CHILD,),
    at_ms=AT_MS,
    account_id="111122223333",
    region="us-east-1",
)


def body_of(change: CompositeChange, evidence: dict[str, Any] | None = None) -> dict[str, Any]:
    body = json.loads(composite_message_body(change, evidence, PAGE))
    assert isinstance(body, dict)
    return body


def test_the_body_is_aws_json_in_aws_order_with_one_member_more() -> None:
    expected = (
        '{"AlarmName":"service","AlarmDescription":"Someone was root","AWSAccountId":"111122223333",'
        f'"NewStateValue":"ALARM","NewStateReason":"{CHANGE.reason}",'
        '"StateChangeTime":"2026-09-14T11:18:52.496+0000","Region":"US East (N. Virginia)",'
        f'"AlarmArn":"{ARN}service","OKActions":[],"AlarmActions":["{TOPIC}"],"InsufficientDataActions":[],'
        '"ActionExecutedAfterMuteWindow":false,"OldStateValue":"OK",'
        r'"AlarmRule":"ALARM(\"RootUsage\")",'
        f'"TriggeringChildren":[{{"Arn":"{ARN}RootUsage","State":{{"Value":"ALARM",'
        '"Timestamp":"2026-09-14T11:18:52.496+0000"}}],'
        f'"Trailbell":{{"version":1,"evidence":{{"total":3}},"url":"{PAGE}"}}}}'
    )

    assert expected == composite_message_body(CHANGE, {"total": 3}, PAGE)


def test_a_state_set_by_hand_has_no_triggering_children_and_maybe_no_evidence() -> None:
    by_hand = replace(CHANGE, triggering=(), reason="drill", alarm=replace(CHANGE.alarm, description=None))
    body = body_of(by_hand)

    assert (None, []) == (body["AlarmDescription"], body["TriggeringChildren"])
    assert body["Trailbell"] == {"version": 1, "url": PAGE}


def test_the_subject_is_that_of_any_alarm() -> None:
    assert message_subject(CHANGE) == 'ALARM: "service" in US East (N. Virginia)'


def test_a_mail_tells_the_rule_and_the_children_beyond_what_it_tells_of_any_alarm() -> None:
    assert composite_facts(CHANGE) == (
        ("rule", 'ALARM("RootUsage")'),
        ("children", "RootUsage is ALARM since 2026-09-14 11:18:52 UTC"),
    )


def test_a_mail_tells_of_ten_children_at_most_and_the_body_of_all() -> None:
    twelve = replace(CHANGE, triggering=(CHILD,) * 12)
    facts = composite_facts(twelve)

    assert ["rule", "children", *[""] * 10] == [label for label, _ in facts]
    assert facts[-1] == ("", "and 2 more")
    assert len(body_of(twelve)["TriggeringChildren"]) == 12


def test_a_change_can_be_kept_as_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(CHANGE), type=CompositeChange) == CHANGE
