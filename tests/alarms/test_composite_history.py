"""The history a composite alarm leaves."""

import json

import pytest
from msgspec.structs import replace

from trailbell.alarms._alarm import INITIAL_STATE_REASON, AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_change import ChildState, CompositeConfiguration
from trailbell.alarms._composite_history import composite_configuration_history
from trailbell.alarms._composite_reason import DefinitionEvent
from trailbell.alarms._composite_transition import composite_transition
from trailbell.alarms._history import ConfigurationChange, state_update_history

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
TOPIC = "arn:aws:sns:us-east-1:123456789012:security"
CREATED_MS = 1_789_370_964_407
"""2026-09-14 07:29:24.407 UTC."""
CHILD = ChildState(
    arn=f"{ARN}D", state=AlarmState.OK, transitioned_ms=CREATED_MS, updated_ms=CREATED_MS + 1000
)
C = CompositeConfiguration(
    alarm=CompositeAlarm(name="C", rule="FALSE", actions_enabled=False),
    account_id="123456789012",
    region="us-east-1",
    configuration_updated_ms=CREATED_MS,
    state=AlarmState.INSUFFICIENT_DATA,
    state_updated_ms=CREATED_MS,
    children=(CHILD,),
)


def test_a_created_alarm_is_told_of_as_aws_tells_of_it() -> None:
    expected = (
        f'{{"version":"1.0","type":"Create","createdAlarm":{{"alarmName":"C","alarmArn":"{ARN}C",'
        '"alarmConfigurationUpdatedTimestamp":"2026-09-14T07:29:24.407+0000","alarmRule":"FALSE",'
        '"stateValue":"INSUFFICIENT_DATA","stateUpdatedTimestamp":"2026-09-14T07:29:24.407+0000",'
        '"actionsEnabled":false,"alarmActions":[],"insufficientDataActions":[],"childStates":[],"okactions":[]}}'
    )

    assert ('Alarm "C" created', expected) == composite_configuration_history(ConfigurationChange.CREATE, C)


def test_an_update_tells_the_children_and_what_changed() -> None:
    updated = replace(
        C,
        alarm=replace(C.alarm, rule='NOT ALARM("D")'),
        configuration_updated_ms=CREATED_MS + 16_344,
        state=AlarmState.OK,
    )
    before = replace(C, state=AlarmState.OK)
    summary, text = composite_configuration_history(ConfigurationChange.UPDATE, updated, before)
    data = json.loads(text)

    assert summary == 'Alarm "C" updated'
    assert list(data) == ["version", "type", "updatedAlarm", "originalUpdatedFields"]
    assert data["updatedAlarm"]["childStates"] == [
        {
            "arn": f"{ARN}D",
            "state": {
                "value": "OK",
                "transitionTimestamp": "2026-09-14T07:29:24.407+0000",
                "timestamp": "2026-09-14T07:29:25.407+0000",
            },
        }
    ]
    assert list(data["originalUpdatedFields"].items()) == [
        ("alarmConfigurationUpdatedTimestamp", "2026-09-14T07:29:24.407+0000"),
        ("alarmRule", "FALSE"),
        ("childStates", []),
    ]


def test_former_children_are_told_by_their_arns_alone() -> None:
    before = replace(C, alarm=replace(C.alarm, rule='NOT ALARM("D") OR OK(gone)'))
    _, text = composite_configuration_history(ConfigurationChange.UPDATE, C, before)

    assert json.loads(text)["originalUpdatedFields"]["childStates"] == [
        {"arn": f"{ARN}D"},
        {"arn": f"{ARN}gone"},
    ]


def test_an_update_that_changes_nothing_lists_the_former_time_only() -> None:
    standing = replace(C, alarm=replace(C.alarm, rule="OK(D)"))
    moved = replace(standing, children=(replace(CHILD, state=AlarmState.ALARM),))
    _, text = composite_configuration_history(ConfigurationChange.UPDATE, moved, standing)

    assert json.loads(text)["originalUpdatedFields"] == {
        "alarmConfigurationUpdatedTimestamp": "2026-09-14T07:29:24.407+0000"
    }


def test_a_deleted_alarm_is_described_whole_with_its_suppressor() -> None:
    described = replace(
        C,
        alarm=CompositeAlarm(
            name="C",
            rule="ALARM(gone)",
            description="All of it",
            alarm_actions=(TOPIC,),
            suppressor="maintenance",
            suppressor_wait_seconds=120,
            suppressor_extension_seconds=180,
        ),
    )
    summary, text = composite_configuration_history(ConfigurationChange.DELETE, described)

    assert summary == 'Alarm "C" deleted'
    assert list(json.loads(text)["deletedAlarm"].items()) == [
        ("alarmName", "C"),
        ("alarmDescription", "All of it"),
        ("alarmArn", f"{ARN}C"),
        ("alarmConfigurationUpdatedTimestamp", "2026-09-14T07:29:24.407+0000"),
        ("alarmRule", "ALARM(gone)"),
        ("actionsSuppressor", "maintenance"),
        ("actionsSuppressorWaitPeriod", 120),
        ("actionsSuppressorExtensionPeriod", 180),
        ("stateValue", "INSUFFICIENT_DATA"),
        ("stateUpdatedTimestamp", "2026-09-14T07:29:24.407+0000"),
        ("actionsEnabled", True),
        ("alarmActions", [TOPIC]),
        ("insufficientDataActions", []),
        ("childStates", [{"arn": f"{ARN}gone"}]),
        ("okactions", []),
    ]


@pytest.mark.parametrize("rule", ["FALSE", "TRUE"])
def test_its_first_state_update_is_told_as_that_of_any_alarm(rule: str) -> None:
    change = composite_transition(
        replace(C, alarm=replace(C.alarm, rule=rule)), DefinitionEvent.CREATED, CREATED_MS
    )
    assert change is not None
    summary, data = state_update_history(change, INITIAL_STATE_REASON, "")

    assert f"Alarm updated from INSUFFICIENT_DATA to {change.new_state}" == summary
    assert data == (
        '{"version":"1.0","oldState":{"stateValue":"INSUFFICIENT_DATA",'
        '"stateReason":"Unchecked: Initial alarm creation"},'
        f'"newState":{{"stateValue":"{change.new_state}",'
        f'"stateReason":"{ARN}C was created and its alarm rule evaluates to {change.new_state}",'
        '"stateReasonData":{"triggeringAlarms":[]}}}'
    )
