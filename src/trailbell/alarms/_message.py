"""What an alarm publishes to its topics: AWS's subject and JSON, plus one last member of ours.

Members and their order are those of metrics-and-alarms section 10.1.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from trailbell.alarms._alarm import Alarm
from trailbell.alarms._change import StateChange
from trailbell.alarms._composite_change import CompositeChange
from trailbell.alarms._instant import iso_text
from trailbell.alarms._region import alarm_arn, region_name
from trailbell.alarms._trailbell_member import trailbell_member
from trailbell.metrics import MetricDataQuery, MetricKey, Statistic, java_double

__all__ = ["message_body", "message_subject"]

_LONGEST_SUBJECT = 100
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_CAPITALS = {
    Statistic.SAMPLE_COUNT: "SAMPLE_COUNT",
    Statistic.AVERAGE: "AVERAGE",
    Statistic.SUM: "SUM",
    Statistic.MINIMUM: "MINIMUM",
    Statistic.MAXIMUM: "MAXIMUM",
}


def message_subject(change: StateChange | CompositeChange) -> str:
    """Returns `ALARM: "name" in US East (N. Virginia)`, at most 100 ASCII characters.

    Runs of other characters become one `_`; a name that is too long ends with `...`.
    """
    name = _NOT_ASCII.sub("_", change.alarm.name)
    before, after = f'{change.new_state}: "', f'" in {region_name(change.region)}'
    room = _LONGEST_SUBJECT - len(before) - len(after)
    if len(name) > room:
        name = name[: max(room - 3, 0)] + "..."
    return (before + name + after)[:_LONGEST_SUBJECT]


def message_body(change: StateChange, evidence: Mapping[str, Any] | None, url: str) -> str:
    """Returns the JSON text of the notification.

    `evidence` is ready for JSON and goes into the last member, `Trailbell`, which takes at most 16 KiB.
    `url` is the page of the alarm.
    """
    alarm = change.alarm
    return msgspec.json.encode(
        {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": change.account_id,
            "AlarmConfigurationUpdatedTimestamp": iso_text(change.configuration_updated_ms),
            "NewStateValue": change.new_state,
            "NewStateReason": change.reason,
            "StateChangeTime": iso_text(change.at_ms),
            "Region": region_name(change.region),
            "AlarmArn": alarm_arn(change.region, change.account_id, alarm.name),
            "OldStateValue": change.old_state,
            "ActionExecutedAfterMuteWindow": False,
            "OKActions": alarm.ok_actions,
            "AlarmActions": alarm.alarm_actions,
            "InsufficientDataActions": alarm.insufficient_data_actions,
            "Trigger": _trigger(alarm),
            "Trailbell": trailbell_member(evidence, url),
        }
    ).decode()


def _trigger(alarm: Alarm) -> dict[str, object]:
    set_only = {} if alarm.datapoints_to_alarm is None else {"DatapointsToAlarm": alarm.datapoints_to_alarm}
    watched: dict[str, object] = {} if alarm.metrics else _watched(alarm)
    metrics = {"Metrics": [_query(each, alarm) for each in alarm.metrics]} if alarm.metrics else {}
    return {
        **watched,
        "Period": alarm.period_seconds,
        "EvaluationPeriods": alarm.evaluation_periods,
        **set_only,
        "ComparisonOperator": alarm.comparison_operator,
        # Java writes doubles with their point, 1.0E10 included, which is valid JSON.
        "Threshold": msgspec.Raw(java_double(alarm.threshold).encode()),
        "TreatMissingData": alarm.treat_missing_data or "",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
        **metrics,
    }


def _watched(alarm: Alarm) -> dict[str, object]:
    # How percentiles are keyed is not recorded: by analogy (uncertain point U7).
    statistic = (
        {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": alarm.extended_statistic}
        if alarm.statistic is None
        else {"StatisticType": "Statistic", "Statistic": _CAPITALS[alarm.statistic]}
    )
    return {
        "MetricName": alarm.metric.name,
        "Namespace": alarm.metric.namespace,
        **statistic,
        "Unit": alarm.unit,
        "Dimensions": _dimensions(alarm.metric),
    }


def _query(query: MetricDataQuery, alarm: Alarm) -> dict[str, object]:
    stat = query.metric_stat
    label = {} if query.label is None else {"Label": query.label}
    if stat is None:
        period = query.period_seconds or alarm.period_seconds
        return {
            "Expression": query.expression,
            "Id": query.id,
            **label,
            "ReturnData": query.is_returned,
            "Period": period,
        }
    account = {} if query.account_id is None else {"AccountId": query.account_id}
    metric = {
        "Dimensions": _dimensions(stat.metric),
        "MetricName": stat.name,
        "Namespace": stat.namespace,
    }
    read = {"Metric": metric, "Period": stat.period_seconds, "Stat": stat.stat, "Unit": stat.unit}
    return {"Id": query.id, **label, "MetricStat": read, "ReturnData": query.is_returned, **account}


def _dimensions(metric: MetricKey) -> list[dict[str, str]]:
    return [{"value": value, "name": name} for name, value in metric.dimensions]
