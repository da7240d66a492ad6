"""Rules in a file: metric filters and alarms in TOML, by the parameter names of AWS in snake_case.

They are those of PutMetricFilter (CloudWatch Logs API reference), and of PutMetricAlarm and PutCompositeAlarm
(CloudWatch's).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from trailbell._errors import RequestRefusedError
from trailbell.alarms import Alarm, CompositeAlarm
from trailbell.filters import MetricFilter, MetricTransformation, check_filter
from trailbell.metrics import STANDARD_UNITS, MetricKey
from trailbell.patterns import PatternError, parse_pattern
from trailbell.replay._alarm_tables import alarm_in, composite_in
from trailbell.replay._composition import Composition
from trailbell.replay._errors import RulesError
from trailbell.replay._toml_tables import converted, read_document, tables_of

__all__ = ["LOG_GROUP", "Rules", "checked_rules", "read_rules"]

LOG_GROUP = "CloudTrail/logs"
"""The log group of filters that name none, as trails are delivered to it."""

_MOST_RULES = 1000
_KINDS = ("filter", "alarm", "composite_alarm")


class Rules(msgspec.Struct, frozen=True):
    """The filters and alarms to replay, in their order."""

    filters: tuple[MetricFilter, ...]
    alarms: tuple[Alarm, ...]
    composites: tuple[CompositeAlarm, ...] = ()


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


def read_rules(text: str) -> Rules:
    """Reads the ``[[filter]]``, ``[[alarm]]`` and ``[[composite_alarm]]`` tables of a file.

    Raises:
        RulesError: The text is no TOML, a key is unknown or missing, AWS would refuse a filter or an alarm,
            names are not distinct, an alarm watches a metric that no filter feeds, or composite alarms
            mention what is not there or one another in a circle.
    """
    document = read_document(text)
    unknown = sorted(set(document) - set(_KINDS))
    if unknown:
        raise RulesError(
            unknown[0], "an unknown key; there are [[filter]], [[alarm]] and [[composite_alarm]]"
        )
    filters = [_filter(each, place) for each, place in tables_of(document, "filter", "filter_name")]
    alarms = [alarm_in(each, place) for each, place in tables_of(document, "alarm", "alarm_name")]
    composites = [
        composite_in(each, place) for each, place in tables_of(document, "composite_alarm", "alarm_name")
    ]
    return checked_rules(filters, alarms, composites)


def checked_rules(
    filters: Iterable[MetricFilter], alarms: Iterable[Alarm], composites: Iterable[CompositeAlarm] = ()
) -> Rules:
    """Returns the rules if they fit together.

    Raises:
        RulesError: There is no filter, there are too many, names are not distinct, an alarm watches a metric
            that no filter feeds, or composite alarms mention what is not there or one another in a circle.
    """
    rules = Rules(tuple(filters), tuple(alarms), tuple(composites))
    if not rules.filters:
        raise RulesError("filter", "there is none, so nothing can match")
    names = [each.name for each in rules.filters]
    alarm_names = [each.name for each in rules.alarms]
    composite_names = [each.name for each in rules.composites]
    _check_number("filter", names)
    _check_number("alarm", alarm_names)
    _check_number("composite alarm", composite_names)
    _check_distinct("filter", names)
    _check_distinct("alarm", [*alarm_names, *composite_names])
    fed = {_name(each.transformation.metric) for each in rules.filters}
    for alarm in rules.alarms:
        for metric in alarm.watched:
            if _name(metric) not in fed:
                raise RulesError(
                    f"alarm {alarm.name!r}", f"no filter feeds the metric {metric.namespace} {metric.name}"
                )
    Composition(rules.alarms, rules.composites)
    return rules


def _check_number(kind: str, names: Sequence[str]) -> None:
    if len(names) > _MOST_RULES:
        raise RulesError(kind, f"there are {len(names):,}, and at most {_MOST_RULES:,} are replayed")


def _check_distinct(kind: str, names: Sequence[str]) -> None:
    twice = next((name for name, number in Counter(names).items() if number > 1), None)
    if twice is not None:
        raise RulesError(f"{kind} {twice!r}", "there are two of this name")


def _name(metric: MetricKey) -> tuple[str, str]:
    return metric.namespace, metric.name


def _filter(table: dict[str, Any], place: str) -> MetricFilter:
    given = converted(table, _Filter, place)
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
