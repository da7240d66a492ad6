"""The AWS command line, of both majors, as a user's shell would call it."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

__all__ = ["AwsCli", "aws_cli"]

_HOW = {
    "1": "it is among the development requirements: run ./dev test",
    "2": "install it, on Debian with: apt-get install awscli",
}


class AwsCli:
    """One installed AWS CLI; `bash` runs command lines in which ``aws`` is this one."""

    def __init__(self, program: Path, folder: Path, url: str) -> None:
        # A folder of its own on the path makes ``aws`` mean this one, whatever else is installed.
        self._folder = folder / "bin"
        self._folder.mkdir()
        script = self._folder / "aws"
        script.write_text(f'#!/bin/sh\nexec "{program}" --endpoint-url {url} "$@"\n', encoding="utf-8")
        script.chmod(0o755)

    def bash(self, line: str) -> subprocess.CompletedProcess[str]:
        """Runs a command line and returns what came of it."""
        environment = {
            "PATH": f"{self._folder}:{os.environ['PATH']}",
            "HOME": str(self._folder),
            "LC_ALL": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "anything",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
        return subprocess.run(
            ["bash", "-c", line],
            capture_output=True,
            text=True,
            env=environment,
            cwd=self._folder,
            timeout=300,
            check=False,
        )

    def run(self, line: str) -> str:
        """Runs a command line that must succeed, and returns what it wrote."""
        done = self.bash(line)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout


def aws_cli(major: str, folder: Path, url: str) -> AwsCli:
    """Finds the AWS CLI of a major version, or skips the test and says how to install it."""
    program = _program(major)
    if program is None:
        pytest.skip(f"there is no AWS CLI v{major}: {_HOW[major]}")
    return AwsCli(program, folder, url)


@cache
def _program(major: str) -> Path | None:
    beside = Path(sys.executable).parent / "aws"
    on_the_path = shutil.which("aws")
    candidates = [beside, Path("/usr/bin/aws"), Path("/usr/local/bin/aws")]
    candidates += [Path(on_the_path)] if on_the_path else []
    for candidate in candidates:
        if candidate.is_file():
            version = subprocess.run(
                [str(candidate), "--version"], capture_output=True, text=True, timeout=60, check=False
            )
            if version.stdout.startswith(f"aws-cli/{major}."):
                return candidate
    return None
