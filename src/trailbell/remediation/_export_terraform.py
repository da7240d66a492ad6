"""A plan as Terraform code for the AWS provider.

What is there already is taken over by ``import`` blocks, and guarded from being destroyed. Topics that are
there cannot be: the plan does not hold all their settings, and Terraform would reset the others.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from trailbell.remediation._export_parameters import (
    AlarmParameters,
    Dimension,
    MetricDataQuery,
    MetricFilterParameters,
    SubscriptionParameters,
    Tag,
    TopicParameters,
    TopicPolicyParameters,
    parameters,
    refusal,
)
from trailbell.remediation._export_plan import (
    check_account,
    check_changed_once,
    has_to_be_confirmed,
    headline,
    identity_of,
    left_lines,
    regions_of,
    said_of,
    texts_in,
    topic_name,
    unique_names,
    with_whole_alarms,
)
from trailbell.remediation._hcl import (
    Block,
    Body,
    Expression,
    JsonText,
    Value,
    comment,
    document,
    is_composed,
)
from trailbell.remediation._plan import Change, ChangeKind, Plan

__all__ = ["terraform_code"]

_TYPES = {
    ChangeKind.TOPIC: "aws_sns_topic",
    ChangeKind.TOPIC_POLICY: "aws_sns_topic_policy",
    ChangeKind.SUBSCRIPTION: "aws_sns_topic_subscription",
    ChangeKind.METRIC_FILTER: "aws_cloudwatch_log_metric_filter",
    ChangeKind.ALARM: "aws_cloudwatch_metric_alarm",
}
# JSON numbers beyond these might not come back from Terraform as they were.
_LARGEST_NUMBER = 2**53


def terraform_code(plan: Plan) -> str:
    """Writes a plan as Terraform code, for Terraform 1.5 or newer.

    Raises:
        ExportError: Terraform cannot express a change: it only enables the actions of an alarm, is about a
            topic that is there, or has a parameter or a character that Terraform has not.
    """
    check_account(plan)
    regions = regions_of(plan)
    changes = with_whole_alarms(plan)
    check_changed_once(changes)
    code = _Code(changes, regions)
    return document(
        [
            *_opening(plan),
            _SETTINGS,
            *_providers(plan, regions),
            *(each for one in changes for each in code.of(one)),
        ]
    )


_SETTINGS = Block(
    "terraform",
    Body(
        {"required_version": ">= 1.5"},
        (Block("required_providers", Body({"aws": {"source": "hashicorp/aws", "version": ">= 5.0"}})),),
    ),
)


def _opening(plan: Plan) -> Iterator[str]:
    yield comment(headline(plan))
    yield comment(
        "Keep this: it holds what was missing then. A later plan holds only what is missing later, and in "
        "place of this it would have Terraform destroy what this has made."
    )
    left = list(left_lines(plan))
    if left:
        yield comment("Not mended:")
        yield from (comment(f"- {line}") for line in left)
    if not plan.changes:
        yield comment("There is nothing to change.")
    yield ""


def _providers(plan: Plan, regions: tuple[str, ...]) -> Iterator[Block]:
    for region in regions:
        alias = {"alias": _slug(region)} if len(regions) > 1 else {}
        yield Block(
            'provider "aws"', Body({**alias, "region": region, "allowed_account_ids": [plan.account]})
        )


class _Code:
    """The blocks of each change, which know the names of the others."""

    def __init__(self, changes: list[Change], regions: tuple[str, ...]) -> None:
        self._has_aliases = len(regions) > 1
        wanted = {identity_of(each): self._wanted_name(each) for each in changes}
        self._names: dict[tuple[str, ...], str] = {}
        for kind in _TYPES:
            of_kind = {identity: name for identity, name in wanted.items() if identity[0] == kind.value}
            self._names |= unique_names(of_kind, "_")
        self._topics = {
            each.name: f"{self._address(each)}.arn" for each in changes if each.kind is ChangeKind.TOPIC
        }

    def of(self, change: Change) -> Iterator[str | Block]:
        """The comment, the import and the resource of a change."""
        _check_texts(change)
        yield comment(said_of(change))
        if has_to_be_confirmed(change):
            yield comment(
                "Terraform does not wait: nothing is sent before somebody at the endpoint has followed the "
                "link in the first message."
            )
        body = self._body(change)
        imported = self._import_id(change)
        if imported is not None:
            yield comment(
                "It is there already: Terraform takes it over, changes it, and refuses to destroy it."
            )
            yield Block("import", Body({"to": Expression(self._address(change)), "id": imported}))
            body = _guarded(change, body)
        attributes = body.attributes
        if self._has_aliases:
            attributes = {"provider": Expression(f"aws.{_slug(change.region)}"), **attributes}
        yield Block(f'resource "{_TYPES[change.kind]}" "{self._name(change)}"', Body(attributes, body.blocks))

    def _wanted_name(self, change: Change) -> str:
        match change.kind:
            case ChangeKind.METRIC_FILTER:
                name = parameters(change, MetricFilterParameters).filter_name
            case ChangeKind.ALARM:
                name = parameters(change, AlarmParameters).alarm_name
            case ChangeKind.SUBSCRIPTION:
                name = f"{topic_name(change.name)}_{parameters(change, SubscriptionParameters).protocol}"
            case _:
                name = topic_name(change.name)
        return _slug(f"{name}_{change.region}" if self._has_aliases else name)

    def _name(self, change: Change) -> str:
        return self._names[identity_of(change)]

    def _address(self, change: Change) -> str:
        return f"{_TYPES[change.kind]}.{self._name(change)}"

    def _arn(self, arn: str) -> Value:
        return Expression(self._topics[arn]) if arn in self._topics else arn

    def _import_id(self, change: Change) -> str | None:
        # Subscribing again gives back the subscription that is there, so there is none to import.
        if change.before is None or change.kind is ChangeKind.SUBSCRIPTION:
            return None
        match change.kind:
            case ChangeKind.TOPIC:
                raise refusal(
                    change, "it is there, and Terraform would reset its settings that the plan does not hold"
                )
            case ChangeKind.TOPIC_POLICY:
                return None if change.name in self._topics else change.name
            case ChangeKind.METRIC_FILTER:
                given = parameters(change, MetricFilterParameters)
                return f"{given.log_group_name}:{given.filter_name}"
            case _:
                return parameters(change, AlarmParameters).alarm_name

    def _body(self, change: Change) -> Body:
        match change.kind:
            case ChangeKind.TOPIC:
                topic = parameters(change, TopicParameters)
                return Body({"name": topic.name, "tags": _tags(topic.tags)})
            case ChangeKind.TOPIC_POLICY:
                policy = parameters(change, TopicPolicyParameters).policy
                return Body({"arn": self._arn(change.name), "policy": _policy(policy)})
            case ChangeKind.SUBSCRIPTION:
                given = parameters(change, SubscriptionParameters)
                return Body(
                    {
                        "topic_arn": self._arn(change.name),
                        "protocol": given.protocol,
                        "endpoint": given.endpoint,
                    }
                )
            case ChangeKind.METRIC_FILTER:
                return _metric_filter(change, parameters(change, MetricFilterParameters))
            case _:
                return self._alarm(parameters(change, AlarmParameters))

    def _alarm(self, given: AlarmParameters) -> Body:
        def actions(arns: tuple[str, ...]) -> Value | None:
            return [self._arn(each) for each in arns] or None

        low = given.evaluate_low_sample_count_percentile
        attributes: dict[str, Value | None] = {
            "alarm_name": given.alarm_name,
            "alarm_description": given.alarm_description,
            "namespace": given.namespace,
            "metric_name": given.metric_name,
            "dimensions": _dimensions(given.dimensions),
            "statistic": given.statistic,
            "extended_statistic": given.extended_statistic,
            "unit": given.unit,
            "period": given.period,
            "evaluation_periods": given.evaluation_periods,
            "datapoints_to_alarm": given.datapoints_to_alarm,
            "comparison_operator": given.comparison_operator,
            "threshold": given.threshold,
            "threshold_metric_id": given.threshold_metric_id,
            "treat_missing_data": given.treat_missing_data,
            "evaluate_low_sample_count_percentiles": low,
            "actions_enabled": None if given.actions_enabled else False,
            "alarm_actions": actions(given.alarm_actions),
            "ok_actions": actions(given.ok_actions),
            "insufficient_data_actions": actions(given.insufficient_data_actions),
            "tags": _tags(given.tags),
        }
        return Body(attributes, tuple(_metric_query(each) for each in given.metrics))


def _check_texts(change: Change) -> None:
    for text in (change.name, *texts_in(change.after)):
        if not is_composed(text):
            raise refusal(change, f"Terraform composes characters (NFC), and so would change the text {text}")


def _guarded(change: Change, body: Body) -> Body:
    """Keeps what was there before from being destroyed with what Terraform has made."""
    attributes: dict[str, Value | None] = {"prevent_destroy": True}
    if change.kind is ChangeKind.ALARM:
        # PutMetricAlarm leaves the tags of an alarm as they are, and so the plan does not hold them.
        attributes["ignore_changes"] = Expression("[tags, tags_all]")
    return Body(body.attributes, (*body.blocks, Block("lifecycle", Body(attributes))))


def _metric_filter(change: Change, given: MetricFilterParameters) -> Body:
    if len(given.metric_transformations) != 1:
        raise refusal(
            change,
            f"it has {len(given.metric_transformations)} metric transformations, and Terraform takes one",
        )
    if (
        given.apply_on_transformed_logs
        or given.field_selection_criteria
        or given.emit_system_field_dimensions
    ):
        raise refusal(
            change,
            "it works on transformed logs or system fields, which Terraform's AWS provider does not know",
        )
    [made] = given.metric_transformations
    transformation: dict[str, Value | None] = {
        "namespace": made.metric_namespace,
        "name": made.metric_name,
        "value": made.metric_value,
        "default_value": made.default_value,
        "unit": made.unit,
        "dimensions": made.dimensions or None,
    }
    return Body(
        {"log_group_name": given.log_group_name, "name": given.filter_name, "pattern": given.filter_pattern},
        (Block("metric_transformation", Body(transformation)),),
    )


def _metric_query(query: MetricDataQuery) -> Block:
    attributes: dict[str, Value | None] = {
        "id": query.id,
        "expression": query.expression,
        "label": query.label,
        "return_data": query.return_data,
        "period": query.period,
        "account_id": query.account_id,
    }
    if query.metric_stat is None:
        return Block("metric_query", Body(attributes))
    stat = query.metric_stat
    metric: dict[str, Value | None] = {
        "namespace": stat.metric.namespace,
        "metric_name": stat.metric.metric_name,
        "dimensions": _dimensions(stat.metric.dimensions),
        "period": stat.period,
        "stat": stat.stat,
        "unit": stat.unit,
    }
    return Block("metric_query", Body(attributes, (Block("metric", Body(metric)),)))


def _dimensions(dimensions: tuple[Dimension, ...]) -> Mapping[str, str] | None:
    return {each.name: each.value for each in dimensions} or None


def _tags(tags: tuple[Tag, ...]) -> Mapping[str, str] | None:
    return {each.key: each.value for each in tags} or None


def _policy(text: str) -> Value:
    """A policy is shown as what it is where Terraform makes the same JSON of it, and else as its text."""
    try:
        policy = msgspec.json.decode(text)
        return JsonText(policy) if isinstance(policy, dict) and _is_kept(policy) else text
    except (msgspec.DecodeError, RecursionError):
        return text


def _is_kept(value: Any) -> bool:
    match value:
        case bool():
            return True
        case str():
            return is_composed(value)
        case int():
            return abs(value) <= _LARGEST_NUMBER
        case list():
            return all(map(_is_kept, value))
        case dict():
            return all(is_composed(name) and _is_kept(each) for name, each in value.items())
        case _:
            return False


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return slug if re.match(r"[a-z]", slug) else f"_{slug}"
