"""Which composite alarms are refused, and in which words."""

from typing import Any

import pytest
from msgspec.structs import replace

from trailbell.alarms._alarm import AlarmDefinitionError, AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_check import check_composite, check_composite_references
from trailbell.alarms._rule_errors import AlarmRuleError

REGION, ACCOUNT = "us-east-1", "123456789012"
TOPIC = "arn:aws:sns:us-east-1:123456789012:security"
ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
SERVICE = CompositeAlarm(
    name="service",
    rule='ALARM("a") OR ALARM(b)',
    alarm_actions=(TOPIC,),
    ok_actions=(TOPIC, TOPIC),
    suppressor="maintenance",
    suppressor_wait_seconds=60,
    suppressor_extension_seconds=0,
)


def refusal(**changes: Any) -> AlarmDefinitionError:
    with pytest.raises(AlarmDefinitionError) as caught:
        check_composite(replace(SERVICE, **changes))
    return caught.value


def reference_refusal(*, parents: int = 0, **changes: Any) -> AlarmDefinitionError:
    with pytest.raises(AlarmDefinitionError) as caught:
        check_references(replace(SERVICE, **changes), parents)
    return caught.value


def check_references(alarm: CompositeAlarm, parents: int = 0) -> None:
    existing = {"a", "b", "maintenance", "service"}
    check_composite_references(alarm, REGION, ACCOUNT, existing.__contains__, lambda _: parents)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "x" * 255, "description": "x" * 1024, "suppressor": "x" * 1600},
        {"suppressor": None, "suppressor_wait_seconds": None, "suppressor_extension_seconds": None},
        {"alarm_actions": (TOPIC,) * 5, "insufficient_data_actions": (TOPIC,)},
        {"rule": "TRUE OR FALSE AND FALSE", "actions_enabled": False},
    ],
)
def test_a_definition_within_the_limits_is_taken(changes: dict[str, Any]) -> None:
    check_composite(replace(SERVICE, **changes))


@pytest.mark.parametrize(
    ("changes", "field", "constraint"),
    [
        ({"name": ""}, "AlarmName", "length greater than or equal to 1"),
        ({"name": "x" * 256}, "AlarmName", "length less than or equal to 255"),
        ({"rule": ""}, "AlarmRule", "length greater than or equal to 1"),
        ({"rule": "x" * 10_241}, "AlarmRule", "length less than or equal to 10240"),
        ({"description": "x" * 1025}, "AlarmDescription", "length less than or equal to 1024"),
        ({"suppressor": ""}, "ActionsSuppressor", "length greater than or equal to 1"),
        ({"suppressor": "x" * 1601}, "ActionsSuppressor", "length less than or equal to 1600"),
        ({"alarm_actions": (TOPIC,) * 6}, "AlarmActions", "length less than or equal to 5"),
    ],
)
def test_a_length_beyond_the_limits_is_refused(changes: dict[str, Any], field: str, constraint: str) -> None:
    error = refusal(**changes)

    assert field == error.field
    assert str(error).startswith("1 validation error detected: Value '")
    assert str(error).endswith(f"failed to satisfy constraint: Member must have {constraint}")


def test_violations_of_lengths_are_told_together() -> None:
    error = refusal(name="", ok_actions=("",))

    assert str(error) == (
        "2 validation errors detected: Value '' at 'alarmName' failed to satisfy constraint: Member must "
        "have length greater than or equal to 1; Value '[]' at 'oKActions' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must "
        "have length greater than or equal to 1]"
    )


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": "a\nb"}, "AlarmName", "AlarmName must not contain ASCII control characters."),
        (
            {"rule": "TRUE\n"},
            "AlarmRule",
            "AlarmRule must not contain leading or trailing whitespace or be null",
        ),
        (
            {"suppressor_wait_seconds": None},
            "ActionsSuppressorWaitPeriod",
            "ActionsSuppressorWaitPeriod must not be null",
        ),
        (
            {"suppressor_extension_seconds": None},
            "ActionsSuppressorExtensionPeriod",
            "ActionsSuppressorExtensionPeriod must not be null",
        ),
        (
            {"suppressor_wait_seconds": -1},
            "ActionsSuppressorWaitPeriod",
            "ActionsSuppressorWaitPeriod must be at least 0, it is -1.",
        ),
        ({"ok_actions": ("not-an-arn",)}, "OKActions", "Invalid arn syntax: not-an-arn"),
    ],
)
def test_what_else_aws_refuses_is_refused(changes: dict[str, Any], field: str, message: str) -> None:
    error = refusal(**changes)

    assert (field, message) == (error.field, str(error))


