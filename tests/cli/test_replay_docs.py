"""What the documentation of `trailbell replay` shows is what the command does."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from support.project import ROOT, page_text
from support.records import denial, write_log
from trailbell.cli import ExitCode, main

SPEED = re.compile(r", in [0-9.]+ s: [0-9,]+ records/s, [0-9,]+ MB/s")


def block(text: str, kind: str) -> str:
    """The first fenced block of a kind."""
    return text.partition(f"```{kind}\n")[2].partition("```")[0]


def plain(text: str) -> list[str]:
    """Its lines without what differs from run to run, and without blanks nobody sees."""
    return [line.rstrip() for line in SPEED.sub("", text).splitlines() if line.strip()]


def test_the_first_commands_of_the_page_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_text("replay.md")
    monkeypatch.chdir(tmp_path)
    printed = ""
    for line in block(page, "console").splitlines():
        _, program, *words = shlex.split(line)
        assert program == "trailbell"
        printed = CliRunner().invoke(main, words).stdout

    assert plain(block(page, "text")) == plain(printed)


def test_the_readme_shows_the_beginning_of_the_same() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("docs/replay.md")[0]
    shown = readme.rpartition("```text\n")[2].partition("```")[0]

    assert len(plain(shown)) > 5
    assert plain(block(page_text("replay.md"), "text"))[: len(plain(shown))] == plain(shown)


def blocks(text: str, kind: str) -> str:
    """All fenced blocks of a kind in a row."""
    return "\n".join(each.partition("```")[0] for each in text.split(f"```{kind}\n")[1:])


def replayed_rules(tmp_path: Path, rules: str) -> dict[str, Any]:
    """What a replay says by some rules of six secrets that were refused."""
    (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
    calls = [denial(eventName="GetSecretValue", eventSource="secretsmanager.amazonaws.com") for _ in range(6)]
    log = write_log(tmp_path / "log.json.gz", calls)
    words = ["replay", str(log), "--rules", str(tmp_path / "rules.toml"), "--format", "json"]
    return dict(json.loads(CliRunner().invoke(main, words).stdout))


def test_the_rules_on_the_page_can_be_replayed(tmp_path: Path) -> None:
    told = replayed_rules(tmp_path, block(page_text("replay.md"), "toml"))

    assert [("refused-secrets", 6)] == [(each["name"], each["matches"]) for each in told["filters"]]
    assert [("refused-secrets", 1)] == [(each["name"], each["times_in_alarm"]) for each in told["alarms"]]


def test_its_rules_with_metric_math_and_a_composite_alarm_can_be_replayed(tmp_path: Path) -> None:
    told = replayed_rules(tmp_path, blocks(page_text("replay.md"), "toml"))

    assert [
        ("refused-secrets", 1, 1),
        ("most-secrets-refused", 1, 0),
        ("deploying", 0, 0),
        ("somebody-wants-secrets", 1, 1),
    ] == [(each["name"], each["times_in_alarm"], each["pages"]) for each in told["alarms"]]


def test_the_page_names_every_member_of_the_json_forms(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.json.gz", [denial()])
    events = tmp_path / "events.jsonl"
    words = ["replay", str(log), "--format", "json", "--events", str(events)]
    told = json.loads(CliRunner().invoke(main, words).stdout)

    table = page_text("replay.md").partition("## For programs")[2].partition("## How does it end?")[0]
    inner = (*told["filters"][0], *told["alarms"][0], *told["alarms"][0]["transitions"][0])
    written = json.loads(events.read_text())
    assert [] == [name for name in (*told, *inner, *written) if f"`{name}`" not in table]


def test_the_page_names_every_exit_code_of_the_command() -> None:
    table = page_text("replay.md").partition("## How does it end?")[2].partition("## How fast is it?")[0]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}

    of_others = {ExitCode.NO_SERVER, ExitCode.REFUSED}
    others = ("`pattern", "`audit", "`remediate", "`verify")
    of_others |= {
        code
        for code in ExitCode
        if any(each in code.meaning for each in others) and "`replay`" not in code.meaning
    }
    assert set(ExitCode) - of_others == codes
