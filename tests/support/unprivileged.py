"""Runs a piece of Python as somebody whom file permissions hold back, which they do not for root."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["open_folder", "run_unprivileged"]

_NOBODY = 65534

# The modules are imported before the change of user, who may not be able to read them.
_PRELUDE = """
import json, os, sys, threading
from pathlib import Path
from trailbell.sources import *
from trailbell.store import *
if os.geteuid() == 0:
    os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
"""


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that everybody may enter; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def run_unprivileged(code: str, *arguments: str) -> str:
    """What the code prints, run after the rooms of sources and store were imported."""
    if os.geteuid() == 0 and not _may_change_user():
        pytest.skip("root here may not become another user, and file permissions do not hold root back")
    prelude = _PRELUDE.format(nobody=_NOBODY)
    done = subprocess.run(
        [sys.executable, "-c", prelude + code, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    return done.stdout


def _may_change_user() -> bool:
    attempt = subprocess.run([sys.executable, "-c", f"import os; os.setuid({_NOBODY})"], check=False)
    return attempt.returncode == 0
