"""The history a composite alarm leaves when it is put or deleted (metrics-and-alarms 9.3).

Its StateUpdate items are those of every alarm (`state_update_history`).
"""

from typing import Any

import msgspec

from trailbell.alarms._composite_change import ChildState, CompositeConfiguration
from trailbell.alarms._composite_transition import child_names
from trailbell.alarms._history import ConfigurationChange
from trailbell.alarms._instant import iso_text
from trailbell.alarms._region import alarm_arn
from trailbell.alarms._rule_parser import parse_rule

__all__ = ["composite_configuration_history"]

# As for metric alarms: AWS lists it even where an alarm is put twice in the same millisecond.
_ALWAYS_LISTED = frozenset({"alarmConfigurationUpdatedTimestamp"})


def composite_configuration_history(
    change: ConfigurationChange,
    configuration: CompositeConfiguration,
    original: CompositeConfiguration | None = None,
) -> tuple[str, str]:
    """Returns the summary and the data (JSON text) of a ConfigurationUpdate item.

    A new alarm is told of in INSUFFICIENT_DATA, as it stands before its rule is evaluated.
    `original` is what an update replaced: the old values of the fields that changed are listed.
    """
    past = f"{change.lower()}d"
    described = _described(configuration)
    data: dict[str, object] = {"version": "1.0", "type": change, f"{past}Alarm": described}
    if original is not None:
        before, after = _with_bare_children(_described(original)), _with_bare_children(described)
        data["originalUpdatedFields"] = {
            name: value
            for name, value in before.items()
            if name in _ALWAYS_LISTED or after.get(name) != value
        }
    return f'Alarm "{configuration.alarm.name}" {past}', msgspec.json.encode(data).decode()


def _described(configuration: CompositeConfiguration) -> dict[str, Any]:
    alarm = configuration.alarm
    members: dict[str, Any] = {
        "alarmName": alarm.name,
        "alarmDescription": alarm.description,
        "alarmArn": configuration.arn,
        "alarmConfigurationUpdatedTimestamp": iso_text(configuration.configuration_updated_ms),
        "alarmRule": alarm.rule,
        # No capture shows the suppressor's members here: they are named and placed as in AWS's events.
        "actionsSuppressor": alarm.suppressor,
        "actionsSuppressorWaitPeriod": alarm.suppressor_wait_seconds,
        "actionsSuppressorExtensionPeriod": alarm.suppressor_extension_seconds,
        "stateValue": configuration.state,
        "stateUpdatedTimestamp": iso_text(configuration.state_updated_ms),
        "actionsEnabled": alarm.actions_enabled,
        "alarmActions": alarm.alarm_actions,
        "insufficientDataActions": alarm.insufficient_data_actions,
        "childStates": _child_states(configuration),
        "okactions": alarm.ok_actions,
    }
    return {name: value for name, value in members.items() if value is not None}


def _child_states(configuration: CompositeConfiguration) -> list[dict[str, object]]:
    known = {child.name: child for child in configuration.children}
    region, account_id = configuration.region, configuration.account_id
    names = child_names(parse_rule(configuration.alarm.rule), region, account_id)
    return [_child_state(alarm_arn(region, account_id, name), known.get(name)) for name in names]


def _child_state(arn: str, child: ChildState | None) -> dict[str, object]:
    if child is None:
        return {"arn": arn}
    state = {
        "value": child.state,
        "transitionTimestamp": iso_text(child.transitioned_ms),
        "timestamp": iso_text(child.updated_ms),
    }
    return {"arn": arn, "state": state}


def _with_bare_children(described: dict[str, Any]) -> dict[str, Any]:
    """Tells of children by their ARNs alone, as AWS does of those before an update."""
    return described | {"childStates": [{"arn": child["arn"]} for child in described["childStates"]]}
