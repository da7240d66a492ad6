"""The history an alarm leaves: summaries and data of its items (metrics-and-alarms 9.1 and 9.3)."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from trailbell.alarms._alarm import Alarm, AlarmState
from trailbell.alarms._change import StateChange
from trailbell.alarms._composite_change import CompositeChange
from trailbell.alarms._instant import iso_text
from trailbell.alarms._region import alarm_arn
from trailbell.metrics import MetricDataQuery, MetricKey, java_double

__all__ = [
    "AlarmConfiguration",
    "ConfigurationChange",
    "configuration_history",
    "state_update_history",
]


class ConfigurationChange(StrEnum):
    """What was done to a definition."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


class AlarmConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """A definition as it stands, with the state and the times its history item shows."""

    alarm: Alarm
    account_id: str
    region: str
    configuration_updated_ms: int
    state: AlarmState
    state_updated_ms: int


_PAST = {
    ConfigurationChange.CREATE: "created",
    ConfigurationChange.UPDATE: "updated",
    ConfigurationChange.DELETE: "deleted",
}


def state_update_history(
    change: StateChange | CompositeChange,
    previous_reason: str,
    previous_reason_data: str,
    trailbell: Mapping[str, object] | None = None,
) -> tuple[str, str]:
    """Returns the summary and the data (JSON text) of a StateUpdate item.

    Reason data is embedded as it was given, so it must be JSON; empty text is left out.
    `trailbell` is what AWS has no place for, ready for JSON: a last member, `Trailbell`.
    """
    summary = f"Alarm updated from {change.old_state} to {change.new_state}"
    data: dict[str, object] = {
        "version": "1.0",
        "oldState": _state(change.old_state, previous_reason, previous_reason_data),
        "newState": _state(change.new_state, change.reason, change.reason_data),
    }
    if trailbell is not None:
        data["Trailbell"] = trailbell
    return summary, msgspec.json.encode(data).decode()


def configuration_history(
    change: ConfigurationChange, configuration: AlarmConfiguration, original: AlarmConfiguration | None = None
) -> tuple[str, str]:
    """Returns the summary and the data (JSON text) of a ConfigurationUpdate item.

    `original` is what an update replaced: the old values of the fields that changed are listed.
    """
    past = _PAST[change]
    described = _described(configuration)
    data: dict[str, object] = {"version": "1.0", "type": change, f"{past}Alarm": described}
    if original is not None:
        before = _described(original)
        changed = {key: value for key, value in before.items() if described.get(key) != value}
        # AWS always lists this one, even where an alarm is put twice in the same millisecond.
        changed["alarmConfigurationUpdatedTimestamp"] = before["alarmConfigurationUpdatedTimestamp"]
        data["originalUpdatedFields"] = changed
    return f'Alarm "{configuration.alarm.name}" {past}', msgspec.json.encode(data).decode()


def _state(state: AlarmState, reason: str, reason_data: str) -> dict[str, object]:
    described: dict[str, object] = {"stateValue": state, "stateReason": reason}
    if reason_data:
        described["stateReasonData"] = msgspec.Raw(reason_data.encode())
    return described


def _watched(alarm: Alarm) -> dict[str, object]:
    if alarm.metrics:
        # Not recorded of alarms on metric math: the elements by the API's names.
        return {"metrics": [_query(each) for each in alarm.metrics]}
    return {
        "namespace": alarm.metric.namespace,
        "metricName": alarm.metric.name,
        # Since 2026 AWS names the plain statistics so too, in capitals.
        "extendedStatistic": alarm.extended_statistic or alarm.statistic_name.upper(),
        "period": alarm.period_seconds,
        "dimensions": _dimensions(alarm.metric),
    }


def _query(query: MetricDataQuery) -> dict[str, object]:
    stat = query.metric_stat
    members: dict[str, object | None] = {
        "id": query.id,
        "metricStat": None
        if stat is None
        else {
            "metric": {
                "namespace": stat.namespace,
                "metricName": stat.name,
                "dimensions": _dimensions(stat.metric),
            },
            "period": stat.period_seconds,
            "stat": stat.stat,
        },
        "expression": query.expression,
        "label": query.label,
        "returnData": query.is_returned,
    }
    return {name: value for name, value in members.items() if value is not None}


def _dimensions(metric: MetricKey) -> list[dict[str, str]]:
    return [{"value": value, "name": name} for name, value in metric.dimensions]


def _described(configuration: AlarmConfiguration) -> dict[str, object]:
    alarm = configuration.alarm
    members: dict[str, object | None] = {
        "alarmName": alarm.name,
        "alarmDescription": alarm.description,
        "alarmArn": alarm_arn(configuration.region, configuration.account_id, alarm.name),
        "alarmConfigurationUpdatedTimestamp": iso_text(configuration.configuration_updated_ms),
        **_watched(alarm),
        "threshold": msgspec.Raw(java_double(alarm.threshold).encode()),
        "comparisonOperator": alarm.comparison_operator,
        "evaluationPeriods": alarm.evaluation_periods,
        "datapointsToAlarm": alarm.datapoints_to_alarm,
        "treatMissingData": alarm.treat_missing_data,
        "evaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile,
        "stateValue": configuration.state,
        "stateUpdatedTimestamp": iso_text(configuration.state_updated_ms),
        "actionsEnabled": alarm.actions_enabled,
        "alarmActions": alarm.alarm_actions,
        "insufficientDataActions": alarm.insufficient_data_actions,
        "okactions": alarm.ok_actions,
    }
    return {name: value for name, value in members.items() if value is not None}
