"""Runs an exported script in bash, with a program for the AWS CLI that writes down what it is given."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec

from support.sample_plans import ACCOUNT

__all__ = ["Call", "ScriptRun", "run_script"]

_AWS = """#!/bin/sh
printf '%s\\0' "$#" "$@" >>"$CALLS"
case "$*" in *get-caller-identity*) echo "$ACCOUNT" ;; esac
"""


class Call(msgspec.Struct, frozen=True):
    """One command: its service and operation, and what it was given."""

    operation: str
    region: str
    given: Any


class ScriptRun(msgspec.Struct, frozen=True):
    """What came of a script: the arguments of each time that ``aws`` was called."""

    code: int
    errors: str
    arguments: list[list[str]]

    @property
    def calls(self) -> list[Call]:
        """The calls after the one that asks for the account."""
        return [_call(each) for each in self.arguments[1:]]


def run_script(script: str, folder: Path, *, is_typed: bool = False, **environment: str) -> ScriptRun:
    """Runs a script as a file, or as if it had been typed at a prompt; no other program is on the path."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "aws").write_text(_AWS)
    (programs / "aws").chmod(0o755)
    (folder / "script.sh").write_text(script, encoding="utf-8")
    bash = shutil.which("bash")
    assert bash is not None, "there is no bash"
    done = subprocess.run(
        [bash, "--norc", "--noprofile", "-i"] if is_typed else [bash, "script.sh"],
        input=f"set -o history -o histexpand\n{script}" if is_typed else "",
        capture_output=True,
        encoding="utf-8",
        # At a prompt bash shows parts of what is typed, cut where the line is full.
        errors="replace",
        cwd=folder,
        env={"PATH": str(programs), "CALLS": str(folder / "calls"), "ACCOUNT": ACCOUNT, **environment},
        timeout=60,
        check=False,
    )
    calls = folder / "calls"
    return ScriptRun(done.returncode, done.stderr, _arguments(calls.read_bytes() if calls.exists() else b""))


def _arguments(written: bytes) -> list[list[str]]:
    fields = iter(written.decode().split("\0")[:-1])
    return [[next(fields) for _ in range(int(number))] for number in fields]


def _call(arguments: list[str]) -> Call:
    service, operation, *options = arguments
    assert ["--region", "--cli-input-json"] == options[::2]
    return Call(f"{service} {operation}", options[1], json.loads(options[3]))
