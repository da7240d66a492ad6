"""An exported plan is a CloudFormation template that says what the plan says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from support.cfn_lint import cfn_lint
from support.hostile_texts import hostile_texts
from support.sample_plans import (
    GROUP,
    HOSTILE,
    REGION,
    TOPIC,
    alarm_change,
    filter_change,
    hostile_plan,
    math_alarm_change,
    overwriting_plan,
    plan_of,
    sample_plan,
    topic_changes,
)
from trailbell.remediation import ExportError, cloudformation_template
from trailbell.remediation._plan import Change, ChangeKind, Plan

WEST = "eu-west-1"
SUBSCRIBER = ("email", "security@example.com")
RICH_FILTER = filter_change(REGION, GROUP, "rich", "{ $.a = b }")
RICH = plan_of(
    [
        replace(
            RICH_FILTER,
            after={
                **RICH_FILTER.after,
                "metricTransformations": [
                    {
                        "metricName": "m",
                        "metricNamespace": "n",
                        "metricValue": "$.x",
                        "unit": "Count",
                        "dimensions": {"Account": "$.recipientAccountId"},
                    }
                ],
                "applyOnTransformedLogs": True,
            },
        ),
        alarm_change(
            REGION,
            "rich",
            [TOPIC],
            OKActions=[TOPIC],
            Dimensions=[{"Name": "Account", "Value": "1"}],
            Tags=[{"Key": "team", "Value": "security"}],
        ),
        math_alarm_change(REGION, "by math"),
    ]
)
POLICY_ALONE = plan_of(overwriting_plan().changes[:1])


def resources(plan: Plan, region: str | None = None) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(cloudformation_template(plan, region))["Resources"]
    return read


def properties(plan: Plan) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources(plan).values()]


def expressible(plan: Plan) -> Plan:
    kept = [each for each in plan.changes if each.kind is not ChangeKind.ALARM_ACTIONS]
    return replace(plan, changes=tuple(kept))


def refused(*changes: Change, region: str | None = None) -> str:
    with pytest.raises(ExportError) as caught:
        cloudformation_template(plan_of(changes), region)
    return str(caught.value)


@pytest.mark.parametrize("plan", [sample_plan(), RICH, POLICY_ALONE], ids=["whole", "rich", "policy alone"])
def test_cfn_lint_finds_nothing(plan: Plan, tmp_path: Path) -> None:
    assert "" == cfn_lint(cloudformation_template(plan), tmp_path)


def test_each_change_is_a_resource_in_the_order_of_the_plan() -> None:
    plan = sample_plan()
    made = resources(plan)

    assert len(plan.changes) == len(made)
    assert list(made)[:5] == [
        "TopicSecurityAlarms",
        "TopicPolicySecurityAlarms",
        "SubscriptionSecurityAlarmsEmail",
        "FilterUnauthorizedApiCalls",
        "AlarmUnauthorizedApiCallsAlarm",
    ]


def test_what_is_in_the_plan_is_referred_to_and_what_is_not_is_named() -> None:
    made = resources(sample_plan())
    alone = resources(RICH)

    assert [{"Ref": "TopicSecurityAlarms"}] == made["TopicPolicySecurityAlarms"]["Properties"]["Topics"]
    assert {"Ref": "TopicSecurityAlarms"} == made["SubscriptionSecurityAlarmsEmail"]["Properties"]["TopicArn"]
    assert [{"Ref": "TopicSecurityAlarms"}] == (
        made["AlarmUnauthorizedApiCallsAlarm"]["Properties"]["AlarmActions"]
    )
    assert [TOPIC] == alone["AlarmRich"]["Properties"]["AlarmActions"]


def test_filters_and_alarms_have_the_parameters_of_the_plan() -> None:
    put_filter, put_alarm, by_math = properties(RICH)

    assert {
        "LogGroupName": GROUP,
        "FilterName": "rich",
        "FilterPattern": "{ $.a = b }",
        "MetricTransformations": [
            {
                "MetricNamespace": "n",
                "MetricName": "m",
                "MetricValue": "$.x",
                "Unit": "Count",
                "Dimensions": [{"Key": "Account", "Value": "$.recipientAccountId"}],
            }
        ],
        "ApplyOnTransformedLogs": True,
    } == put_filter
    # That actions are enabled is the default of both.
    assert [each.after for each in RICH.changes[1:]] == [
        {"ActionsEnabled": True, **each} for each in (put_alarm, by_math)
    ]


def test_the_policy_of_a_topic_that_is_there_outlives_the_stack() -> None:
    [alone] = resources(POLICY_ALONE).values()
    with_topic = resources(sample_plan())["TopicPolicySecurityAlarms"]

    assert ("Retain", "Retain") == (alone["DeletionPolicy"], alone["UpdateReplacePolicy"])
    assert [TOPIC] == alone["Properties"]["Topics"]
    assert "DeletionPolicy" not in with_topic


@given(hostile_texts().filter(lambda text: "{{resolve:" not in text))
def test_every_text_of_an_account_is_read_back_as_it_was(text: str) -> None:
    plan = expressible(hostile_plan(text))
    template = cloudformation_template(plan)
    topic, policy, subscription, put_filter, put_alarm = properties(plan)

    assert template.isascii()
    assert plan.changes[0].after["Name"] == topic["TopicName"]
    assert json.loads(plan.changes[1].after["Policy"]) == policy["PolicyDocument"]
    assert plan.changes[2].after["Endpoint"] == subscription["Endpoint"]
    assert (text, text) == (put_filter["FilterName"], put_filter["FilterPattern"])
    assert (text, text) == (put_alarm["AlarmName"], put_alarm["AlarmDescription"])
    assert [] == [each for each in resources(plan) if not re.fullmatch(r"[A-Za-z0-9]{1,255}", each)]


def test_what_cloudformation_would_resolve_is_refused_and_not_told_to_it() -> None:
    reference = "{{resolve:secretsmanager:root}}"
    harmless = replace(filter_change(REGION, GROUP, "one", "x"), why=reference)

    assert "in which CloudFormation would resolve a reference" in refused(
        filter_change(REGION, GROUP, "one", reference)
    )
    assert "in which CloudFormation would resolve" in refused(topic_changes(REGION, SUBSCRIBER, reference)[1])
    assert "{{" not in cloudformation_template(plan_of([harmless]))


@pytest.mark.parametrize("name", ["Ref", "Fn::Sub", "Fn::Transform"])
def test_a_policy_with_what_cloudformation_takes_for_a_function_is_refused(name: str) -> None:
    policy = replace(POLICY_ALONE.changes[0], after={"Policy": json.dumps({"Statement": [{name: "x"}]})})

    assert f"it has a member {name}, which CloudFormation takes for a function" in refused(policy)


@pytest.mark.parametrize("text", ["", "[]", "{", "1", '{"a": 1e999}', "[" * 100_000])
def test_a_policy_that_is_no_json_object_is_refused(text: str) -> None:
    said = refused(replace(POLICY_ALONE.changes[0], after={"Policy": text}))

    assert said.startswith("policy of topic security-alarms (us-east-1): it is no JSON")


def test_what_is_there_already_is_refused_by_name() -> None:
    said = refused(*overwriting_plan().changes)

    assert said.endswith(
        "there are filter unauthorized-api-calls of CloudTrail/logs, alarm unauthorized_api_calls_alarm"
    )
    assert "a stack cannot take over what is there already" in said


def test_a_template_is_for_one_region() -> None:
    changes = [*topic_changes(REGION, SUBSCRIBER), *topic_changes(WEST, SUBSCRIBER)]
    of_west = cloudformation_template(plan_of(changes), WEST)

    assert "the plan changes eu-west-1, us-east-1, and a template is for one region" in refused(*changes)
    assert "changes nothing in eu-west-2, only in eu-west-1, us-east-1" in refused(
        *changes, region="eu-west-2"
    )
    assert cloudformation_template(plan_of(changes[3:])) == of_west
    assert "changes nothing" in refused()


def test_what_is_there_in_another_region_does_not_matter() -> None:
    there = replace(filter_change(REGION, GROUP, "one", "x"), before={})
    made = resources(plan_of([there, *topic_changes(WEST, SUBSCRIBER)]), WEST)

    assert 3 == len(made)


def test_names_that_would_be_the_same_get_a_digest() -> None:
    names = list(resources(plan_of(filter_change(REGION, GROUP, name, "x") for name in ("a-b", "a b", "語"))))

    assert 3 == len(set(names))
    assert all(re.fullmatch(r"FilterAB[0-9a-f]{8}", each) for each in names[:2])
    assert "Filter" == names[2]


def test_messages_hold_nothing_that_moves_a_terminal() -> None:
    said = [
        refused(replace(filter_change(REGION, GROUP, HOSTILE, "x"), before={})),
        refused(*sample_plan().changes, region=HOSTILE),
        refused(filter_change(REGION, GROUP, "one", f"{HOSTILE}{{{{resolve:")),
    ]

    assert [True] * 3 == [each.isprintable() for each in said]
