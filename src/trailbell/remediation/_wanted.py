"""The filter and the alarm that a control asks for in an account, as parameters of the calls that put them.

What a control provisions is said once, by ``controls.provision``; here it gets the names that are free and
the text of the profile.
"""

from collections.abc import Mapping
from typing import Any

from trailbell.account import Arn, Profile, read_arn
from trailbell.controls import METRIC_NAMESPACE, Control, accepted_texts, provision
from trailbell.metrics import MetricKey
from trailbell.remediation._plan import Change, ChangeKind

__all__ = ["alarm_change", "filter_change", "metric_of", "wanted_alarm", "wanted_filter"]


def metric_of(control: Control, ending: str = "") -> MetricKey:
    """Returns the metric that a control's filter publishes."""
    return MetricKey(METRIC_NAMESPACE, f"{control.metric_name}{ending}")


def wanted_filter(
    control: Control, profile: Profile, group: Arn, name: str, metric: MetricKey, pattern: str = ""
) -> dict[str, Any]:
    """Returns the parameters of PutMetricFilter for a control; ``pattern`` stands in for the profile's."""
    made = provision(control, group.log_group_name).metric_filter
    text = pattern or next(iter(accepted_texts(control, profile.name)), made.pattern)
    return {
        "logGroupName": made.log_group,
        "filterName": name,
        "filterPattern": text,
        "metricTransformations": [
            {
                "metricName": metric.name,
                "metricNamespace": metric.namespace,
                "metricValue": made.transformation.value,
            }
        ],
    }


def wanted_alarm(control: Control, name: str, metric: MetricKey, topics: tuple[str, ...]) -> dict[str, Any]:
    """Returns the parameters of PutMetricAlarm for a control: any event on the metric, told to topics."""
    made = provision(control, "").alarm
    return {
        "AlarmName": name,
        "AlarmDescription": made.description,
        "ActionsEnabled": True,
        "AlarmActions": list(topics),
        "MetricName": metric.name,
        "Namespace": metric.namespace,
        "Statistic": str(made.statistic),
        "Period": made.period_seconds,
        "EvaluationPeriods": made.evaluation_periods,
        "Threshold": made.threshold,
        "ComparisonOperator": str(made.comparison_operator),
        "TreatMissingData": str(made.treat_missing_data),
    }


def filter_change(
    control: Control, group_arn: str, after: Mapping[str, Any], before: Mapping[str, Any] | None, why: str
) -> Change:
    """Returns the change that puts a control's filter on a log group."""
    place = read_arn(group_arn)
    return Change(
        kind=ChangeKind.METRIC_FILTER,
        region="" if place is None else place.region,
        name=group_arn,
        before=before,
        after=after,
        controls=(control.key,),
        why=why,
    )


def alarm_change(
    control: Control, group: Arn, after: Mapping[str, Any], before: Mapping[str, Any] | None, why: str
) -> Change:
    """Returns the change that puts a control's alarm beside a log group."""
    return Change(
        kind=ChangeKind.ALARM,
        region=group.region,
        name=f"arn:{group.partition}:cloudwatch:{group.region}:{group.account}:alarm:{after['AlarmName']}",
        before=before,
        after=after,
        controls=(control.key,),
        why=why,
    )
