"""An exported script hands the AWS CLI each parameter as the plan has it, whatever stands in it."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from support.exported_script import Call, run_script
from support.hostile_texts import hostile_texts
from support.sample_plans import HOSTILE, hostile_plan, overwriting_plan, plan_of, sample_plan
from trailbell.remediation import ExportError, shell_commands
from trailbell.remediation._plan import Change, ChangeKind, Plan

OPERATIONS = {
    ChangeKind.TOPIC: "sns create-topic",
    ChangeKind.TOPIC_POLICY: "sns set-topic-attributes",
    ChangeKind.SUBSCRIPTION: "sns subscribe",
    ChangeKind.METRIC_FILTER: "logs put-metric-filter",
    ChangeKind.ALARM: "cloudwatch put-metric-alarm",
    ChangeKind.ALARM_ACTIONS: "cloudwatch enable-alarm-actions",
}
SAFE_COMMENT = re.compile(r"#!/usr/bin/env bash|# [\w .,:/@%+\u2019\u201d-]*")


def parameters(change: Change) -> dict[str, Any]:
    match change.kind:
        case ChangeKind.TOPIC_POLICY:
            return {
                "TopicArn": change.name,
                "AttributeName": "Policy",
                "AttributeValue": change.after["Policy"],
            }
        case ChangeKind.SUBSCRIPTION:
            return {"TopicArn": change.name, **change.after}
        case ChangeKind.ALARM_ACTIONS:
            return {"AlarmNames": [change.name.partition(":alarm:")[2]]}
        case _:
            return dict(change.after)


def meant(plan: Plan) -> list[Call]:
    return [Call(OPERATIONS[each.kind], each.region, parameters(each)) for each in plan.changes]


@pytest.mark.parametrize("plan", [sample_plan(), overwriting_plan(), hostile_plan()])
def test_the_commands_are_the_calls_of_the_plan_in_its_order(plan: Plan, tmp_path: Path) -> None:
    done = run_script(shell_commands(plan), tmp_path)

    assert (0, "") == (done.code, done.errors)
    assert meant(plan) == done.calls


@given(hostile_texts())
@settings(max_examples=25)
def test_no_text_of_an_account_breaks_out_of_its_quotes(text: str) -> None:
    plan = hostile_plan(text)
    with tempfile.TemporaryDirectory() as folder:
        done = run_script(shell_commands(plan), Path(folder))
        left_behind = {each.name for each in Path(folder).iterdir()}

    assert (0, "") == (done.code, done.errors)
    assert meant(plan) == done.calls
    assert {"bin", "calls", "script.sh"} == left_behind


@given(hostile_texts())
def test_parameters_are_printable_and_comments_hold_nothing_that_a_shell_would_run(text: str) -> None:
    script = shell_commands(hostile_plan(text))
    comments = [line for line in script.splitlines() if line.startswith("#")]
    others = [line for line in script.split("\n") if not line.startswith("#")]

    assert [] == [line for line in comments if not SAFE_COMMENT.fullmatch(line)]
    assert [] == [line for line in others if not (line.isascii() and (line.isprintable() or not line))]


@pytest.mark.parametrize("text", [HOSTILE, "!!", "a !hit b", "x != !y", "'!$'"])
def test_a_script_typed_at_a_prompt_means_the_same(text: str, tmp_path: Path) -> None:
    plan = hostile_plan(text)
    done = run_script(shell_commands(plan), tmp_path, is_typed=True)

    assert meant(plan) == done.calls


def test_a_script_changes_nothing_in_another_account(tmp_path: Path) -> None:
    done = run_script(shell_commands(sample_plan()), tmp_path, ACCOUNT="999988887777")

    assert 1 == done.code
    assert "not of 111122223333: nothing was changed" in done.errors
    assert [] == done.calls


def test_a_script_stops_at_the_first_command_that_fails(tmp_path: Path) -> None:
    plan = sample_plan()
    script = shell_commands(plan).replace("aws sns subscribe", "false")
    done = run_script(script, tmp_path)

    assert 0 != done.code
    assert meant(plan)[:2] == done.calls


def test_another_endpoint_is_given_to_command_lines_that_would_not_read_it(tmp_path: Path) -> None:
    done = run_script(shell_commands(overwriting_plan()), tmp_path, AWS_ENDPOINT_URL="http://127.0.0.1:1")
    options = [each[:2] for each in done.arguments]

    assert [["--endpoint-url", "http://127.0.0.1:1"]] * 4 == options


def test_a_script_says_what_each_command_is_for_and_what_it_overwrites() -> None:
    script = shell_commands(overwriting_plan())

    assert 2 == script.count("# This overwrites what is there under this name.\naws ")
    assert 1 == script.count("# This overwrites the whole policy that is there.\naws ")
    assert "overwrites what is there under this name.\n" not in shell_commands(sample_plan())
    assert "# - 5.16 security_hub_enabled: Security Hub costs money" in shell_commands(sample_plan())
    assert "has followed the link in the first message.\naws sns subscribe" in shell_commands(sample_plan())


def test_an_empty_plan_makes_a_script_that_does_nothing(tmp_path: Path) -> None:
    done = run_script(shell_commands(plan_of(())), tmp_path)

    assert (0, "", []) == (done.code, done.errors, done.arguments)


@pytest.mark.parametrize("region", ["", "-x", "us-east-1; touch hit", "us-east-1\n", "$(touch hit)"])
def test_what_is_no_region_is_refused(region: str) -> None:
    plan = plan_of(replace(each, region=region) for each in sample_plan().changes)
    with pytest.raises(ExportError, match="which is no region"):
        shell_commands(plan)


def test_what_is_no_account_is_refused() -> None:
    with pytest.raises(ExportError, match="is no account id"):
        shell_commands(replace(sample_plan(), account="1; touch hit"))


def test_a_change_without_its_parameters_is_refused_by_name() -> None:
    [change] = overwriting_plan().changes[:1]
    with pytest.raises(ExportError) as caught:
        shell_commands(plan_of([replace(change, after=json.loads('{"Polizei": ""}'))]))

    assert str(caught.value).startswith("policy of topic security-alarms (us-east-1): its parameters")
