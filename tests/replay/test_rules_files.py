"""Rules in a TOML file: AWS's parameters in snake_case, and what is refused with its place."""

import pytest

from trailbell.alarms import ComparisonOperator, TreatMissingData
from trailbell.controls import UnknownControlError, watched_controls
from trailbell.metrics import MetricKey, Statistic
from trailbell.patterns import PatternError
from trailbell.replay import PatternAlarm, RulesError, control_rules, pattern_rules, read_rules

FILTER = """\
[[filter]]
filter_name = "denials"
filter_pattern = '{ $.errorCode = "AccessDenied*" }'
metric_transformations = [{ metric_namespace = "App", metric_name = "Denials", metric_value = "1" }]
"""
ALARM = """\
[[alarm]]
alarm_name = "denied"
namespace = "App"
metric_name = "Denials"
statistic = "Sum"
period = 60
evaluation_periods = 3
threshold = 2
comparison_operator = "GreaterThanThreshold"
"""


def test_filters_and_alarms_are_read_by_awss_names() -> None:
    rules = read_rules(FILTER + ALARM + 'datapoints_to_alarm = 2\ntreat_missing_data = "ignore"\n')
    [counting], [alarm] = rules.filters, rules.alarms

    assert ("denials", '{ $.errorCode = "AccessDenied*" }') == (counting.name, counting.pattern)
    assert (MetricKey("App", "Denials"), "1", None) == (
        counting.transformation.metric,
        counting.transformation.value,
        counting.transformation.default_value,
    )
    assert (60, 3, 2, 2.0, Statistic.SUM) == (
        alarm.period_seconds,
        alarm.evaluation_periods,
        alarm.datapoints_to_alarm,
        alarm.threshold,
        alarm.statistic,
    )
    assert ComparisonOperator.GREATER_THAN_THRESHOLD is alarm.comparison_operator
    assert TreatMissingData.IGNORE is alarm.treat_missing_data


def test_dimensions_are_written_as_aws_writes_them_or_as_a_table() -> None:
    fields = FILTER.replace('metric_value = "1"', 'dimensions = { Region = "$.awsRegion" }')
    listed = ALARM + 'dimensions = [{ name = "Region", value = "eu-west-1" }]\n'
    table = ALARM.replace('"denied"', '"tabled"') + 'dimensions = { Region = "eu-west-1" }\n'
    rules = read_rules(fields + listed + table)

    assert (("Region", "$.awsRegion"),) == rules.filters[0].transformation.dimensions
    assert [(("Region", "eu-west-1"),)] * 2 == [each.metric.dimensions for each in rules.alarms]


@pytest.mark.parametrize(("written", "value"), [("2", "2"), ("0.5", "0.5"), ('"$.size"', "$.size")])
def test_a_metric_value_may_be_written_as_a_number(written: str, value: str) -> None:
    [counting] = read_rules(FILTER.replace('metric_value = "1"', f"metric_value = {written}")).filters

    assert value == counting.transformation.value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "filter: there is none"),
        (ALARM, "filter: there is none"),
        ("[[filter]", "the file: no TOML"),
        ("[[rule]]\nname = 1\n", "rule: an unknown key"),
        ("filter = 3\n", r"filter: no list of tables: write \[\[filter\]\]"),
        (FILTER + "colour = 1\n", "filter 'denials': object contains unknown field `colour`"),
        (FILTER.replace('metric_value = "1"', "x = 1"), r"filter 'denials', metric_transformations\[0\]: "),
        (FILTER.replace("filter_pattern", "pattern"), "filter 'denials': "),
        (FILTER.replace("$.errorCode = ", "$.errorCode == "), "filter 'denials', filter_pattern: "),
        (FILTER.replace('metric_value = "1"', 'metric_value = "one"'), "metric value one must be a valid"),
        (FILTER.replace('metric_value = "1"', 'unit = "Feet"'), "filter 'denials', unit: 'Feet' is no unit"),
        (FILTER + FILTER, "filter 'denials': there are two of this name"),
        (FILTER + ALARM + ALARM, "alarm 'denied': there are two of this name"),
        (FILTER + ALARM.replace("Denials", "Others"), "no filter feeds the metric App Others"),
        (
            FILTER + ALARM.replace("period = 60\n", ""),
            "alarm 'denied': Period must not be null",
        ),
        (FILTER + ALARM.replace("period = 60", "period = 45"), "alarm 'denied': The period 45 is not valid"),
        (FILTER + ALARM.replace("period = 60", 'period = "60"'), "alarm 'denied', period: expected `int "),
        (FILTER + ALARM + "datapoints_to_alarm = 4\n", "DatapointsToAlarm must be less than or equal"),
        (FILTER + ALARM + "metrics = 3\n", "alarm 'denied', metrics: expected `array`"),
        (FILTER + ALARM + 'alarm_rule = "x"\n', r"alarm_rule: an alarm on other alarms is a \[\[composite_a"),
        (
            FILTER + 'emit_system_field_dimensions = ["@aws.account"]\n',
            "filter 'denials', emit_system_field_dimensions: ",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(RulesError, match=words):
        read_rules(text)


def test_without_a_key_the_rules_are_those_of_all_controls() -> None:
    rules = control_rules()

    assert [each.pattern for each in watched_controls()] == [each.pattern for each in rules.filters]
    assert len(rules.filters) == len(rules.alarms)


def test_controls_are_chosen_by_key_in_the_order_given() -> None:
    rules = control_rules(["root-usage", "unauthorized_api_calls", "root_usage"])

    assert ["root-usage", "unauthorized-api-calls"] == [each.name for each in rules.filters]
    with pytest.raises(UnknownControlError):
        control_rules(["weather"])
    with pytest.raises(RulesError, match="it is no metric filter"):
        control_rules(["security_hub_enabled"])


def test_one_pattern_has_an_alarm_of_the_values_given() -> None:
    rules = pattern_rules("{ $.errorCode = * }", PatternAlarm(threshold=5, period_seconds=60))
    [alarm] = rules.alarms

    assert (5.0, 60, 1) == (alarm.threshold, alarm.period_seconds, alarm.evaluation_periods)
    assert rules.filters[0].transformation.metric == alarm.metric


def test_a_pattern_that_is_not_valid_is_refused_as_such() -> None:
    with pytest.raises(PatternError):
        pattern_rules("{ $.errorCode")
    with pytest.raises(RulesError, match="The period 7 is not valid"):
        pattern_rules("{ $.errorCode = * }", PatternAlarm(period_seconds=7))
