"""What people read when an alarm rings."""

import json

from support.clock import START_MS, at
from support.records import denial
from trailbell.alarms import AlarmState, ChildState, CompositeAlarm, CompositeChange, StateChange
from trailbell.cloudtrail import facts_of
from trailbell.controls import control_of, provision
from trailbell.evidence import evidence_of, to_json
from trailbell.topics import Notice, NoticeKind, alarm_text, alarm_title

ALARM = provision(control_of("unauthorized_api_calls"), "CloudTrail/logs").alarm


def change(state: AlarmState = AlarmState.ALARM) -> StateChange:
    return StateChange(
        alarm=ALARM,
        old_state=AlarmState.OK,
        new_state=state,
        reason="Threshold Crossed: 1 datapoint [2.0 (14/09/26 05:36:00)] was greater than 1.0.",
        reason_data="",
        at_ms=at("2026-09-14T05:41:05Z"),
        account_id="000000000000",
        region="us-east-1",
        configuration_updated_ms=START_MS,
    )


def evidence(*names: str) -> dict[str, object]:
    return to_json(evidence_of(facts_of(json.dumps(denial(name)).encode()) for name in names))


def test_the_message_says_what_how_many_who_which_calls_errors_and_from_where() -> None:
    text = alarm_text(
        Notice(change(), evidence("mallory", "mallory", "bob"), advice="Ask the owner.", url="u")
    )

    for part in (
        "ALARM: unauthorized_api_calls_alarm",
        "3 calls, first 2026-09-14T05:37:00Z",
        "     2  arn:aws:iam::111122223333:user/mallory (user)",
        "     1  arn:aws:iam::111122223333:user/bob (user)",
        "     3  ec2:DescribeInstances",
        "     3  AccessDenied",
        "     3  198.51.100.7",
        "account 111122223333 in eu-west-1",
        "OK -> ALARM at 2026-09-14 05:41:05 UTC",
        "what next  Ask the owner.",
        "more       u",
    ):
        assert part in text


def test_log_text_cannot_steer_the_terminal() -> None:
    hostile = evidence("a\x1b[2Jb\r\nc\u202ed")

    text = alarm_text(Notice(change(), hostile))

    assert "\x1b" not in text
    assert "\r" not in text
    assert "\u202e" not in text
    assert "a\\x1b[2Jb" in text


def test_more_than_five_principals_are_counted_not_listed() -> None:
    text = alarm_text(Notice(change(), evidence(*(f"user{number}" for number in range(8)))))

    assert "and 3 more" in text


def test_an_ok_gives_no_advice_and_an_update_says_that_it_is_one() -> None:
    ok = alarm_text(Notice(change(AlarmState.OK), {}, advice="Ask the owner."))
    update = Notice(change(), {}, kind=NoticeKind.UPDATE)

    assert "Ask the owner." not in ok
    assert alarm_title(update) == "ALARM goes on: unauthorized_api_calls_alarm"


def test_of_a_composite_alarm_who_comes_first_and_its_rule_and_children_are_shown_escaped() -> None:
    hostile = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:b\x1b[2J"
    composite = CompositeChange(
        alarm=CompositeAlarm(name="both", rule='ALARM(a)\n  AND ALARM("b\x1b[2J")', description="look here"),
        old_state=AlarmState.OK,
        new_state=AlarmState.ALARM,
        reason="a child transitioned",
        reason_data="",
        triggering=(
            ChildState(arn=hostile, state=AlarmState.ALARM, transitioned_ms=START_MS, updated_ms=START_MS),
        ),
        at_ms=at("2026-09-14T05:41:05Z"),
        account_id="000000000000",
        region="us-east-1",
    )
    text = alarm_text(Notice(composite, evidence("mallory"), advice="Ask.", url="u"))
    parts = (
        "ALARM: both",
        "look here",
        "who             1  arn:aws:iam::111122223333:user/mallory (user)",
        "reason     a child transitioned",
        'rule       ALARM(a) AND ALARM("b\\x1b[2J")',
        "children   b\\x1b[2J is ALARM since 2026-09-14 05:40:00 UTC",
        "what next  Ask.",
    )

    assert "\x1b" not in text
    assert sorted(map(text.index, parts)) == list(map(text.index, parts))
