"""Limits that alarms of both types have: lengths, sizes, names and actions, in AWS's texts where known."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from trailbell.alarms._alarm import Alarm, AlarmDefinitionError
from trailbell.alarms._composite import CompositeAlarm

__all__ = [
    "Violations",
    "action_violations",
    "at_least_one",
    "check_action_arns",
    "check_name",
    "length",
    "one_of",
    "refuse_violations",
    "size",
]

_MOST_ACTIONS = 5
_ARN = re.compile(r"arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S.*")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")

Violations: TypeAlias = Iterator[tuple[str, str]]
"""Parameters with what is wrong with them."""


def refuse_violations(violations: Iterable[tuple[str, str]]) -> None:
    """Raises AlarmDefinitionError for all violations together, as AWS does; nothing where there are none."""
    found = list(violations)
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
        raise AlarmDefinitionError(found[0][0], count + "; ".join(text for _, text in found))


def check_name(name: str) -> None:
    """Raises AlarmDefinitionError for a name with control characters."""
    if _CONTROL_CHARACTER.search(name):
        raise AlarmDefinitionError("AlarmName", "AlarmName must not contain ASCII control characters.")


def _violation(parameter: str, value: str, constraint: str) -> str:
    """Gives AWS's text for a parameter that breaks a constraint."""
    path = parameter[0].lower() + parameter[1:]
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def length(parameter: str, value: str, shortest: int, longest: int) -> Violations:
    """Yields what is wrong with the length of a text."""
    if len(value) < shortest:
        text = f"Member must have length greater than or equal to {shortest}"
        yield parameter, _violation(parameter, value, text)
    if len(value) > longest:
        yield (
            parameter,
            _violation(parameter, value, f"Member must have length less than or equal to {longest}"),
        )


def size(parameter: str, members: Sequence[str], most: int) -> Violations:
    """Yields what is wrong with the size of a list."""
    if len(members) > most:
        listed = f"[{', '.join(members)}]"
        yield (
            parameter,
            _violation(parameter, listed, f"Member must have length less than or equal to {most}"),
        )


def one_of(parameter: str, value: str, allowed: Iterable[str]) -> Violations:
    """Yields what is wrong with a choice."""
    choices = tuple(allowed)
    if value not in choices:
        text = f"Member must satisfy enum value set: [{', '.join(choices)}]"
        yield parameter, _violation(parameter, value, text)


def at_least_one(parameter: str, value: int) -> Violations:
    """Yields what is wrong with a number that is less than 1."""
    if value < 1:
        yield (
            parameter,
            _violation(parameter, str(value), "Member must have value greater than or equal to 1"),
        )


def action_violations(alarm: Alarm | CompositeAlarm) -> Violations:
    """Yields what is wrong with the number and the lengths of an alarm's actions."""
    for parameter, actions in _actions(alarm):
        yield from size(parameter, actions, _MOST_ACTIONS)
        yield from _member_lengths(parameter, actions)


def check_action_arns(alarm: Alarm | CompositeAlarm) -> None:
    """Raises AlarmDefinitionError for the first action that is no ARN; targets need not exist."""
    for parameter, actions in _actions(alarm):
        for action in actions:
            if not _ARN.fullmatch(action):
                raise AlarmDefinitionError(parameter, f"Invalid arn syntax: {action}")


def _member_lengths(parameter: str, members: Sequence[str]) -> Violations:
    if any(not 1 <= len(member) <= 1024 for member in members):
        constraint = (
            "Member must satisfy constraint: [Member must have length less than or equal to 1024, "
            "Member must have length greater than or equal to 1]"
        )
        yield parameter, _violation(parameter, f"[{', '.join(members)}]", constraint)


def _actions(alarm: Alarm | CompositeAlarm) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("OKActions", alarm.ok_actions),
        ("AlarmActions", alarm.alarm_actions),
        ("InsufficientDataActions", alarm.insufficient_data_actions),
    )
