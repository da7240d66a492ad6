"""What is found in an account, as the parameters of the call that would make it so, and back.

PutMetricFilter and PutMetricAlarm replace the object of the same name: these parameters are all of it.
"""

from collections.abc import Mapping
from typing import Any

from trailbell.account import FoundAlarm, FoundFilter, found_alarm, found_filter, read_arn

__all__ = ["alarm_from", "alarm_parameters", "filter_from", "filter_parameters"]


def filter_parameters(found: FoundFilter) -> dict[str, Any]:
    """Returns the parameters of PutMetricFilter that make a metric filter as it was found."""
    place = read_arn(found.log_group_arn)
    parameters: dict[str, Any] = {
        "logGroupName": "" if place is None else place.log_group_name,
        "filterName": found.name,
        "filterPattern": found.pattern,
        "metricTransformations": [
            {
                "metricName": each.name,
                "metricNamespace": each.namespace,
                "metricValue": each.value,
                **({} if each.default_value is None else {"defaultValue": each.default_value}),
                **({} if each.unit is None else {"unit": each.unit}),
                **({"dimensions": dict(each.dimensions)} if each.dimensions else {}),
            }
            for each in found.transformations
        ],
    }
    if found.is_on_transformed_logs:
        parameters["applyOnTransformedLogs"] = True
    if found.field_selection_criteria:
        parameters["fieldSelectionCriteria"] = found.field_selection_criteria
    if found.system_dimensions:
        parameters["emitSystemFieldDimensions"] = list(found.system_dimensions)
    return parameters


def filter_from(log_group_arn: str, parameters: Mapping[str, Any]) -> FoundFilter:
    """Returns the metric filter that PutMetricFilter would make."""
    return found_filter(log_group_arn, parameters)


def alarm_parameters(found: FoundAlarm) -> dict[str, Any]:
    """Returns the parameters of PutMetricAlarm that make a metric alarm as it was found."""
    return {
        "AlarmName": _alarm_name(found.arn),
        **found.definition,
        "ActionsEnabled": found.actions_enabled,
        **({"AlarmActions": list(found.alarm_actions)} if found.alarm_actions else {}),
        **found.others,
    }


def alarm_from(arn: str, parameters: Mapping[str, Any], state: str = "INSUFFICIENT_DATA") -> FoundAlarm:
    """Returns the metric alarm that PutMetricAlarm would make."""
    return found_alarm({**parameters, "AlarmArn": arn, "StateValue": state})


def _alarm_name(arn: str) -> str:
    place = read_arn(arn)
    return "" if place is None else place.resource.removeprefix("alarm:")
