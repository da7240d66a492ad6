import json

import msgspec
import pytest

from support.alarm_samples import CHANGE, TOPIC, UNAUTHORIZED_CALLS
from trailbell.alarms import (
    INITIAL_STATE_REASON,
    AlarmConfiguration,
    AlarmState,
    ConfigurationChange,
    configuration_history,
    state_update_history,
)

CONFIGURATION = AlarmConfiguration(
    alarm=UNAUTHORIZED_CALLS,
    account_id="111122223333",
    region="us-east-1",
    configuration_updated_ms=1_789_280_000_000,
    state=AlarmState.INSUFFICIENT_DATA,
    state_updated_ms=1_789_280_000_000,
)


def test_a_state_update_tells_both_states_and_embeds_the_reason_data_as_given() -> None:
    change = msgspec.structs.replace(CHANGE, reason="drill", reason_data='{"by" : 1.0E7}')
    summary, data = state_update_history(change, INITIAL_STATE_REASON, "")
    expected = (
        '{"version":"1.0","oldState":{"stateValue":"OK","stateReason":"Unchecked: Initial alarm creation"},'
        '"newState":{"stateValue":"ALARM","stateReason":"drill","stateReasonData":{"by" : 1.0E7}}}'
    )

    assert (summary, data) == ("Alarm updated from OK to ALARM", expected)


def test_what_aws_has_no_place_for_is_told_in_a_last_member_of_our_own() -> None:
    _, data = state_update_history(CHANGE, INITIAL_STATE_REASON, "", {"version": 1, "note": "Late."})

    assert list(json.loads(data)) == ["version", "oldState", "newState", "Trailbell"]
    assert json.loads(data)["Trailbell"] == {"version": 1, "note": "Late."}


@pytest.mark.parametrize(
    ("change", "summary", "member"),
    [
        (ConfigurationChange.CREATE, 'Alarm "UnauthorizedApiCalls" created', "createdAlarm"),
        (ConfigurationChange.DELETE, 'Alarm "UnauthorizedApiCalls" deleted', "deletedAlarm"),
    ],
)
def test_a_created_or_deleted_alarm_is_described_whole(
    change: ConfigurationChange, summary: str, member: str
) -> None:
    actual_summary, text = configuration_history(change, CONFIGURATION)
    data = json.loads(text)

    assert summary == actual_summary
    assert list(data) == ["version", "type", member]
    assert list(data[member].items()) == [
        ("alarmName", "UnauthorizedApiCalls"),
        ("alarmDescription", "Someone was refused"),
        ("alarmArn", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:UnauthorizedApiCalls"),
        ("alarmConfigurationUpdatedTimestamp", "2026-09-13T06:13:20.000+0000"),
        ("namespace", "CISBenchmark"),
        ("metricName", "UnauthorizedApiCalls"),
        ("extendedStatistic", "SUM"),
        ("period", 300),
        ("dimensions", [{"value": "main", "name": "Trail"}]),
        ("threshold", 1.0),
        ("comparisonOperator", "GreaterThanOrEqualToThreshold"),
        ("evaluationPeriods", 1),
        ("treatMissingData", "notBreaching"),
        ("stateValue", "INSUFFICIENT_DATA"),
        ("stateUpdatedTimestamp", "2026-09-13T06:13:20.000+0000"),
        ("actionsEnabled", True),
        ("alarmActions", [TOPIC]),
        ("insufficientDataActions", []),
        ("okactions", []),
    ]


def test_an_update_lists_the_old_values_of_what_changed() -> None:
    updated = msgspec.structs.replace(
        CONFIGURATION,
        alarm=msgspec.structs.replace(
            UNAUTHORIZED_CALLS, threshold=5.0, description=None, datapoints_to_alarm=1
        ),
        configuration_updated_ms=1_789_281_000_000,
    )
    summary, text = configuration_history(ConfigurationChange.UPDATE, updated, CONFIGURATION)
    data = json.loads(text)

    assert summary == 'Alarm "UnauthorizedApiCalls" updated'
    assert list(data) == ["version", "type", "updatedAlarm", "originalUpdatedFields"]
    assert data["originalUpdatedFields"] == {
        "alarmDescription": "Someone was refused",
        "alarmConfigurationUpdatedTimestamp": "2026-09-13T06:13:20.000+0000",
        "threshold": 1.0,
    }


def test_an_identical_update_still_lists_its_former_time() -> None:
    _, text = configuration_history(ConfigurationChange.UPDATE, CONFIGURATION, CONFIGURATION)

    assert json.loads(text)["originalUpdatedFields"] == {
        "alarmConfigurationUpdatedTimestamp": "2026-09-13T06:13:20.000+0000"
    }
