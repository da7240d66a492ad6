"""`trailbell controls apply`: the chains of controls by the same plan as any other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from support.aws_server import AwsServer, aws_server
from support.own_account import own_account
from support.subscribing import closing_receiver, token_of
from trailbell.cli import ExitCode, main

pytestmark = pytest.mark.client


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with own_account(tmp_path) as running:
        yield running


def applied(server: AwsServer, *words: str) -> tuple[Result, dict[str, Any]]:
    done = CliRunner().invoke(main, ["controls", "apply", "--url", server.url, "--format", "json", *words])
    return done, json.loads(done.stdout)


def test_controls_are_applied_to_the_running_server_by_the_same_plan(server: AwsServer) -> None:
    with closing_receiver() as receiver:
        hook = f"{receiver.url}/hook"
        first, made_first = applied(server, "--notify", hook)
        token = token_of(receiver)
    topic = server.client("sns").list_topics()["Topics"][0]["TopicArn"]
    server.client("sns").confirm_subscription(TopicArn=topic, Token=token)
    again, made_again = applied(server, "--notify", hook)
    alarms = server.client("cloudwatch").describe_alarms()["MetricAlarms"]

    assert (ExitCode.DONE, ExitCode.DONE) == (first.exit_code, again.exit_code)
    assert (32, 0) == (len(made_first["changed"]), len(made_again["changed"]))
    assert (15, []) == (len(alarms), made_again["left"])


def test_what_was_changed_by_hand_is_put_right_beside_it_or_in_place(server: AwsServer) -> None:
    applied(server, "root_usage")
    server.client("cloudwatch").disable_alarm_actions(AlarmNames=["root-usage-alarm"])
    _, beside = applied(server, "root_usage")
    server.client("cloudwatch").delete_alarms(AlarmNames=["root-usage-alarm-2"])
    _, in_place = applied(server, "root_usage", "--overwrite")

    assert ["alarm root-usage-alarm-2"] == beside["changed"]
    assert ["actions of alarm root-usage-alarm"] == in_place["changed"]


def test_a_server_without_a_source_has_no_trail(tmp_path: Path) -> None:
    with aws_server(tmp_path) as server:
        done, told_of = applied(server, "root_usage")

    assert (ExitCode.CONTROL_LEFT, []) == (done.exit_code, told_of["changed"])
    assert "No trail records this account" in told_of["left"][0]["reason"]


def test_who_is_told_by_the_servers_own_setting_is_not_denied(server: AwsServer) -> None:
    done = CliRunner().invoke(main, ["controls", "apply", "root_usage", "--url", server.url])

    assert (ExitCode.DONE, False) == (done.exit_code, "Left to a person" in done.stdout)
    assert "only receivers of the server's own setting `notify` are told.\n3 changes made.\n" in done.stdout