def test_a_rule_that_is_none_is_refused() -> None:
    error = refusal(rule="ALARM(a) and ALARM(b)")

    assert isinstance(error, AlarmRuleError)
    assert str(error) == (
        "Error in AlarmRule [Unsupported token 'and' at char 9, must be: <EOF>, 'AND', 'OR']"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rule": f"ALARM({ARN}a) OR OK(b)", "suppressor": f"{ARN}maintenance"},
        {"rule": "FALSE", "suppressor": None},
        {"suppressor": "a"},
    ],
)
def test_a_rule_and_a_suppressor_may_name_what_is_there(changes: dict[str, Any]) -> None:
    check_references(replace(SERVICE, **changes))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        # These are AWS's own answers, as captured in 2026.
        (
            "ALARM(gone)",
            f"Could not save the composite alarm as alarms [{ARN}gone] in the alarm rule do not exist",
        ),
        (
            "ALARM('a')",
            f"Could not save the composite alarm as alarms [{ARN}'a'] in the alarm rule do not exist",
        ),
        ('ALARM("")', f"Could not save the composite alarm as alarms [{ARN}] in the alarm rule do not exist"),
        (
            "ALARM(arn:aws:cloudwatch:us-east-1:111111111111:alarm:a)",
            "A composite alarm cannot have a child relation with alarms from another AWS account",
        ),
        (
            "ALARM(arn:aws:cloudwatch:us-west-2:123456789012:alarm:a)",
            "Error in AlarmRule [Wrong ARN region, it was us-west-2 but us-east-1 was expected instead]",
        ),
        (
            "ALARM(a) OR ALARM(service)",
            "A composite alarm cannot have a child relation with itself via its AlarmRule, as it would "
            "introduce a circular dependency",
        ),
        # This is worded after the first.
        (
            f"ALARM(x) OR ALARM(a) OR AT_LEAST(1, OK, (y, {ARN}x))",
            f"Could not save the composite alarm as alarms [{ARN}x, {ARN}y] in the alarm rule do not exist",
        ),
    ],
)
def test_a_rule_may_not_name_what_it_cannot_watch(rule: str, message: str) -> None:
    error = reference_refusal(rule=rule)

    assert ("AlarmRule", message) == (error.field, str(error))


@pytest.mark.parametrize(
    ("suppressor", "message"),
    [
        ("gone", "The suppressor alarm gone does not exist."),
        (f"{ARN}service", "A composite alarm cannot suppress its own actions."),
        (
            "arn:aws:cloudwatch:us-west-2:123456789012:alarm:a",
            "The suppressor alarm arn:aws:cloudwatch:us-west-2:123456789012:alarm:a does not exist.",
        ),
    ],
)
def test_a_suppressor_must_be_another_alarm_here(suppressor: str, message: str) -> None:
    error = reference_refusal(suppressor=suppressor)

    assert ("ActionsSuppressor", message) == (error.field, str(error))


def test_an_alarm_may_have_150_parents() -> None:
    check_references(SERVICE, parents=149)

    assert str(reference_refusal(parents=150)) == (
        "The alarm a is in the rules of 150 composite alarms already."
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [(AlarmState.ALARM, (TOPIC,)), (AlarmState.OK, (TOPIC, TOPIC)), (AlarmState.INSUFFICIENT_DATA, ())],
)
def test_each_state_has_its_actions_unless_they_are_disabled(
    state: AlarmState, expected: tuple[str, ...]
) -> None:
    assert expected == SERVICE.actions_for(state)
    assert replace(SERVICE, actions_enabled=False).actions_for(state) == ()
