"""Rules that need no file: the controls of the CIS benchmark, or one pattern with a threshold."""

from collections.abc import Sequence

import msgspec

from trailbell._errors import RequestRefusedError
from trailbell.alarms import (
    AlarmDefinitionError,
    AlarmParameters,
    ComparisonOperator,
    TreatMissingData,
    alarm_of,
)
from trailbell.controls import control_of, provision, watched_controls
from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.metrics import MetricKey, Statistic
from trailbell.patterns import parse_pattern
from trailbell.replay._errors import RulesError
from trailbell.replay._rules import LOG_GROUP, Rules, checked_rules

__all__ = ["PatternAlarm", "control_rules", "pattern_rules"]

_PATTERN_METRIC = MetricKey("Replay", "matches")


class PatternAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """When the alarm on a single pattern rings; the values are those of the benchmark unless given."""

    threshold: float = 1.0
    period_seconds: int = 300
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None
    treat_missing_data: str = TreatMissingData.NOT_BREACHING


def control_rules(keys: Sequence[str] = ()) -> Rules:
    """Returns the rules of controls by their keys; without any, those of all that are metric filters.

    Raises:
        UnknownControlError: A key is not in the catalogue.
        RulesError: A control is no metric filter.
    """
    controls = [control_of(key) for key in dict.fromkeys(keys)] if keys else watched_controls()
    for control in controls:
        if control.pattern is None:
            raise RulesError(f"control {control.key}", "it is no metric filter, so it cannot be replayed")
    provisions = [provision(each, LOG_GROUP) for each in dict.fromkeys(controls)]
    return checked_rules([each.metric_filter for each in provisions], [each.alarm for each in provisions])


def pattern_rules(pattern: str, alarm: PatternAlarm | None = None) -> Rules:
    """Returns one filter, named ``pattern``, and one alarm on how often it matches.

    Raises:
        PatternError: The pattern is not valid.
        RulesError: AWS would refuse the alarm.
    """
    parse_pattern(pattern)
    wanted = PatternAlarm() if alarm is None else alarm
    counting = MetricFilter(LOG_GROUP, "pattern", pattern, MetricTransformation(_PATTERN_METRIC))
    parameters = AlarmParameters(
        name="pattern",
        metric_name=_PATTERN_METRIC.name,
        namespace=_PATTERN_METRIC.namespace,
        statistic=Statistic.SUM,
        period_seconds=wanted.period_seconds,
        evaluation_periods=wanted.evaluation_periods,
        datapoints_to_alarm=wanted.datapoints_to_alarm,
        threshold=wanted.threshold,
        comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=wanted.treat_missing_data,
    )
    try:
        return checked_rules([counting], [alarm_of(parameters)])
    except (AlarmDefinitionError, RequestRefusedError) as error:
        raise RulesError("the alarm on the pattern", str(error)) from error
