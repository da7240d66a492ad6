"""Rules in a TOML file on more than one metric: metric math and composite alarms, and what is refused."""

import pytest

from trailbell.alarms import CompositeAlarm
from trailbell.metrics import MetricDataQuery, MetricStat
from trailbell.replay import RulesError, read_rules

FILTER = """\
[[filter]]
filter_name = "denials"
filter_pattern = '{ $.errorCode = "AccessDenied*" }'
metric_transformations = [{ metric_namespace = "App", metric_name = "Denials" }]
"""
REST = """\
evaluation_periods = 1
threshold = 2
comparison_operator = "GreaterThanThreshold"
"""
ALARM = f"""\
[[alarm]]
alarm_name = "denied"
namespace = "App"
metric_name = "Denials"
statistic = "Sum"
period = 60
{REST}"""
STAT = '{ period = 60, stat = "Sum", metric = { namespace = "App", metric_name = "Denials" } }'
MATH = f"""\
[[alarm]]
alarm_name = "math"
metrics = [
    {{ id = "e", expression = "a * 2", label = "twice" }},
    {{ id = "a", metric_stat = {STAT}, return_data = false }},
]
{REST}"""
COMPOSITE = """\
[[composite_alarm]]
alarm_name = "both"
alarm_rule = "ALARM(denied) AND ALARM(math)"
"""
SUPPRESSOR = """\
actions_suppressor = "denied"
actions_suppressor_wait_period = 60
actions_suppressor_extension_period = 0
"""
WHOLE = FILTER + ALARM + MATH + COMPOSITE
ELSEWHERE = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:"


def test_metric_math_is_read_by_awss_names() -> None:
    [alarm] = read_rules(FILTER + MATH).alarms

    assert 60 == alarm.period_seconds
    assert (
        MetricDataQuery("e", None, "a * 2", "twice"),
        MetricDataQuery("a", MetricStat("App", "Denials", (), 60, "Sum"), is_returned=False),
    ) == alarm.metrics


def test_dimensions_of_a_metric_are_a_list_or_a_table() -> None:
    listed = 'metric_name = "Denials", dimensions = [{ name = "Region", value = "eu-west-1" }]'
    table = 'metric_name = "Denials", dimensions = { Region = "eu-west-1" }'
    found = [
        read_rules(FILTER + MATH.replace('metric_name = "Denials"', each)).alarms[0].metric
        for each in (listed, table)
    ]

    assert [(("Region", "eu-west-1"),)] * 2 == [each.dimensions for each in found]


def test_a_composite_alarm_is_read_by_awss_names() -> None:
    more = 'actions_enabled = false\nalarm_actions = ["arn:aws:sns:eu-west-1:111122223333:pages"]\n'
    [composite] = read_rules(WHOLE + SUPPRESSOR + more).composites

    assert (
        CompositeAlarm(
            name="both",
            rule="ALARM(denied) AND ALARM(math)",
            actions_enabled=False,
            alarm_actions=("arn:aws:sns:eu-west-1:111122223333:pages",),
            suppressor="denied",
            suppressor_wait_seconds=60,
            suppressor_extension_seconds=0,
        )
        == composite
    )


def test_composite_alarms_may_stand_in_any_order_and_name_alarms_by_arn() -> None:
    above = COMPOSITE.replace('"both"', '"above"').replace("ALARM(denied) AND ALARM(math)", "OK(both)")
    by_arn = COMPOSITE.replace("ALARM(denied)", f"ALARM({ELSEWHERE}denied)")
    rules = read_rules(FILTER + above + by_arn + ALARM + MATH)

    assert ["above", "both"] == [each.name for each in rules.composites]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            MATH.replace("metrics = [", "period = 60\nmetrics = ["),
            "alarm 'math': Period should not be set if",
        ),
        (MATH.replace("a * 2", "a * b"), r"alarm 'math': .*\bb\b"),
        (MATH.replace("a * 2", "SEARCH('x', 'Sum', 60)"), "alarm 'math': .*SEARCH"),
        (MATH.replace("a * 2", "AVG(a)"), "The element e of the metrics list must give one time series"),
        (MATH.replace(", return_data = false", ""), "Exactly one element of the metrics list should return"),
        (MATH.replace("period = 60", "period = 45"), "alarm 'math': The period 45 is not valid"),
        (MATH.replace('"Denials"', '"Others"'), "alarm 'math': no filter feeds the metric App Others"),
        (
            MATH.replace('stat = "Sum"', 'unit = "Feet", stat = "Sum"'),
            r"at 'metrics.2.member.metricStat.unit'",
        ),
        (
            MATH.replace("a * 2", "a" + " + a" * 600),
            "'math': .* The expression has 2401 characters, more than",
        ),
        (MATH.replace('label = "twice"', 'colour = "red"'), r"'math', metrics\[0\]: object contains unknown"),
        (
            MATH.replace('label = "twice"', 'account_id = "1"'),
            r"'math', metrics\[0\], account_id: files have no",
        ),
        (MATH.replace('stat = "Sum"', "stat = 1"), r"'math', metrics\[1\], metric_stat.stat: expected `str`"),
        (
            ALARM + COMPOSITE,
            r"composite alarm 'both': Could not save .* \[arn:.*:alarm:math\] in the alarm rule",
        ),
        (
            ALARM + MATH + COMPOSITE + SUPPRESSOR.replace("denied", "gone"),
            "composite alarm 'both': The suppressor alarm gone does not exist",
        ),
        (
            ALARM + MATH + COMPOSITE + 'actions_suppressor = "denied"\n',
            "composite alarm 'both': ActionsSuppressorWaitPeriod must not be null",
        ),
        (
            ALARM + MATH + COMPOSITE.replace("AND", "UND"),
            r"composite alarm 'both': Error in AlarmRule \[.*UND",
        ),
        (
            ALARM + MATH + COMPOSITE.replace('alarm_rule = "ALARM(denied)', 'rule = "'),
            "composite alarm 'both': object",
        ),
        (ALARM + MATH + COMPOSITE.replace('"both"', '"math"'), "alarm 'math': there are two of this name"),
        (
            ALARM + MATH + COMPOSITE.replace("ALARM(math)", "ALARM(both)"),
            "composite alarm 'both': A composite alarm cannot have a child relation with itself",
        ),
        (
            ALARM + COMPOSITE.replace("math", "c") + COMPOSITE.replace("both", "c").replace("math", "both"),
            "composite alarm '(both|c)': it depends on itself: (both -> c -> both|c -> both -> c)$",
        ),
        (
            ALARM
            + COMPOSITE.replace("math", "denied")
            + SUPPRESSOR.replace("denied", "c")
            + COMPOSITE.replace('"both"', '"c"').replace("math", "both"),
            "composite alarm '(both|c)': it depends on itself: ",
        ),
        (
            ALARM
            + MATH
            + COMPOSITE.replace("denied", f"{ELSEWHERE}denied").replace("math", f"{ELSEWHERE}math")
            + COMPOSITE.replace("both", "c").replace("denied", "arn:aws:cloudwatch:us-east-1:1:alarm:x"),
            "composite alarm 'c': Error in AlarmRule .Wrong ARN region, it was us-east-1 but eu-west-1",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_in_awss_words(text: str, words: str) -> None:
    with pytest.raises(RulesError, match=words):
        read_rules(FILTER + text)
