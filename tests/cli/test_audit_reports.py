"""`trailbell audit --format`: every form of the report goes to standard output whole."""

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from support.account_states import patched, state_named
from trailbell.account import write_snapshot
from trailbell.cli import ExitCode, main


def told(folder: Path, form: str) -> str:
    file = folder / "kept.json"
    file.write_bytes(write_snapshot(patched(state_named("one-filter-missing"))))
    words = ["audit", "--from-snapshot", str(file), "--control", "root-usage", "--format", form]
    done = CliRunner().invoke(main, words)

    assert ExitCode.CONTROL_FAILS == done.exit_code
    return done.stdout


@pytest.mark.parametrize("form", ["table", "json", "markdown", "html", "ocsf", "junit"])
def test_every_form_names_the_control_its_status_and_its_broken_link(tmp_path: Path, form: str) -> None:
    found = told(tmp_path, form)

    assert "root_usage" in found
    assert "filter" in found
    assert found.endswith("\n")
    assert ("failure" if form == "junit" else "FAIL") in found


def test_the_forms_for_programs_can_be_read(tmp_path: Path) -> None:
    [finding] = json.loads(told(tmp_path, "ocsf"))
    root = ElementTree.fromstring(told(tmp_path, "junit"))  # noqa: S314 - it is our own

    assert 2003 == finding["class_uid"]
    assert "1" == root.get("failures")


def test_the_page_says_its_encoding(tmp_path: Path) -> None:
    page = told(tmp_path, "html")
    HTMLParser().feed(page)

    assert page.startswith("<!doctype html>")
    assert '<meta charset="utf-8">' in page
