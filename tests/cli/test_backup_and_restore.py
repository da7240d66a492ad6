"""A copy of the running server's database, and a server that starts from it."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from support.records import denial, record, write_log
from support.server import cli, running_server
from support.waiting import wait_until
from trailbell.cli import ExitCode


def status(url: str) -> dict[str, Any]:
    return dict(json.loads(cli("status", "--format", "json", "--url", url).stdout))


def test_a_backup_of_a_running_server_restores_everything(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write_log(logs / "one.json.gz", [denial("mallory"), record()])
    copy = tmp_path / "copy.db"
    with running_server("--source", str(logs), "--data", str(tmp_path / "data")) as server:
        wait_until(lambda: status(server.url)["sources"][0]["records"]["read"] == 2)
        done = cli("backup", str(copy), "--url", server.url)
        again = cli("backup", str(copy), "--url", server.url)
        before = status(server.url)
        left = [path.name for path in (tmp_path / "data").iterdir() if path.name.startswith("backup-")]
    restored = tmp_path / "restored"
    restored.mkdir()
    copy.rename(restored / "trailbell.db")
    with running_server("--source", str(logs), "--data", str(restored)) as server:
        after = status(server.url)

    assert done.returncode == ExitCode.DONE, done.stderr
    assert "is there already" in again.stderr
    assert again.returncode == ExitCode.REFUSED
    assert left == []
    assert before["sources"][0]["records"] == after["sources"][0]["records"]
    assert [(each["name"], each["state"]) for each in before["alarms"]] == [
        (each["name"], each["state"]) for each in after["alarms"]
    ]


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with running_server("--data", str(tmp_path / "data")) as server:
        done = cli("backup", str(tmp_path / "missing" / "copy.db"), "--url", server.url)

    assert "cannot be written" in done.stderr
    assert done.returncode == ExitCode.REFUSED


@pytest.mark.parametrize("more", [(), ("--force",)])
def test_nothing_but_a_file_is_taken_for_the_backup(tmp_path: Path, more: tuple[str, ...]) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        refused = {
            name: cli("backup", name, *more, cwd=tmp_path)
            for name in ("pipe", "socket", "link", "folder", "-")
        }

    assert {ExitCode.USAGE} == {done.returncode for done in refused.values()}
    assert [] == [name for name, done in refused.items() if name not in done.stderr]
    assert "is a device, a pipe or a socket" in refused["link"].stderr
    assert "is not written to standard output" in refused["-"].stderr
    assert ["folder", "link", "pipe", "socket"] == sorted(path.name for path in tmp_path.iterdir())
