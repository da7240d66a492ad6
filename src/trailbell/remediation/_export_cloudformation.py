"""A plan as a CloudFormation template in JSON, for one region.

A stack owns what it makes, and cannot take over what is there but for the policy of a topic.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from trailbell._errors import visible
from trailbell.remediation._export_parameters import (
    AlarmParameters,
    ExportError,
    MetricFilterParameters,
    SubscriptionParameters,
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
from trailbell.remediation._plan import Change, ChangeKind, Plan

__all__ = ["cloudformation_template"]

_LONGEST_NAME = 200
_CREATED = frozenset(ChangeKind) - {ChangeKind.TOPIC_POLICY}


def cloudformation_template(plan: Plan, region: str | None = None) -> str:
    """Writes what a plan changes in a region as a CloudFormation template.

    The region may be left out where the plan changes one alone.

    Raises:
        ExportError: The plan changes several regions or none, would change what is there, or holds text that
            CloudFormation takes for a reference.
    """
    check_account(plan)
    changes = _changes(plan, region)
    check_changed_once(changes)
    names = unique_names({identity_of(each): _wanted_name(each) for each in changes}, "")
    topics = {each.name: names[identity_of(each)] for each in changes if each.kind is ChangeKind.TOPIC}
    resources = {names[identity_of(each)]: _resource(each, topics) for each in changes}
    about = {
        "Account": plan.account,
        "Region": changes[0].region,
        "NotMended": [_unresolved(each) for each in left_lines(plan)],
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _unresolved(headline(plan))[:1_000],
        "Metadata": {"Trailbell": about},
        "Resources": resources,
    }
    return json.dumps(template, indent=2, allow_nan=False) + "\n"


def _changes(plan: Plan, region: str | None) -> list[Change]:
    regions = regions_of(plan)
    if not regions:
        raise ExportError("the plan changes nothing, and a template has to hold something")
    if region is None and len(regions) > 1:
        raise ExportError(
            f"the plan changes {', '.join(regions)}, and a template is for one region: export each by itself"
        )
    if region is not None and region not in regions:
        raise ExportError(f"the plan changes nothing in {visible(region)}, only in {', '.join(regions)}")
    chosen = region or regions[0]
    of_region = msgspec.structs.replace(
        plan, changes=tuple(each for each in plan.changes if each.region == chosen)
    )
    there = [each.words for each in of_region.changes if each.kind in _CREATED and each.before is not None]
    if there:
        raise ExportError(
            "a stack cannot take over what is there already: export the plan as Terraform code or shell "
            f"commands, or carry it out with trailbell remediate apply; there are {visible(', '.join(there))}"
        )
    return with_whole_alarms(of_region)


def _wanted_name(change: Change) -> str:
    match change.kind:
        case ChangeKind.METRIC_FILTER:
            name = f"Filter {parameters(change, MetricFilterParameters).filter_name}"
        case ChangeKind.ALARM:
            name = f"Alarm {parameters(change, AlarmParameters).alarm_name}"
        case ChangeKind.SUBSCRIPTION:
            protocol = parameters(change, SubscriptionParameters).protocol
            name = f"Subscription {topic_name(change.name)} {protocol}"
        case ChangeKind.TOPIC_POLICY:
            name = f"TopicPolicy {topic_name(change.name)}"
        case _:
            name = f"Topic {topic_name(change.name)}"
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words)[:_LONGEST_NAME]


def _resource(change: Change, topics: Mapping[str, str]) -> dict[str, Any]:
    kind, properties = _properties(change, topics)
    for text in texts_in(properties):
        if "{{resolve:" in text:
            raise refusal(
                change, f"it holds the text {text}, in which CloudFormation would resolve a reference"
            )
    resource: dict[str, Any] = {"Type": kind, "Metadata": {"Trailbell": _about(change)}}
    if change.kind is ChangeKind.TOPIC_POLICY and change.name not in topics:
        # The end of the stack would reset the policy, with all that was in it before.
        resource |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return resource | {"Properties": properties}


def _about(change: Change) -> dict[str, str]:
    about = {"Why": _unresolved(said_of(change))}
    if change.before is not None:
        about["Overwrites"] = "The whole policy that is there."
    if has_to_be_confirmed(change):
        about["Confirm"] = (
            "Nothing is sent before somebody at the endpoint has followed the link in the first message."
        )
    return about


def _properties(change: Change, topics: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    match change.kind:
        case ChangeKind.TOPIC:
            topic = parameters(change, TopicParameters)
            return "AWS::SNS::Topic", {
                "TopicName": topic.name,
                **_given({"Tags": msgspec.to_builtins(topic.tags)}),
            }
        case ChangeKind.TOPIC_POLICY:
            document = _policy(change, parameters(change, TopicPolicyParameters).policy)
            return "AWS::SNS::TopicPolicy", {
                "Topics": [_arn(change.name, topics)],
                "PolicyDocument": document,
            }
        case ChangeKind.SUBSCRIPTION:
            given = msgspec.to_builtins(parameters(change, SubscriptionParameters))
            return "AWS::SNS::Subscription", {"TopicArn": _arn(change.name, topics), **given}
        case ChangeKind.METRIC_FILTER:
            return "AWS::Logs::MetricFilter", _metric_filter(parameters(change, MetricFilterParameters))
        case _:
            alarm = msgspec.to_builtins(parameters(change, AlarmParameters))
            for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
                if name in alarm:
                    alarm[name] = [_arn(each, topics) for each in alarm[name]]
            return "AWS::CloudWatch::Alarm", alarm


def _metric_filter(given: MetricFilterParameters) -> dict[str, Any]:
    transformations = [
        _given(
            {
                "MetricNamespace": made.metric_namespace,
                "MetricName": made.metric_name,
                "MetricValue": made.metric_value,
                "DefaultValue": made.default_value,
                "Unit": made.unit,
                "Dimensions": [{"Key": name, "Value": value} for name, value in made.dimensions.items()],
            }
        )
        for made in given.metric_transformations
    ]
    return _given(
        {
            "LogGroupName": given.log_group_name,
            "FilterName": given.filter_name,
            "FilterPattern": given.filter_pattern,
            "MetricTransformations": transformations,
            "ApplyOnTransformedLogs": given.apply_on_transformed_logs or None,
            "FieldSelectionCriteria": given.field_selection_criteria,
            "EmitSystemFieldDimensions": given.emit_system_field_dimensions,
        }
    )


def _arn(arn: str, topics: Mapping[str, str]) -> Any:
    return {"Ref": topics[arn]} if arn in topics else arn


def _policy(change: Change, text: str) -> dict[str, Any]:
    try:
        policy = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refusal(change, f"it is no JSON: {error}") from error
    if not isinstance(policy, dict):
        raise refusal(change, "it is no JSON object")
    for name in _names(policy):
        if name == "Ref" or name.startswith("Fn::"):
            raise refusal(change, f"it has a member {name}, which CloudFormation takes for a function")
    return policy


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, (), [])}


def _unresolved(text: str) -> str:
    return visible(text).replace("{{", "{ {")


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield name
            yield from _names(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _names(each)
