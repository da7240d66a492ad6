"""Every operation through the AWS CLI: what it does, and one way in which it is refused."""

import time
from pathlib import Path

import pytest

from support.aws_cli import AwsCli, aws_cli
from support.aws_server import aws_server
from support.cli_steps import STEPS, Step
from support.sns_hook import SnsHook, sns_hook
from trailbell.aws_api import OPERATIONS

pytestmark = pytest.mark.client


class Walk:
    """One command line after the other, with what was kept on the way."""

    def __init__(self, cli: AwsCli, service: str, hook: SnsHook) -> None:
        self.cli = cli
        self.service = service
        self.hook = hook
        self.kept: dict[str, str] = {}

    def go(self, step: Step) -> str:
        """Takes a step; returns what is wrong with what came of it."""
        line = step.line.replace("NOW", str(time.time_ns() // 1_000_000)).replace("HOOK", self.hook.url)
        for name, text in self.kept.items():
            line = line.replace("{" + name + "}", text)
        done = self.cli.bash(f"aws {self.service} {line}")
        if self.hook.posted:
            self.kept["token"] = self.hook.posted[0].envelope["Token"]
        if step.keep:
            self.kept[step.keep] = done.stdout.strip()
        if step.fails:
            expected = f"An error occurred ({step.fails}) when calling the {step.operation} operation"
            return (
                "" if done.returncode and expected in done.stderr else f"{line}: {done.stdout}{done.stderr}"
            )
        if done.returncode or step.shows not in done.stdout:
            return f"{line}: {done.stdout}{done.stderr}"
        return ""


@pytest.mark.parametrize("service", STEPS)
def test_each_operation_does_what_it_says_and_refuses_what_aws_refuses(service: str, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    with aws_server(tmp_path, source=(str(logs),), controls=("none",)) as server, sns_hook() as hook:
        walk = Walk(aws_cli("1", tmp_path, server.url), service, hook)
        wrong = [problem for step in STEPS[service] if (problem := walk.go(step))]

    assert [] == wrong


@pytest.mark.parametrize("is_error", [False, True])
def test_every_operation_is_walked(is_error: bool) -> None:
    walked = {
        (name, step.operation)
        for name, steps in STEPS.items()
        for step in steps
        if bool(step.fails) is is_error
    }

    assert {(each.service, each.name) for each in OPERATIONS} == walked
