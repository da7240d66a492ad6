"""An exported plan is Terraform code that says what the plan says."""

import base64
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from support.hostile_texts import hostile_texts
from support.sample_plans import (
    GROUP,
    HOSTILE,
    REGION,
    alarm_change,
    filter_change,
    hostile_plan,
    math_alarm_change,
    overwriting_plan,
    plan_of,
    sample_plan,
    topic_changes,
)
from support.terraform import terraform
from trailbell.remediation import ExportError, terraform_code
from trailbell.remediation._hcl import Block, Body, JsonText, comment, document, is_composed
from trailbell.remediation._plan import Change, ChangeKind, Plan

WEST = "eu-west-1"
JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | hostile_texts(4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hostile_texts(3), inner, max_size=4),
    max_leaves=20,
)


def without_hostile_actions(plan: Plan) -> Plan:
    kept = [each for each in plan.changes if each.kind is not ChangeKind.ALARM_ACTIONS]
    return replace(plan, changes=tuple(kept))


def is_kept(value: Any) -> bool:
    return is_composed(json.dumps(value, ensure_ascii=False))


ALL_SORTS = plan_of(
    [
        *topic_changes(REGION, ("email", "security@example.com")),
        *topic_changes(WEST, ("https", "https://example.com/hook")),
        *overwriting_plan().changes[1:],
        math_alarm_change(REGION, "by-math"),
    ]
)
PLANS = {
    "whole": sample_plan(),
    "overwriting": overwriting_plan(),
    "regions": ALL_SORTS,
    "empty": plan_of(()),
    "hostile": without_hostile_actions(hostile_plan()),
}


def lines_of(code: str, head: str) -> list[str]:
    """The lines of a block."""
    _, _, after = code.partition(f"{head} {{\n")
    return [line.strip() for line in after.partition("\n}\n")[0].splitlines()]


@pytest.mark.parametrize("name", PLANS)
def test_terraform_leaves_the_layout_as_it_is(name: str, tmp_path: Path) -> None:
    done = terraform(tmp_path).ask("fmt", "-check", "-diff", "-", text=terraform_code(PLANS[name]))

    assert (0, "") == (done.returncode, done.stdout)


@given(st.dictionaries(hostile_texts(3), JSON, max_size=5))
@settings(max_examples=25)
def test_terraform_leaves_the_layout_of_any_value_as_it_is(value: dict[str, Any]) -> None:
    code = document([comment("A value"), Block("locals", Body({"a": JsonText(value), "b": 1}))])
    with tempfile.TemporaryDirectory() as folder:
        done = terraform(Path(folder)).ask("fmt", "-check", "-diff", "-", text=code)

    assert (0, "") == (done.returncode, done.stdout)


