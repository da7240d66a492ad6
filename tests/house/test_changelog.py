"""A change that users see is told in a fragment: named for its kind, in one to three sentences."""

import re
from pathlib import Path

import pytest

from support.project import ROOT, project_files

FOLDER = ROOT / "changelog.d"
FRAGMENTS = [path for path in project_files() if path.parent == FOLDER and path.name != "README.md"]


def identity(path: Path) -> str:
    return path.name


def sentences(text: str) -> list[str]:
    """Cut a text behind each full stop, question or exclamation mark that white space follows."""
    return [part for part in re.split(r"(?<=[.?!])\s+", text.strip()) if part]


@pytest.mark.parametrize("path", FRAGMENTS, ids=identity)
def test_a_fragment_is_named_for_its_subject_and_kind(path: Path) -> None:
    name = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.(added|changed|fixed|removed)\.md", path.name)

    assert name is not None, "expected <slug>.<added|changed|fixed|removed>.md"


@pytest.mark.parametrize("path", FRAGMENTS, ids=identity)
def test_a_fragment_is_one_to_three_whole_sentences(path: Path) -> None:
    found = sentences(path.read_text(encoding="utf-8"))

    assert 1 <= len(found) <= 3
    assert all(each.endswith((".", "?", "!")) for each in found)


def test_the_folder_for_fragments_holds_nothing_deeper() -> None:
    deeper = [path for path in project_files() if path.is_relative_to(FOLDER) and path.parent != FOLDER]

    assert [] == deeper
