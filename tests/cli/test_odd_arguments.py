"""Arguments that are no text, no address or no number are refused in a line that says what is wrong."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.records import denial, write_log
from support.server import RunningServer, cli, running_server
from support.waiting import wait_until
from trailbell.cli import ExitCode

NO_TEXT = os.fsdecode(b"\xff\xfe")
NOWHERE = ["--url", "http://127.0.0.1:9"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["alarm", "show", NO_TEXT, *NOWHERE],
        ["events", "--principal", NO_TEXT, *NOWHERE],
        ["rejected", "list", "--file", NO_TEXT, *NOWHERE],
        ["rejected", "retry", NO_TEXT, *NOWHERE],
        ["controls", "show", NO_TEXT, *NOWHERE],
        ["verify", "--control", NO_TEXT, *NOWHERE],
        ["status", "--url", NO_TEXT],
        ["backup", "x.db", "--url", f"http://{NO_TEXT}"],
        ["audit", "--endpoint-url", f"http://{NO_TEXT}"],
        ["replay", ".", "--control", NO_TEXT],
        ["replay", ".", "--from", NO_TEXT],
        [NO_TEXT],
    ],
)
def test_words_that_are_no_text_are_refused(tmp_path: Path, arguments: list[str]) -> None:
    done = cli(*arguments, cwd=tmp_path)

    assert (ExitCode.USAGE, "") == (done.returncode, done.stdout), done.stderr
    assert r"\udcff\udcfe" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_id_that_is_no_text_is_refused(tmp_path: Path) -> None:
    done = cli("simulate", "--out", "logs", "--run-id", NO_TEXT, cwd=tmp_path)

    assert "run_id is '\\udcff\\udcfe', but must be text in UTF-8" in done.stderr
    assert ExitCode.CANNOT_START == done.returncode


def test_paths_need_not_be_text(tmp_path: Path) -> None:
    folder = tmp_path / NO_TEXT
    write_log(folder / "log.json.gz", [denial()])
    shown = f"{tmp_path}/\\udcff\\udcfe"
    replayed = cli("replay", str(folder), "--format", "json", "--events", str(tmp_path / f"{NO_TEXT}.jsonl"))
    tested = cli("pattern", "test", '{ $.errorCode = "*" }', str(folder / "log.json.gz"), "--format", "json")
    missing = cli("replay", str(folder / "missing"))
    simulated = cli("simulate", "--out", str(folder), "--duration", "5")

    assert 1 == json.loads(replayed.stdout)["records"]["matched"], replayed.stderr
    assert 1 == json.loads(tested.stdout)["records"]["matched"], tested.stderr
    assert f"{shown}/missing: no such file or directory" in missing.stderr
    assert ExitCode.DONE == simulated.returncode, simulated.stderr


def status(server: RunningServer) -> dict[str, Any]:
    return dict(json.loads(cli("status", "--format", "json", "--url", server.url).stdout))


def test_a_server_lives_in_a_folder_whose_name_is_no_text_and_counts_what_it_cannot_take(
    tmp_path: Path,
) -> None:
    logs = tmp_path / "logs"
    write_log(logs / f"{NO_TEXT}.json.gz", [denial()])
    with running_server("--data", str(tmp_path / NO_TEXT), "--source", str(logs)) as server:
        wait_until(lambda: status(server)["sources"][0]["files_unreadable"] == 1)
        told = status(server)

    assert rf"{tmp_path}/\xff\xfe/trailbell.db" == told["store_path"]
    assert 0 == told["sources"][0]["records"]["read"]


def test_a_source_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / NO_TEXT).mkdir()
    place = ("--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"))
    done = cli("serve", *place, "--source", NO_TEXT, cwd=tmp_path)

    assert r"\udcff\udcfe': its name is not UTF-8; name it by another path" in done.stderr
    assert ExitCode.CANNOT_START == done.returncode


@pytest.mark.parametrize("option", ["status --url", "audit --endpoint-url", "remediate plan --endpoint-url"])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "localhost:4566",
        "ftp://localhost",
        "http://",
        "http://[::1",
        "http://a:99999",
        "http://a b",
    ],
)
def test_an_address_that_cannot_be_called_is_refused(option: str, url: str) -> None:
    done = cli(*option.split(), url)

    assert (ExitCode.USAGE, "") == (done.returncode, done.stdout)
    assert f"{option.rsplit(maxsplit=1)[-1]}'" in done.stderr
    assert f": {url!r} is no URL" in done.stderr


def test_a_host_that_no_name_server_takes_is_no_server() -> None:
    done = cli("status", "--url", f"http://{'a' * 70}.example")

    assert ExitCode.NO_SERVER == done.returncode
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", ["nan", "inf", "1e400", "-1", "soon"])
@pytest.mark.parametrize("option", ["verify --timeout", "remediate apply --wait"])
def test_a_number_of_seconds_that_is_none_is_refused(option: str, number: str) -> None:
    done = cli(*option.split(), number)

    assert (ExitCode.USAGE, "") == (done.returncode, done.stdout)
    assert f"Invalid value for '{option.rsplit(maxsplit=1)[-1]}': " in done.stderr
