"""The cfn-lint program: what it finds in a template."""

import shutil
import subprocess
from pathlib import Path

import pytest

__all__ = ["cfn_lint"]


def cfn_lint(template: str, folder: Path, region: str = "us-east-1") -> str:
    """Returns what cfn-lint says of a template, nothing if it is clean; skips the test if there is none."""
    program = shutil.which("cfn-lint")
    if program is None:
        pytest.skip("there is no cfn-lint: install it apart from this project, with: pipx install cfn-lint")
    path = folder / "template.json"
    path.write_text(template, encoding="utf-8")
    done = subprocess.run(
        [program, "--regions", region, "--", str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return f"{done.stdout}{done.stderr}"