@given(st.lists(hostile_texts().filter(is_composed), max_size=30), JSON.filter(is_kept))
@settings(max_examples=20)
def test_terraform_reads_back_every_text_and_value(texts: list[str], value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        body = Body({"texts": texts, "value": JsonText(value), "number": 0.5})
        (Path(folder) / "main.tf").write_text(document([Block("locals", body)]), encoding="utf-8")
        # In base64, for what Terraform shows at its prompt is escaped in its own way.
        asked = "base64encode(jsonencode([local.texts, local.value, local.number]))\n"
        read = terraform(Path(folder)).run("console", text=asked)

    shown = json.loads(base64.b64decode(json.loads(read)))
    assert [texts, value, 0.5] == [shown[0], json.loads(shown[1]), shown[2]]


@given(hostile_texts())
def test_nothing_in_a_string_or_a_comment_ends_it(text: str) -> None:
    said = comment(text)

    assert [] == [
        line for line in said.split("\n") if line and not re.fullmatch(r"# [^\x00-\x1f\x7f]*", line)
    ]
    [string] = re.findall(r'^  a = "(.*)"$', document([Block("locals", Body({"a": text}))]), re.MULTILINE)
    rest = re.sub(r'\\(["\\nrt]|u[0-9a-f]{4}|U[0-9a-f]{8})', "", string)
    assert not set('"\\\n\r\t\0') & set(rest)
    assert not re.search(r"[$%]\{", re.sub(r"\$\$\{|%%\{", " ", rest))


def test_a_text_that_terraform_would_compose_is_refused_by_name() -> None:
    said = refused(filter_change(REGION, GROUP, "accents", '{ $.a = "e\u0301" }'))

    assert said.startswith("filter accents of CloudTrail/logs (us-east-1): Terraform composes characters")


def test_names_line_up_and_values_of_several_lines_stand_alone() -> None:
    body = Body(
        {"a": 1, "bcd": [True, "x"], "nothing": None, "e": {"f-g": 1.5, "h": "i"}, "jk": "l", "m": 1e20}
    )

    assert document([Block("locals", body)]).splitlines() == [
        "locals {",
        "  a   = 1",
        '  bcd = [true, "x"]',
        "  e = {",
        '    "f-g" = 1.5',
        '    h     = "i"',
        "  }",
        '  jk = "l"',
        "  m  = 1e+20",
        "}",
    ]


def test_what_is_in_the_plan_is_referred_to_and_what_is_not_is_named() -> None:
    code = terraform_code(ALL_SORTS)

    assert lines_of(code, 'resource "aws_sns_topic_subscription" "security_alarms_email_us_east_1"') == [
        "provider  = aws.us_east_1",
        "topic_arn = aws_sns_topic.security_alarms_us_east_1.arn",
        'protocol  = "email"',
        'endpoint  = "security@example.com"',
    ]
    assert 'alarm_actions       = ["arn:aws:sns:us-east-1:111122223333:of-somebody"]' in lines_of(
        code, 'resource "aws_cloudwatch_metric_alarm" "by_math_us_east_1"'
    )


def test_each_of_several_regions_has_a_provider_for_the_account() -> None:
    code = terraform_code(ALL_SORTS)

    assert 2 == code.count('provider "aws" {')
    assert lines_of(code, 'provider "aws"') == [
        'alias               = "eu_west_1"',
        'region              = "eu-west-1"',
        'allowed_account_ids = ["111122223333"]',
    ]
    assert "alias" not in terraform_code(sample_plan())


def test_what_is_there_is_imported_and_guarded() -> None:
    code = terraform_code(overwriting_plan())
    ids = dict(re.findall(r'import \{\n  to = (\S+)\n  id = "(.*)"\n\}', code))

    assert {
        "aws_sns_topic_policy.security_alarms": "arn:aws:sns:us-east-1:111122223333:security-alarms",
        "aws_cloudwatch_log_metric_filter.unauthorized_api_calls": f"{GROUP}:unauthorized-api-calls",
        "aws_cloudwatch_metric_alarm.unauthorized_api_calls_alarm": "unauthorized_api_calls_alarm",
    } == ids
    assert 3 == code.count("prevent_destroy = true")
    assert "import {" not in terraform_code(sample_plan())


def test_a_policy_is_shown_as_an_object_only_where_nothing_of_it_is_lost() -> None:
    policy = topic_changes(REGION, ("email", "a@example.com"))[1]
    texts = ['{"Statement": []}', '{"a": 9007199254740993}', '{"a": 0.1}', "[]", "no JSON", '{"a": null}']
    texts.append(r'{"a": "e\u0301"}')
    codes = [terraform_code(plan_of([replace(policy, after={"Policy": text})])) for text in texts]

    assert [True] + [False] * 6 == ["jsonencode(" in code for code in codes]
    assert r'policy = "{\"a\": 9007199254740993}"' in codes[1]


def test_names_that_would_be_the_same_get_a_digest_that_does_not_depend_on_their_order() -> None:
    changes = [filter_change(REGION, GROUP, name, "x") for name in ("a-b", "a_b", "A b", "c", "9", "語")]
    code, turned = (terraform_code(plan_of(each)) for each in (changes, changes[::-1]))
    names = [re.findall(r'^resource "\S+" "(.*)"', each, re.MULTILINE) for each in (code, turned)]

    assert names[0] == names[1][::-1]
    assert 6 == len(set(names[0]))
    assert all(re.fullmatch(r"a_b_[0-9a-f]{8}", each) for each in names[0][:3])
    assert ["c", "_9", "_"] == names[0][3:]


def refused(*changes: Change) -> str:
    with pytest.raises(ExportError) as caught:
        terraform_code(plan_of(changes))
    return str(caught.value)


def enabling(name: str) -> Change:
    return Change(
        kind=ChangeKind.ALARM_ACTIONS,
        region=REGION,
        name=f"arn:aws:cloudwatch:{REGION}:111122223333:alarm:{name}",
        after={"ActionsEnabled": True},
        before={"ActionsEnabled": False},
    )


def test_enabling_the_actions_of_an_alarm_is_refused_unless_the_plan_puts_the_alarm() -> None:
    put = alarm_change(REGION, "one", [])
    disabled = alarm_change(REGION, "one", [], ActionsEnabled=False)
    code = terraform_code(plan_of([put, enabling("one")]))

    assert "a template owns whole alarms" in refused(put, enabling("two"))
    assert "a template owns whole alarms" in refused(disabled, enabling("one"))
    assert 1 == code.count("resource")


def test_what_terraform_cannot_say_is_refused_by_name() -> None:
    topic = topic_changes(REGION, ("email", "a@example.com"))[0]
    one = filter_change(REGION, GROUP, "one", "x")
    [made] = one.after["metricTransformations"]

    assert "topic security-alarms (us-east-1): it is there" in refused(replace(topic, before={"Tags": []}))
    assert "filter one of CloudTrail/logs (us-east-1): it has 2 metric transformations" in refused(
        replace(one, after={**one.after, "metricTransformations": [made, made]})
    )
    assert "transformed logs or system fields" in refused(
        replace(one, after={**one.after, "applyOnTransformedLogs": True})
    )
    assert "unknown field `EvaluationInterval`" in refused(
        alarm_change(REGION, "a", [], EvaluationInterval=60)
    )
    assert "the plan changes it twice" in refused(one, one)


def test_messages_hold_nothing_that_moves_a_terminal() -> None:
    said = refused(filter_change(REGION, GROUP, HOSTILE, "x"), filter_change(REGION, GROUP, HOSTILE, "y"))

    assert said.isprintable()
