"""Modules are small and have one noun."""

import ast
import re
from pathlib import Path

import pytest

from support.project import ROOT, project_files

LONGEST = 400
EMPTY_NAMES = {"common", "core", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}

MODULES = [
    path
    for path in project_files()
    if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"src", "tests", "benchmarks"}
]


def identity(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=identity)
def test_a_module_is_short_or_says_at_its_top_why_not(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    opening = "\n".join((ast.get_docstring(ast.parse(text)) or "").splitlines()[:4])

    assert len(text.splitlines()) <= LONGEST or f"longer than {LONGEST} lines because" in opening


@pytest.mark.parametrize("path", MODULES, ids=identity)
def test_no_folder_or_module_has_a_name_that_says_nothing(path: Path) -> None:
    words = {
        word for part in path.relative_to(ROOT).with_suffix("").parts for word in re.split(r"[_.-]", part)
    }

    assert set() == words & EMPTY_NAMES
