"""An invented alarm and state change for tests about what alarms say."""

from trailbell.alarms import (
    Alarm,
    AlarmState,
    ComparisonOperator,
    StateChange,
    TreatMissingData,
)
from trailbell.metrics import MetricKey, Statistic

__all__ = ["CHANGE", "TOPIC", "UNAUTHORIZED_CALLS"]

TOPIC = "arn:aws:sns:us-east-1:111122223333:security"

UNAUTHORIZED_CALLS = Alarm(
    name="UnauthorizedApiCalls",
    metric=MetricKey("CISBenchmark", "UnauthorizedApiCalls", (("Trail", "main"),)),
    statistic=Statistic.SUM,
    period_seconds=300,
    evaluation_periods=1,
    threshold=1.0,
    comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treat_missing_data=TreatMissingData.NOT_BREACHING,
    description="Someone was refused",
    alarm_actions=(TOPIC,),
)

CHANGE = StateChange(
    alarm=UNAUTHORIZED_CALLS,
    old_state=AlarmState.OK,
    new_state=AlarmState.ALARM,
    reason="Threshold Crossed: 1 datapoint [3.0 (14/09/26 05:38:00)] was greater than or equal to the "
    "threshold (1.0).",
    reason_data='{"version":"1.0"}',
    at_ms=1_789_364_587_551,
    account_id="111122223333",
    region="us-east-1",
    configuration_updated_ms=1_789_280_000_000,
)
