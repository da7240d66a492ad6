"""An exported script, run by bash and unmodified AWS CLIs on Trailbell's own endpoint, mends the account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.aws_cli import aws_cli
from support.aws_server import AwsServer
from support.http_receiver import HttpReceiver
from support.sample_plans import (
    ACCOUNT,
    REGION,
    TOPIC,
    control_changes,
    filter_change,
    plan_of,
    topic_changes,
)
from support.subscribing import closing_receiver, token_of
from support.trail_server import log_group_of, statuses, trail_server
from trailbell.account import Status
from trailbell.controls import Control, watched_controls
from trailbell.remediation import shell_commands
from trailbell.remediation._plan import Plan

pytestmark = pytest.mark.client

# Each command takes half a second and more, so only one of the two command lines makes all.
# Each call of the AWS CLI takes half a second or more.
CONTROLS = {"1": watched_controls()[::5], "2": watched_controls()[:2]}
DIFFICULT = '{ ($.a = "it\'s $(x) `y` !z ${HOME} é") && ($.b != "*\'!!") }'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with trail_server(tmp_path) as running:
        yield running


def plan_for(server: AwsServer, receiver: HttpReceiver, controls: tuple[Control, ...]) -> Plan:
    """The plan that mends an account with nothing but a trail."""
    subscriber = ("http", f"{receiver.url}/hook")
    return plan_of(
        [*topic_changes(REGION, subscriber), *control_changes(REGION, log_group_of(server), controls)]
    )


@pytest.mark.parametrize("major", [pytest.param("1", marks=pytest.mark.slow), "2"])
def test_a_script_makes_every_control_pass_once_its_subscription_is_confirmed(
    server: AwsServer, tmp_path: Path, major: str
) -> None:
    controls = CONTROLS[major]
    # The script itself has to lead the commands to the server: the wrapper's own endpoint answers nobody.
    cli = aws_cli(major, tmp_path, "http://127.0.0.1:1")
    with closing_receiver() as receiver:
        script = shell_commands(plan_for(server, receiver, controls))
        before = statuses(server, controls)
        cli.run(f"export AWS_ENDPOINT_URL={server.url}\n{script}")
        waiting = statuses(server, controls)
        server.client("sns").confirm_subscription(TopicArn=TOPIC, Token=token_of(receiver))

    assert {Status.FAIL} == before == waiting
    assert {Status.PASS} == statuses(server, controls)


@pytest.mark.parametrize("major", ["1", "2"])
def test_a_script_may_be_run_again_and_brings_every_byte_of_a_pattern_to_the_account(
    server: AwsServer, tmp_path: Path, major: str
) -> None:
    cli = aws_cli(major, tmp_path, server.url)
    script = shell_commands(plan_of([filter_change(REGION, log_group_of(server), "difficult", DIFFICULT)]))
    cli.run(script)
    cli.run(script)
    [made] = server.client("logs").describe_metric_filters(logGroupName=log_group_of(server))["metricFilters"]

    assert DIFFICULT == made["filterPattern"]


def test_a_script_leaves_other_accounts_alone(server: AwsServer, tmp_path: Path) -> None:
    cli = aws_cli("1", tmp_path, server.url)
    script = shell_commands(plan_of(topic_changes(REGION, ("email", "a@example.com"))))
    done = cli.bash(script.replace(f"!= {ACCOUNT} ", "!= 999988887777 "))

    assert 1 == done.returncode
    assert f"these are credentials of account {ACCOUNT}" in done.stderr
    assert [] == server.client("sns").list_topics()["Topics"]
