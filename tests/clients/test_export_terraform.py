"""An exported plan, applied by Terraform's AWS provider on Trailbell's own endpoint, mends the account."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.aws_server import AwsServer
from support.sample_plans import (
    REGION,
    TOPIC,
    alarm_change,
    control_changes,
    filter_change,
    math_alarm_change,
    overwriting_plan,
    plan_of,
    topic_changes,
)
from support.subscribing import closing_receiver, token_of
from support.terraform import Terraform, provider_mirror, terraform
from support.trail_server import log_group_of, statuses, trail_server
from trailbell.account import Status
from trailbell.controls import watched_controls
from trailbell.remediation import terraform_code
from trailbell.remediation._plan import Plan

pytestmark = pytest.mark.slow

DIFFICULT = '{ ($.a = "it\'s $(x) ${HOME} %{y} \\\\ é") }'
NOTHING_TO_CHANGE = 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with trail_server(tmp_path) as running:
        yield running


class Stack:
    """Terraform in a folder of its own, with the provider pointed at a server."""

    def __init__(self, program: Terraform, url: str) -> None:
        self._program = program
        self._settings = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "anything",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def write(self, plan: Plan) -> None:
        """Puts a plan's code into the folder, and checks it."""
        (self._program.folder / "main.tf").write_text(terraform_code(plan), encoding="utf-8")
        self._program.run("init", "-input=false", f"-plugin-dir={provider_mirror()}")
        self._program.run("validate")

    def apply(self) -> str:
        """Applies the code, and returns what Terraform says."""
        return self._program.run("apply", "-auto-approve", "-input=false", "-no-color", **self._settings)

    def difference(self) -> int:
        """What Terraform's exit code says of code and account."""
        return self._program.ask("plan", "-detailed-exitcode", "-input=false", **self._settings).returncode

    def refusal_to_destroy(self) -> str:
        """What Terraform says when it must destroy everything and may not."""
        done = self._program.ask("destroy", "-auto-approve", "-no-color", **self._settings)
        assert done.returncode != 0
        return done.stderr


@pytest.fixture
def stack(server: AwsServer, tmp_path: Path) -> Stack:
    provider_mirror()
    (tmp_path / "code").mkdir()
    return Stack(terraform(tmp_path / "code"), server.url)


def test_terraform_makes_every_control_pass_and_finds_no_difference_afterwards(
    server: AwsServer, stack: Stack
) -> None:
    with closing_receiver() as receiver:
        subscriber = ("http", f"{receiver.url}/hook")
        changes = [*topic_changes(REGION, subscriber), *control_changes(REGION, log_group_of(server))]
        stack.write(plan_of(changes))
        stack.apply()
        server.client("sns").confirm_subscription(TopicArn=TOPIC, Token=token_of(receiver))

    assert {Status.PASS} == statuses(server, watched_controls())
    assert NOTHING_TO_CHANGE == stack.difference()


def test_what_is_there_is_taken_over_with_its_tags_changed_and_not_destroyed(
    server: AwsServer, stack: Stack
) -> None:
    logs, sns, cloudwatch = (server.client(each) for each in ("logs", "sns", "cloudwatch"))
    sns.create_topic(Name="security-alarms", Attributes={"DisplayName": "Theirs"})
    policy, *_ = overwriting_plan().changes
    found = filter_change(REGION, log_group_of(server), "kept", "old")
    there = alarm_change(REGION, "kept alarm", [], Threshold=5.0)
    logs.put_metric_filter(**found.after)
    cloudwatch.put_metric_alarm(**there.after, Tags=[{"Key": "team", "Value": "theirs"}])
    changes = [
        policy,
        filter_change(REGION, log_group_of(server), "kept", DIFFICULT),
        alarm_change(REGION, "kept alarm", [TOPIC], AlarmDescription=DIFFICULT),
    ]
    stack.write(plan_of(replace(each, before={}) for each in changes))
    said = stack.apply()

    [kept] = logs.describe_metric_filters(logGroupName=log_group_of(server))["metricFilters"]
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    attributes = sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"]

    assert "3 imported, 0 added, 3 changed, 0 destroyed" in said
    assert DIFFICULT == kept["filterPattern"]
    assert ([TOPIC], 1.0, DIFFICULT) == (alarm["AlarmActions"], alarm["Threshold"], alarm["AlarmDescription"])
    assert [{"Key": "team", "Value": "theirs"}] == tags
    assert json.loads(policy.after["Policy"]) == json.loads(attributes["Policy"])
    assert "Theirs" == attributes["DisplayName"]
    assert NOTHING_TO_CHANGE == stack.difference()
    assert "prevent_destroy" in stack.refusal_to_destroy()


def test_plans_of_several_regions_and_of_metric_math_are_valid(stack: Stack) -> None:
    stack.write(
        plan_of(
            [
                *topic_changes(REGION, ("email", "security@example.com")),
                *topic_changes("eu-west-1", ("https", "https://example.com/hook")),
                math_alarm_change(REGION, "by math"),
            ]
        )
    )
