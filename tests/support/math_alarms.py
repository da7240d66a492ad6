"""Made-up alarms on expressions, of all the kinds that look at slots in their own way."""

from collections.abc import Sequence
from random import Random
from typing import Any

from trailbell.metrics import MetricDataQuery, MetricKey, MetricStat

__all__ = ["made_metrics"]

_EXPRESSIONS = [
    "a + b",
    "100 * a / b",
    "IF(b > 1, a, 0)",
    "FILL(a, 0) - FILL(b, REPEAT)",
    "FILL(a, LINEAR)",
    "RATE(a) * 60",
    "DIFF(FILL(b, 0))",
    "DIFF_TIME(a)",
    "RUNNING_SUM(a) + b",
    "MAX([a, b])",
    "SUM(REMOVE_EMPTY([a, b]))",
    "FIRST(SORT([a, b], SUM, DESC))",
    "a - AVG(b)",
    "DATAPOINT_COUNT(a) * TIME_SERIES(1)",
    "IF(MINUTE(a) > 50, FILL(a, 1))",
    "TIME_SERIES(2)",
    "a",
]
_STATS = ["Sum", "Sum", "SampleCount", "Average", "Minimum", "Maximum", "p90", "tm90"]


def made_metrics(chance: Random, metrics: Sequence[MetricKey], period_seconds: int) -> dict[str, Any]:
    """The changes that make an alarm one on an expression over two of some metrics."""
    queries = [
        MetricDataQuery(
            id_,
            MetricStat(
                metric.namespace,
                metric.name,
                metric.dimensions,
                period_seconds,
                chance.choice(_STATS),
                chance.choice([None, None, None, "None", "Count"]),
            ),
            is_returned=False,
        )
        for id_, metric in zip("ab", chance.choices(metrics, k=2), strict=True)
    ]
    expression = chance.choice(_EXPRESSIONS)
    if chance.random() < 0.3:
        queries.append(MetricDataQuery("inner", expression=expression, is_returned=False))
        expression = "inner * 2"
    queries.append(MetricDataQuery("e", expression=expression))
    left_out = dict.fromkeys(["metric_name", "namespace", "statistic", "period_seconds"])
    return {**left_out, "metrics": tuple(chance.sample(queries, len(queries)))}
