"""What an alarm is: the parameters of PutMetricAlarm with one static threshold."""

from enum import StrEnum

import msgspec

from trailbell._errors import TrailbellError
from trailbell.metrics import MetricDataQuery, MetricKey, MetricStat, Statistic

__all__ = [
    "INITIAL_STATE_REASON",
    "Alarm",
    "AlarmDefinitionError",
    "AlarmState",
    "ComparisonOperator",
    "LowSampleCount",
    "TreatMissingData",
]

INITIAL_STATE_REASON = "Unchecked: Initial alarm creation"
"""The reason a new alarm stands in INSUFFICIENT_DATA with (metrics-and-alarms 3.11)."""


class AlarmDefinitionError(TrailbellError):
    """An alarm that cannot be evaluated as defined.

    `field` is the name of the PutMetricAlarm parameter at fault, `message` is AWS's text where it is known.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return self.message


class AlarmState(StrEnum):
    """The states of an alarm; any may follow any."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class ComparisonOperator(StrEnum):
    """How a value is compared with the threshold; the value is the left side."""

    GREATER_THAN_OR_EQUAL_TO_THRESHOLD = "GreaterThanOrEqualToThreshold"
    GREATER_THAN_THRESHOLD = "GreaterThanThreshold"
    LESS_THAN_THRESHOLD = "LessThanThreshold"
    LESS_THAN_OR_EQUAL_TO_THRESHOLD = "LessThanOrEqualToThreshold"


class TreatMissingData(StrEnum):
    """What stands in for periods without data."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


class LowSampleCount(StrEnum):
    """What a percentile of too few samples does: it counts as any other, or leaves the state as it is."""

    EVALUATE = "evaluate"
    IGNORE = "ignore"


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A metric alarm as defined, without its state; names are PutMetricAlarm's.

    `check_alarm` says whether AWS would take it. It watches one of three:

    * a plain `statistic` of `metric`;
    * an `extended_statistic` of it, such as p99;
    * the one of its `metrics` that returns data, by metric math. `metric` is then the first metric among
      them, and `period_seconds` that of all.
    """

    name: str
    metric: MetricKey
    statistic: Statistic | None
    period_seconds: int
    evaluation_periods: int
    threshold: float
    comparison_operator: ComparisonOperator
    datapoints_to_alarm: int | None = None
    treat_missing_data: TreatMissingData | None = None
    unit: str | None = None
    description: str | None = None
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    ok_actions: tuple[str, ...] = ()
    insufficient_data_actions: tuple[str, ...] = ()
    extended_statistic: str | None = None
    evaluate_low_sample_count_percentile: LowSampleCount | None = None
    metrics: tuple[MetricDataQuery, ...] = ()

    def __post_init__(self) -> None:
        watched = (self.statistic is not None, self.extended_statistic is not None, bool(self.metrics))
        if sum(watched) != 1:
            raise AlarmDefinitionError(
                "Statistic", "An alarm watches one of Statistic, ExtendedStatistic and Metrics."
            )

    @property
    def statistic_name(self) -> str:
        """The statistic by AWS's name, plain or extended; empty for metric math."""
        return self.statistic or self.extended_statistic or ""

    @property
    def metric_stats(self) -> tuple[MetricStat, ...]:
        """The statistics of metrics whose values the alarm looks at."""
        if self.metrics:
            return tuple(each.metric_stat for each in self.metrics if each.metric_stat is not None)
        metric = self.metric
        return (
            MetricStat(
                metric.namespace,
                metric.name,
                metric.dimensions,
                self.period_seconds,
                self.statistic_name,
                self.unit,
            ),
        )

    @property
    def watched(self) -> tuple[MetricKey, ...]:
        """The metrics whose data the alarm looks at, each once."""
        if not self.metrics:
            return (self.metric,)
        return tuple(dict.fromkeys(each.metric for each in self.metric_stats))

    @property
    def breaches_to_alarm(self) -> int:
        """M of the M out of N rule: DatapointsToAlarm, or EvaluationPeriods where it is not set."""
        return self.evaluation_periods if self.datapoints_to_alarm is None else self.datapoints_to_alarm

    @property
    def missing_data_treatment(self) -> TreatMissingData:
        """TreatMissingData, or AWS's default: `missing`, and `ignore` in the namespace AWS/DynamoDB.

        That is what AWS was seen to do; its reference says otherwise (metrics-and-alarms 3.7).
        """
        if self.treat_missing_data is not None:
            return self.treat_missing_data
        return (
            TreatMissingData.IGNORE if self.metric.namespace == "AWS/DynamoDB" else TreatMissingData.MISSING
        )

    def actions_for(self, state: AlarmState) -> tuple[str, ...]:
        """Returns the ARNs a change to `state` invokes: none while actions are disabled."""
        if not self.actions_enabled:
            return ()
        if state == AlarmState.ALARM:
            return self.alarm_actions
        return self.ok_actions if state == AlarmState.OK else self.insufficient_data_actions
