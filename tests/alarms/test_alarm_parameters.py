"""What makes an alarm out of PutMetricAlarm's parameters, and the texts of what does not."""

from typing import Any

import pytest
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import (
    Alarm,
    AlarmDefinitionError,
    AlarmParameters,
    ComparisonOperator,
    TreatMissingData,
    alarm_of,
)
from trailbell.metrics import MetricKey, Statistic

PLAIN = AlarmParameters(
    name="a",
    metric_name="m",
    namespace="App",
    statistic=Statistic.SUM,
    period_seconds=300,
    evaluation_periods=3,
    threshold=2.5,
    comparison_operator="GreaterThanThreshold",
)
MATH = AlarmParameters(
    name="a",
    evaluation_periods=1,
    threshold=1,
    comparison_operator="GreaterThanThreshold",
    returned_metrics=(False, True),
)


def refusal(parameters: AlarmParameters) -> RequestRefusedError:
    with pytest.raises(RequestRefusedError) as caught:
        alarm_of(parameters)
    return caught.value


def test_what_is_left_out_falls_back_to_awss_defaults() -> None:
    expected = Alarm(
        name="a",
        metric=MetricKey("App", "m"),
        statistic=Statistic.SUM,
        period_seconds=300,
        evaluation_periods=3,
        threshold=2.5,
        comparison_operator=ComparisonOperator.GREATER_THAN_THRESHOLD,
    )

    assert expected == alarm_of(PLAIN)


def test_all_that_is_given_is_in_the_alarm() -> None:
    actions = {
        each: (f"arn:aws:sns:us-east-1:111122223333:{each}",)
        for each in ("alarm_actions", "ok_actions", "insufficient_data_actions")
    }
    alarm = alarm_of(
        replace(
            PLAIN,
            dimensions=(("b", "2"), ("a", "1")),
            datapoints_to_alarm=2,
            treat_missing_data="notBreaching",
            unit="Count",
            description="",
            actions_enabled=False,
            **actions,
        )
    )

    assert alarm.metric == MetricKey("App", "m", (("a", "1"), ("b", "2")))
    assert (2, TreatMissingData.NOT_BREACHING, "Count", "", False) == (
        alarm.datapoints_to_alarm,
        alarm.treat_missing_data,
        alarm.unit,
        alarm.description,
        alarm.actions_enabled,
    )
    assert actions == {each: getattr(alarm, each) for each in actions}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metric_name": None}, "MetricName must not be null"),
        ({"namespace": None}, "Namespace must not be null"),
        ({"period_seconds": None}, "Period must not be null"),
        ({"statistic": None}, "Statistic must not be null"),
        ({"evaluation_periods": None}, "EvaluationPeriods must not be null"),
        ({"comparison_operator": None}, "ComparisonOperator must not be null"),
        ({"threshold": None}, "Threshold must not be null"),
        (
            {"extended_statistic": "p90"},
            "PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. "
            "Only one of them should be present",
        ),
        (
            {"treat_missing_data": "Missing"},
            "The value Missing is not supported for TreatMissingData parameter. Supported values are "
            "[breaching, notBreaching, ignore, missing].",
        ),
        (
            {"evaluate_low_sample_count_percentile": "perhaps"},
            "Option perhaps is not supported. Supported options for parameter "
            "EvaluateLowSampleCountPercentile are evaluate and ignore.",
        ),
    ],
)
def test_aws_says_what_is_missing_or_excludes_each_other(changes: dict[str, Any], message: str) -> None:
    refused = refusal(replace(PLAIN, **changes))

    assert (RefusalKind.VALIDATION, message) == (refused.kind, str(refused))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metric_name": "m"}, "MetricName should not be set if list of Metrics is set."),
        ({"statistic": Statistic.SUM}, "Statistic should not be set if list of Metrics is set."),
        ({"period_seconds": 60}, "Period should not be set if list of Metrics is set."),
        ({"dimensions": (("a", "b"),)}, "Dimensions should not be set if list of Metrics is set."),
        ({"returned_metrics": (False,)}, "Exactly one element of the metrics list should return data."),
        ({"returned_metrics": (True, True)}, "Exactly one element of the metrics list should return data."),
    ],
)
def test_a_list_of_metrics_is_first_refused_as_aws_would(changes: dict[str, Any], message: str) -> None:
    refused = refusal(replace(MATH, **changes))

    assert (RefusalKind.VALIDATION, message) == (refused.kind, str(refused))


@pytest.mark.parametrize(
    "name",
    [
        "p101",
        "p-1",
        "p",
        "p99.99999999999",
        "P90",
        "tm100.5",
        "iqm",
        "TM(:)",
        "PR(:)",
        "PR(1%:2%)",
        "avg",
        "",
    ],
)
def test_a_name_of_no_statistic_is_refused_in_awss_words(name: str) -> None:
    refused = refusal(replace(PLAIN, statistic=None, extended_statistic=name))

    assert (
        RefusalKind.INVALID_PARAMETER,
        f"The value {name} for parameter ExtendedStatistic is not supported.",
    ) == (refused.kind, str(refused))


@pytest.mark.parametrize(
    "name",
    [
        *("p0", "p100", "p99.9999999999", "tm90", "wm99.5", "tc1", "ts50", "IQM"),
        *("PR(2:10)", "PR(:300)", "TM(:95%)", "WM(10%:90%)", "TC(0.005:0.030)", "TS(80%:)"),
    ],
)
def test_a_statistic_that_aws_knows_is_refused_as_not_supported(name: str) -> None:
    refused = refusal(replace(PLAIN, statistic=None, extended_statistic=name))

    assert refused.kind == RefusalKind.UNSUPPORTED
    assert "percentile and trimmed statistics" in str(refused)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (MATH, "metric math"),
        (replace(PLAIN, evaluate_low_sample_count_percentile="ignore"), "EvaluateLowSampleCountPercentile"),
        (replace(PLAIN, comparison_operator="GreaterThanUpperThreshold"), "anomaly detection"),
    ],
)
def test_what_trailbell_cannot_evaluate_is_refused_and_says_what_to_do(
    parameters: AlarmParameters, words: str
) -> None:
    refused = refusal(parameters)

    assert refused.kind == RefusalKind.UNSUPPORTED
    assert words in str(refused)


def test_awss_limits_are_checked_too() -> None:
    with pytest.raises(AlarmDefinitionError, match="DatapointsToAlarm must be less than or equal"):
        alarm_of(replace(PLAIN, datapoints_to_alarm=4))
