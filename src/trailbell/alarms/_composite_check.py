"""Whether AWS would take a composite alarm: the demands of PutCompositeAlarm (metrics-and-alarms 11.1).

Where AWS's own text is not known the message is a plain sentence.
"""

from collections.abc import Callable

from trailbell.alarms._alarm import AlarmDefinitionError
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_transition import child_names
from trailbell.alarms._limits import (
    Violations,
    action_violations,
    check_action_arns,
    check_name,
    length,
    refuse_violations,
)
from trailbell.alarms._region import alarm_arn
from trailbell.alarms._rule_errors import AlarmRuleError
from trailbell.alarms._rule_parser import MAXIMUM_RULE_LENGTH, parse_rule
from trailbell.alarms._rule_reference import alarm_name_of, read_reference
from trailbell.alarms._rule_tree import referenced_alarms

__all__ = ["check_composite", "check_composite_references"]

_MOST_PARENTS = 150


def check_composite(alarm: CompositeAlarm) -> None:
    """Raises AlarmDefinitionError for the first thing AWS would refuse; corrects nothing.

    Violated lengths are reported together, as AWS does; `field` then names the first of them.
    What depends on other alarms is up to `check_composite_references`.

    Raises:
        AlarmRuleError: The rule is not valid.
        AlarmDefinitionError: Anything else is not.
    """
    refuse_violations(_violations(alarm))
    check_name(alarm.name)
    if alarm.rule != alarm.rule.strip():
        raise AlarmDefinitionError(
            "AlarmRule", "AlarmRule must not contain leading or trailing whitespace or be null"
        )
    parse_rule(alarm.rule)
    _check_suppressor(alarm)
    check_action_arns(alarm)


def check_composite_references(
    alarm: CompositeAlarm,
    region: str,
    account_id: str,
    exists: Callable[[str], bool],
    parent_count: Callable[[str], int],
) -> None:
    """Raises AlarmDefinitionError if the rule or the suppressor names what a composite alarm cannot watch.

    Args:
        alarm: A valid definition (`check_composite`).
        region: Where it is put.
        account_id: Who puts it.
        exists: Tells whether there is an alarm of a name, of either type.
        parent_count: Tells in how many other composite alarms' rules an alarm is mentioned.

    Raises:
        AlarmRuleError: The rule mentions an alarm of another region.
        AlarmDefinitionError: It mentions one of another account, itself, one that does not exist, or one that
            has too many parents; or the suppressor is such an alarm.
    """
    tree = parse_rule(alarm.rule)
    for mentioned in referenced_alarms(tree):
        found = read_reference(mentioned)
        if found.region not in {None, region}:
            what = f"Wrong ARN region, it was {found.region} but {region} was expected instead"
            raise AlarmRuleError(alarm.rule, 0, len(alarm.rule), what)
        if found.account_id not in {None, account_id}:
            raise AlarmDefinitionError(
                "AlarmRule",
                "A composite alarm cannot have a child relation with alarms from another AWS account",
            )
    names = child_names(tree, region, account_id)
    if alarm.name in names:
        raise AlarmDefinitionError(
            "AlarmRule",
            "A composite alarm cannot have a child relation with itself via its AlarmRule, as it would "
            "introduce a circular dependency",
        )
    missing = [alarm_arn(region, account_id, name) for name in names if not exists(name)]
    if missing:
        raise AlarmDefinitionError(
            "AlarmRule",
            f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule do not "
            "exist",
        )
    for name in names:
        if parent_count(name) >= _MOST_PARENTS:
            raise AlarmDefinitionError(
                "AlarmRule", f"The alarm {name} is in the rules of {_MOST_PARENTS} composite alarms already."
            )
    _check_suppressor_reference(alarm, region, account_id, exists)


def _violations(alarm: CompositeAlarm) -> Violations:
    yield from length("AlarmName", alarm.name, 1, 255)
    yield from length("AlarmRule", alarm.rule, 1, MAXIMUM_RULE_LENGTH)
    yield from length("AlarmDescription", alarm.description or "", 0, 1024)
    if alarm.suppressor is not None:
        yield from length("ActionsSuppressor", alarm.suppressor, 1, 1600)
    yield from action_violations(alarm)


def _check_suppressor(alarm: CompositeAlarm) -> None:
    periods = {
        "ActionsSuppressorWaitPeriod": alarm.suppressor_wait_seconds,
        "ActionsSuppressorExtensionPeriod": alarm.suppressor_extension_seconds,
    }
    for parameter, seconds in periods.items():
        if alarm.suppressor is not None and seconds is None:
            raise AlarmDefinitionError(parameter, f"{parameter} must not be null")
        if seconds is not None and seconds < 0:
            raise AlarmDefinitionError(parameter, f"{parameter} must be at least 0, it is {seconds}.")


def _check_suppressor_reference(
    alarm: CompositeAlarm, region: str, account_id: str, exists: Callable[[str], bool]
) -> None:
    if alarm.suppressor is None:
        return
    name = alarm_name_of(alarm.suppressor, region, account_id)
    if name == alarm.name:
        raise AlarmDefinitionError("ActionsSuppressor", "A composite alarm cannot suppress its own actions.")
    if not exists(name):
        raise AlarmDefinitionError(
            "ActionsSuppressor", f"The suppressor alarm {alarm.suppressor} does not exist."
        )
