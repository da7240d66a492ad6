import pickle
from typing import Any

import msgspec
import pytest

from support.alarm_samples import TOPIC, UNAUTHORIZED_CALLS
from trailbell._errors import TrailbellError
from trailbell.alarms import (
    Alarm,
    AlarmDefinitionError,
    AlarmState,
    ComparisonOperator,
    TreatMissingData,
    check_alarm,
    comparison_phrase,
)
from trailbell.metrics import MetricKey


def altered(**changes: Any) -> Alarm:
    return msgspec.structs.replace(UNAUTHORIZED_CALLS, **changes)


def refusal_of(**changes: Any) -> AlarmDefinitionError:
    with pytest.raises(AlarmDefinitionError) as caught:
        check_alarm(altered(**changes))
    return caught.value


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "\u2603" * 255},
        {"period_seconds": 10},
        {"period_seconds": 20},
        {"period_seconds": 30},
        {"period_seconds": 86_400, "evaluation_periods": 7},
        {"period_seconds": 60, "evaluation_periods": 1440},
        {"evaluation_periods": 3, "datapoints_to_alarm": 3},
        {"description": "d" * 1024},
        {"unit": "Count/Second"},
        {"threshold": -1e300},
        {"ok_actions": (TOPIC,) * 5},
        {"alarm_actions": ("arn:aws:automate:us-east-1:ec2:stop",)},
        {"alarm_actions": ("arn:aws:lambda:us-east-1:111122223333:function:page:live",)},
    ],
)
def test_a_definition_within_the_limits_is_taken(changes: dict[str, Any]) -> None:
    check_alarm(altered(**changes))


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        pytest.param(
            {"evaluation_periods": 2, "datapoints_to_alarm": 3},
            "DatapointsToAlarm",
            "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
            id="M over N",
        ),
        pytest.param(
            {"alarm_actions": (TOPIC, "not-an-arn")},
            "AlarmActions",
            "Invalid arn syntax: not-an-arn",
            id="no ARN",
        ),
        pytest.param(
            {"alarm_actions": (TOPIC + "\n",)},
            "AlarmActions",
            f"Invalid arn syntax: {TOPIC}\n",
            id="ARN and newline",
        ),
        pytest.param(
            {"period_seconds": 45},
            "Period",
            "The period 45 is not valid: it must be 10, 20, 30 or a multiple of 60 seconds.",
            id="period",
        ),
        pytest.param(
            {"period_seconds": 300, "evaluation_periods": 289},
            "EvaluationPeriods",
            "EvaluationPeriods x Period is 86700 seconds; it must be at most 86400 for a period below 3600 "
            "seconds and at most 604800 otherwise.",
            id="over a day",
        ),
        pytest.param(
            {"period_seconds": 86_400, "evaluation_periods": 8},
            "EvaluationPeriods",
            "EvaluationPeriods x Period is 691200 seconds; it must be at most 86400 for a period below "
            "3600 seconds and at most 604800 otherwise.",
            id="over a week",
        ),
        pytest.param(
            {"evaluation_periods": 0},
            "EvaluationPeriods",
            "1 validation error detected: Value '0' at 'evaluationPeriods' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
            id="no periods",
        ),
        pytest.param(
            {"name": "", "datapoints_to_alarm": 0},
            "AlarmName",
            "2 validation errors detected: Value '' at 'alarmName' failed to satisfy constraint: Member "
            "must have length greater than or equal to 1; Value '0' at 'datapointsToAlarm' failed to "
            "satisfy constraint: Member must have value greater than or equal to 1",
            id="two errors are reported together",
        ),
        pytest.param(
            {"description": "d" * 1025},
            "AlarmDescription",
            f"1 validation error detected: Value '{'d' * 1025}' at 'alarmDescription' failed to satisfy "
            "constraint: Member must have length less than or equal to 1024",
            id="long description",
        ),
        pytest.param(
            {"ok_actions": ("a",) * 6},
            "OKActions",
            "1 validation error detected: Value '[a, a, a, a, a, a]' at 'oKActions' failed to satisfy "
            "constraint: Member must have length less than or equal to 5",
            id="six actions",
        ),
        pytest.param(
            {"insufficient_data_actions": ("",)},
            "InsufficientDataActions",
            "1 validation error detected: Value '[]' at 'insufficientDataActions' failed to satisfy "
            "constraint: Member must satisfy constraint: [Member must have length less than or equal to "
            "1024, Member must have length greater than or equal to 1]",
            id="empty action",
        ),
        pytest.param(
            {"name": "a\tb"},
            "AlarmName",
            "AlarmName must not contain ASCII control characters.",
            id="control",
        ),
        pytest.param(
            {"metric": MetricKey("App", "m", (("a", "1"), ("a", "2")))},
            "Dimensions",
            "No metric may specify the same dimension name twice.",
            id="dimension twice",
        ),
        pytest.param(
            {"threshold": float("nan")},
            "Threshold",
            "The threshold nan is not a finite number.",
            id="threshold",
        ),
    ],
)
def test_a_definition_outside_the_limits_is_refused_by_name(
    changes: dict[str, Any], field: str, message: str
) -> None:
    error = refusal_of(**changes)

    assert (field, message) == (error.field, str(error))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "a" * 256}, "AlarmName"),
        ({"metric": MetricKey("", "m")}, "Namespace"),
        ({"metric": MetricKey("App", "m" * 256)}, "MetricName"),
        ({"metric": MetricKey("App", "m", tuple((f"d{n}", "v") for n in range(31)))}, "Dimensions"),
        ({"unit": "count"}, "Unit"),
        ({"period_seconds": 0}, "Period"),
        ({"period_seconds": -60}, "Period"),
        ({"alarm_actions": ("arn:aws:sns:us-east-1:111122223333:" + "t" * 1024,)}, "AlarmActions"),
        ({"alarm_actions": ("arn:aws:sns",)}, "AlarmActions"),
        ({"threshold": float("inf")}, "Threshold"),
    ],
)
def test_the_refusal_names_the_parameter_at_fault(changes: dict[str, Any], field: str) -> None:
    error = refusal_of(**changes)

    assert field == error.field


