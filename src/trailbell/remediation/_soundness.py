"""Whether a change is of the object that it names: what is read is then what is put, in the same account.

Plans and undo files may have been edited; the object that is looked at before a call must be the one that the
call changes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from trailbell.account import Arn, read_arn
from trailbell.remediation._parameters import alarm_from, filter_from
from trailbell.remediation._plan import Change, ChangeKind, Plan, PlanFileError

__all__ = ["check_plan", "names_one_object"]

_SERVICES = {
    ChangeKind.TOPIC: "sns",
    ChangeKind.TOPIC_POLICY: "sns",
    ChangeKind.SUBSCRIPTION: "sns",
    ChangeKind.METRIC_FILTER: "logs",
    ChangeKind.ALARM: "cloudwatch",
    ChangeKind.ALARM_ACTIONS: "cloudwatch",
}
_ONLY_CHANGED = (ChangeKind.TOPIC_POLICY, ChangeKind.ALARM_ACTIONS)


def check_plan(plan: Plan) -> None:
    """Makes sure that every change of a plan is of the object that it names.

    Raises:
        PlanFileError: One is not.
    """
    for change in plan.changes:
        if not names_one_object(change, plan.account):
            raise PlanFileError(
                f"the plan's change of {change.name!r} is not of that object in account {plan.account}: "
                "make a new plan"
            )


def names_one_object(change: Change, account: str) -> bool:
    """Whether a change is of one object of an account: its ARN, its region and its parameters agree."""
    place = read_arn(change.name)
    if place is None or place.service != _SERVICES[change.kind]:
        return False
    if (place.account, place.region) != (account, change.region):
        return False
    if change.before is None:
        return change.kind not in _ONLY_CHANGED and _is_of(change, place, change.after)
    return all(_is_of(change, place, each) for each in (change.after, change.before))


def _is_of(change: Change, place: Arn, parameters: Mapping[str, Any]) -> bool:
    match change.kind:
        case ChangeKind.TOPIC:
            return parameters.get("Name") == place.resource and parameters.keys() <= {"Name", "Tags"}
        case ChangeKind.TOPIC_POLICY:
            return parameters.keys() == {"Policy"} and isinstance(parameters["Policy"], str)
        case ChangeKind.SUBSCRIPTION:
            are_texts = all(isinstance(each, str) for each in parameters.values())
            return are_texts and parameters.keys() == {"Protocol", "Endpoint"}
        case ChangeKind.METRIC_FILTER:
            return (
                parameters.get("logGroupName") == place.log_group_name
                and isinstance(parameters.get("filterName"), str)
                and parameters["filterName"] == change.after.get("filterName")
                and _is_read_by(filter_from, change, parameters)
            )
        case ChangeKind.ALARM:
            is_named = place.resource == f"alarm:{parameters.get('AlarmName')}"
            return is_named and _is_read_by(alarm_from, change, parameters)
        case ChangeKind.ALARM_ACTIONS:
            return parameters.keys() == {"ActionsEnabled"} and place.resource.startswith("alarm:")


def _is_read_by(
    read: Callable[[str, Mapping[str, Any]], object], change: Change, parameters: Mapping[str, Any]
) -> bool:
    """Whether parameters have the form in which they are compared with what is there."""
    try:
        read(change.name, parameters)
    except (AttributeError, TypeError, ValueError):
        return False
    return True
