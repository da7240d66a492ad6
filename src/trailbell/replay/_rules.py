"""Rules in a file: metric filters and alarms in TOML, by the parameter names of AWS in snake_case.

They are those of PutMetricFilter (CloudWatch Logs API reference) and PutMetricAlarm (CloudWatch's).
"""

import tomllib
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from trailbell._errors import RequestRefusedError
from trailbell.alarms import Alarm, AlarmDefinitionError, AlarmParameters, alarm_of
from trailbell.filters import MetricFilter, MetricTransformation, check_filter
from trailbell.metrics import STANDARD_UNITS, MetricKey, Statistic
from trailbell.patterns import PatternError, parse_pattern
from trailbell.replay._errors import RulesError

__all__ = ["LOG_GROUP", "Rules", "checked_rules", "read_rules"]

LOG_GROUP = "CloudTrail/logs"
"""The log group of filters that name none, as trails are delivered to it."""

_T = TypeVar("_T", bound=msgspec.Struct)

_LONGEST_FILE = 4 * 1024 * 1024
_MOST_RULES = 1000

_NOT_REPLAYED = {
    "metrics": "metric math is not replayed: give namespace, metric_name and statistic",
    "alarm_rule": "composite alarms are not replayed: give the alarms they stand on",
    "threshold_metric_id": "there is no anomaly detection: give a threshold",
    "evaluation_criteria": "alarms on queries are not replayed: give namespace, metric_name and statistic",
    "emit_system_field_dimensions": "dimensions of system fields are not replayed: leave them out",
    "apply_on_transformed_logs": "log events are not transformed: leave it out",
    "field_selection_criteria": "system fields are not replayed: leave it out",
}


class Rules(msgspec.Struct, frozen=True):
    """The filters and alarms to replay, in their order."""

    filters: tuple[MetricFilter, ...]
    alarms: tuple[Alarm, ...]


class _Transformation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    metric_name: str
    metric_namespace: str
    metric_value: str | float = "1"
    default_value: float | None = None
    unit: str | None = None
    dimensions: dict[str, str] = {}


class _Filter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    filter_name: str
    filter_pattern: str
    metric_transformations: list[_Transformation]
    log_group_name: str = LOG_GROUP


class _Dimension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: str


class _Alarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    alarm_name: str
    metric_name: str
    namespace: str
    period: int
    evaluation_periods: int
    threshold: float
    comparison_operator: str
    statistic: Statistic | None = None
    extended_statistic: str | None = None
    dimensions: list[_Dimension] | dict[str, str] = []
    unit: str | None = None
    datapoints_to_alarm: int | None = None
    treat_missing_data: str | None = None
    evaluate_low_sample_count_percentile: str | None = None
    alarm_description: str | None = None
    actions_enabled: bool = True
    alarm_actions: list[str] = []
    ok_actions: list[str] = []
    insufficient_data_actions: list[str] = []


def read_rules(text: str) -> Rules:
    """Reads the ``[[filter]]`` and ``[[alarm]]`` tables of a file.

    Raises:
        RulesError: The text is no TOML, a key is unknown or missing, AWS would refuse a filter or an alarm,
            names are not distinct, or an alarm watches a metric that no filter feeds.
    """
    if len(text) > _LONGEST_FILE:
        raise RulesError("the file", f"more than {_LONGEST_FILE:,} characters")
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesError("the file", f"no TOML: {error}") from error
    unknown = sorted(set(tables) - {"filter", "alarm"})
    if unknown:
        raise RulesError(unknown[0], "an unknown key; there are [[filter]] and [[alarm]]")
    filters = [_filter(each, place) for each, place in _tables(tables, "filter")]
    alarms = [_alarm(each, place) for each, place in _tables(tables, "alarm")]
    return checked_rules(filters, alarms)


