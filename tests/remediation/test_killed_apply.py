"""A real `remediate apply` is killed when a change is done and nobody knows of it yet: nothing is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.account_states import AccountState, patched, trimmed
from support.gated_moto import Gate, gated_moto
from support.mending import Mender, comparable
from support.moto_account import MOTOS, Moto, as_motos, make_on_moto
from support.server import cli
from trailbell.account import Snapshot
from trailbell.cli import ExitCode
from trailbell.controls import control_of

pytestmark = pytest.mark.client

# Nothing but a trail and its log group: a plan for it makes one object of each kind.
EMPTY = AccountState("root-usage", "", set={"filters": [], "alarms": [], "topics": [], "subscriptions": []})
CHANGES = ("CreateTopic", "Subscribe", "PutMetricFilter", "PutMetricAlarm")
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def gated() -> Iterator[tuple[Moto, Gate]]:
    with gated_moto() as running:
        yield running


class Typed:
    """`trailbell remediate` typed in a folder, about an account that is made here."""

    def __init__(self, moto: Moto, folder: Path) -> None:
        self.folder = folder
        self.at = ("--endpoint-url", moto.url)
        self.environment = {**os.environ, **CREDENTIALS}
        snapshot, _ = trimmed(EMPTY, as_motos(patched(EMPTY)))
        make_on_moto(moto, snapshot)
        self._mender = Mender(moto.url, folder, (control_of("root_usage"),), snapshot.regions)
        self.run("plan", "--control", "root_usage", "--notify", "a@example.com", "--out", "plan.json")

    def run(self, *words: str) -> int:
        """Runs it to its end, and returns the exit code."""
        return cli("remediate", *words, *self.at, cwd=self.folder, **CREDENTIALS).returncode

    def kill_in_the_midst(self, gate: Gate, number: int) -> None:
        """Applies the plan, and kills the process when the change of this number is done."""
        gate.count(hold_at=number)
        words = [sys.executable, "-m", "trailbell", "remediate", "apply", "plan.json", "--yes", *self.at]
        with subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            gate.wait_for_it()
            process.kill()
        gate.release()

    def read(self) -> Snapshot:
        """Reads the account."""
        return self._mender.read_and_plan()[1]


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=CHANGES)
def test_what_was_killed_after_any_change_is_gone_on_with_or_taken_back(
    gated: tuple[Moto, Gate], tmp_path: Path, number: int
) -> None:
    moto, gate = gated
    typed = Typed(moto, tmp_path)
    before = typed.read()
    typed.kill_in_the_midst(gate, number)
    undone = typed.run("undo", f"trailbell-undo-{MOTOS}.json", "--yes")
    after = typed.read()
    typed.kill_in_the_midst(gate, number)
    went_on = typed.run("apply", "plan.json", "--yes")
    changes = gate.changes
    undone_later = typed.run("undo", f"trailbell-undo-{MOTOS}.json", "--yes")
    in_the_end = typed.read()

    assert (ExitCode.DONE, ExitCode.DONE, ExitCode.DONE) == (undone, went_on, undone_later)
    assert comparable(before) == comparable(after) == comparable(in_the_end)
    assert list(CHANGES[number + 1 :]) == changes[number + 1 : len(CHANGES)]
