"""What an alarm is: the parameters of PutMetricAlarm for one metric and one static threshold."""

from enum import StrEnum

import msgspec

from trailbell._errors import TrailbellError
from trailbell.metrics import MetricKey, Statistic

__all__ = [
    "INITIAL_STATE_REASON",
    "Alarm",
    "AlarmDefinitionError",
    "AlarmState",
    "ComparisonOperator",
    "TreatMissingData",
]

INITIAL_STATE_REASON = "Unchecked: Initial alarm creation"
"""The reason a new alarm stands in INSUFFICIENT_DATA with (metrics-and-alarms 3.11)."""

_STATISTICS = frozenset[str](Statistic)


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


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A metric alarm as defined, without its state; names are PutMetricAlarm's.

    `check_alarm` says whether AWS would take it.
    A statistic other than the five plain ones raises AlarmDefinitionError at once: nothing could evaluate it.
    """

    name: str
    metric: MetricKey
    statistic: Statistic
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

    def __post_init__(self) -> None:
        if self.statistic not in _STATISTICS:
            raise AlarmDefinitionError(
                "ExtendedStatistic",
                f"The statistic {self.statistic} is not supported yet: this version cannot evaluate "
                f"percentile and trimmed statistics. Use one of {', '.join(Statistic)}.",
            )

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