def checked_rules(filters: Iterable[MetricFilter], alarms: Iterable[Alarm]) -> Rules:
    """Returns the rules if they fit together.

    Raises:
        RulesError: There is no filter, there are too many, names are not distinct, or an alarm watches a
            metric that no filter feeds.
    """
    rules = Rules(tuple(filters), tuple(alarms))
    if not rules.filters:
        raise RulesError("filter", "there is none, so nothing can match")
    for kind, names in (
        ("filter", [each.name for each in rules.filters]),
        ("alarm", [each.name for each in rules.alarms]),
    ):
        if len(names) > _MOST_RULES:
            raise RulesError(kind, f"there are {len(names):,}, and at most {_MOST_RULES:,} are replayed")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise RulesError(f"{kind} {twice!r}", "there are two of this name")
    fed = {_name(each.transformation.metric) for each in rules.filters}
    for alarm in rules.alarms:
        if _name(alarm.metric) not in fed:
            raise RulesError(
                f"alarm {alarm.name!r}",
                f"no filter feeds the metric {alarm.metric.namespace} {alarm.metric.name}",
            )
    return rules


def _name(metric: MetricKey) -> tuple[str, str]:
    return metric.namespace, metric.name


def _tables(tables: dict[str, Any], kind: str) -> list[tuple[dict[str, Any], str]]:
    """Lists the tables of a kind, each with what to call it in an error."""
    found = tables.get(kind, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RulesError(kind, f"no list of tables: write [[{kind}]]")
    named = []
    for number, each in enumerate(found, 1):
        name = each.get(f"{kind}_name")
        place = f"{kind} {name!r}" if isinstance(name, str) and name else f"{kind} {number}"
        named.append((each, place))
    return named


def _converted(table: dict[str, Any], kind: type[_T], place: str) -> _T:
    for key, reason in _NOT_REPLAYED.items():
        if key in table:
            raise RulesError(f"{place}, {key}", reason)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        inner = path.strip("`").removeprefix("$").removeprefix(".")
        raise RulesError(f"{place}, {inner}" if inner else place, _lowered(message)) from error


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _filter(table: dict[str, Any], place: str) -> MetricFilter:
    given = _converted(table, _Filter, place)
    if len(given.metric_transformations) != 1:
        raise RulesError(f"{place}, metric_transformations", "a filter has exactly one")
    [transformation] = given.metric_transformations
    if transformation.unit is not None and transformation.unit not in STANDARD_UNITS:
        raise RulesError(f"{place}, unit", f"{transformation.unit!r} is no unit of CloudWatch")
    definition = MetricFilter(
        log_group=given.log_group_name,
        name=given.filter_name,
        pattern=given.filter_pattern,
        transformation=MetricTransformation(
            metric=MetricKey(transformation.metric_namespace, transformation.metric_name),
            value=_value(transformation.metric_value),
            default_value=transformation.default_value,
            unit=transformation.unit,
            dimensions=tuple(transformation.dimensions.items()),
        ),
    )
    if not given.filter_name:
        raise RulesError(place, "its name is empty")
    try:
        check_filter(definition, parse_pattern(given.filter_pattern))
    except PatternError as error:
        raise RulesError(f"{place}, filter_pattern", str(error)) from error
    except RequestRefusedError as error:
        raise RulesError(place, str(error)) from error
    return definition


def _value(value: str | float) -> str:
    """Returns a metric value as AWS takes it: text, also where it was written as a number."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value.is_integer() else repr(value)


def _alarm(table: dict[str, Any], place: str) -> Alarm:
    given = _converted(table, _Alarm, place)
    dimensions = given.dimensions
    pairs = (
        tuple(dimensions.items())
        if isinstance(dimensions, dict)
        else tuple((each.name, each.value) for each in dimensions)
    )
    parameters = AlarmParameters(
        name=given.alarm_name,
        metric_name=given.metric_name,
        namespace=given.namespace,
        dimensions=pairs,
        statistic=given.statistic,
        extended_statistic=given.extended_statistic,
        period_seconds=given.period,
        unit=given.unit,
        evaluation_periods=given.evaluation_periods,
        datapoints_to_alarm=given.datapoints_to_alarm,
        threshold=given.threshold,
        comparison_operator=given.comparison_operator,
        treat_missing_data=given.treat_missing_data,
        evaluate_low_sample_count_percentile=given.evaluate_low_sample_count_percentile,
        description=given.alarm_description,
        actions_enabled=given.actions_enabled,
        alarm_actions=tuple(given.alarm_actions),
        ok_actions=tuple(given.ok_actions),
        insufficient_data_actions=tuple(given.insufficient_data_actions),
    )
    try:
        return alarm_of(parameters)
    except (AlarmDefinitionError, RequestRefusedError) as error:
        raise RulesError(place, str(error)) from error