@pytest.mark.parametrize("changes", [{"statistic": None}, {"extended_statistic": "p90"}])
def test_an_alarm_watches_one_thing(changes: dict[str, Any]) -> None:
    with pytest.raises(AlarmDefinitionError, match="one of Statistic, ExtendedStatistic and Metrics"):
        altered(**changes)


def test_a_refusal_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(AlarmDefinitionError("Period", "too odd")))  # noqa: S301

    assert (error.field, str(error), isinstance(error, TrailbellError)) == ("Period", "too odd", True)


def test_an_alarm_reads_back_from_its_json() -> None:
    alarm = altered(ok_actions=(TOPIC,), datapoints_to_alarm=1)

    assert alarm == msgspec.json.decode(msgspec.json.encode(alarm), type=Alarm)


@pytest.mark.parametrize(
    ("namespace", "treatment", "expected"),
    [
        ("App", None, "missing"),
        ("AWS/DynamoDB", None, "ignore"),
        ("AWS/DynamoDB", TreatMissingData.BREACHING, "breaching"),
    ],
)
def test_missing_data_is_treated_as_said_or_by_the_default_of_the_namespace(
    namespace: str, treatment: TreatMissingData | None, expected: str
) -> None:
    alarm = altered(metric=MetricKey(namespace, "m"), treat_missing_data=treatment)

    assert expected == alarm.missing_data_treatment


@pytest.mark.parametrize(
    ("state", "expected"), [("OK", ("o",)), ("ALARM", ("a",)), ("INSUFFICIENT_DATA", ("i",))]
)
def test_a_state_has_its_own_actions_unless_they_are_disabled(state: str, expected: tuple[str, ...]) -> None:
    alarm = altered(ok_actions=("o",), alarm_actions=("a",), insufficient_data_actions=("i",))
    disabled = msgspec.structs.replace(alarm, actions_enabled=False)

    assert expected == alarm.actions_for(AlarmState(state))
    assert disabled.actions_for(AlarmState(state)) == ()


def test_every_operator_has_its_words() -> None:
    phrases = [comparison_phrase(comparison) for comparison in ComparisonOperator]

    assert phrases == ["greater than or equal to", "greater than", "less than", "less than or equal to"]
