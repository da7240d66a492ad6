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
    LowSampleCount,
    TreatMissingData,
    alarm_of,
)
from trailbell.metrics import MetricDataQuery, MetricKey, MetricStat, Statistic

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
    metrics=(
        MetricDataQuery("m1", MetricStat("App", "m", (), 300, "Sum"), is_returned=False),
        MetricDataQuery("m2", MetricStat("App", "n", (), 300, "p90"), is_returned=False),
        MetricDataQuery("e1", expression="m1 / m2", label="ratio"),
    ),
)
ONE = MATH.metrics[0]


SUM: dict[str, Any] = {"statistic": Statistic.SUM, "extended_statistic": None}


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
        ({"metrics": (ONE,)}, "Exactly one element of the metrics list should return data."),
        (
            {"metrics": (replace(ONE, is_returned=True), MATH.metrics[2])},
            "Exactly one element of the metrics list should return data.",
        ),
        (
            {"metrics": (ONE, MetricDataQuery("bad", expression="NOT_A_FUNCTION(m1)"))},
            "Error in expression 'bad': Function 'NOT_A_FUNCTION' not found",
        ),
        (
            {"metrics": (*(replace(ONE, id=f"m{at}") for at in range(10)), MATH.metrics[2])},
            "The list of Metrics has 11 elements; it must have at most 10.",
        ),
        (
            {"metrics": (ONE, MetricDataQuery("e", expression="AVG(m1)"))},
            "The element e of the metrics list must give one time series.",
        ),
        (
            {"metrics": (ONE, MetricDataQuery("e"))},
            "The element e of the metrics list must have either MetricStat or Expression.",
        ),
        (
            {
                "metrics": (
                    ONE,
                    MetricDataQuery("m2", MetricStat("App", "n", (), 60, "Sum"), is_returned=False),
                    MATH.metrics[2],
                )
            },
            "The metrics of the metrics list must have the same period.",
        ),
    ],
)
def test_a_list_of_metrics_is_refused_as_aws_would(changes: dict[str, Any], message: str) -> None:
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
def test_a_statistic_that_aws_knows_can_be_watched(name: str) -> None:
    alarm = alarm_of(replace(PLAIN, statistic=None, extended_statistic=name))

    assert (None, name, name) == (alarm.statistic, alarm.extended_statistic, alarm.statistic_name)


def test_metric_math_watches_all_its_metrics_by_their_period() -> None:
    alarm = alarm_of(MATH)

    assert (MetricKey("App", "m"), MetricKey("App", "n")) == alarm.watched
    assert (300, None, "") == (alarm.period_seconds, alarm.statistic, alarm.statistic_name)


def test_low_samples_concern_percentiles_only() -> None:
    percentile = replace(
        PLAIN, statistic=None, extended_statistic="p99", evaluate_low_sample_count_percentile="ignore"
    )

    assert LowSampleCount.IGNORE is alarm_of(percentile).evaluate_low_sample_count_percentile
    for other in (replace(percentile, extended_statistic="tm90"), replace(percentile, **SUM)):
        assert "only with a percentile" in str(refusal(other))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (replace(MATH, metrics=(ONE, MetricDataQuery("e", expression="SEARCH('x')"))), "SEARCH"),
        (replace(MATH, metrics=(MetricDataQuery("e", expression="TIME_SERIES(1)"),)), "MetricStat"),
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
