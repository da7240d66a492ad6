"""A real server whose files may not grow, whose folder may not be written, whose database is damaged."""

import json
import resource
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from support.records import denial, record, write_log
from support.server import RunningServer, cli, running_server
from support.waiting import wait_until
from trailbell.cli import ExitCode


def get(server: RunningServer, path: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(server.url + path) as answer:  # noqa: S310 - our own loopback URL
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def records(server: RunningServer) -> dict[str, int]:
    return dict(get(server, "/api/v1/status")[1]["sources"][0]["records"])


def is_full(server: RunningServer) -> bool:
    """Whether the server says in one answer that it takes nothing now, and that nothing is lost."""
    status, answer = get(server, "/readyz")
    troubles = answer.get("troubles", {}).values()
    return status == 503 and any("nothing is lost" in each for each in troubles)


def test_files_that_may_not_grow_stop_acknowledgement_and_lose_nothing(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    data = tmp_path / "data"
    with running_server("--source", str(logs), "--data", str(data), "--rescan-seconds", "0.5") as server:
        wait_until(lambda: get(server, "/readyz")[0] == 200)
        largest = max(path.stat().st_size for path in data.iterdir())
        # Only the soft limit: it can be lifted again from here.
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
        for number in range(40):
            noise = [record(userAgent="x" * 500) for _ in range(10)]
            write_log(
                logs / f"{number}.json.gz", [*(denial(userAgent="y" * 2000) for _ in range(20)), *noise]
            )
        wait_until(lambda: is_full(server))
        resource.prlimit(
            server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
        wait_until(lambda: records(server)["read"] == 40 * 30, patience_seconds=30)
        wait_until(lambda: get(server, "/readyz")[0] == 200)
        counted = records(server)
        code = server.stop()

    assert {"read": 1200, "matched": 800, "unmatched": 400, "duplicate": 0, "rejected": 0} == counted
    assert code == ExitCode.DONE


def test_a_damaged_database_is_told_with_what_to_do(tmp_path: Path) -> None:
    with running_server("--data", str(tmp_path)) as server:
        server.stop()
    database = tmp_path / "trailbell.db"
    content = bytearray(database.read_bytes())
    content[100:8192] = b"\xff" * 8092
    database.write_bytes(content)
    done = cli("serve", "--data", str(tmp_path), "--listen", "127.0.0.1:0")

    assert (ExitCode.CANNOT_START, True) == (done.returncode, "restore a backup" in done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_a_lock_file_that_was_copied_with_the_folder_locks_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1")

    with running_server("--data", str(tmp_path)) as server:
        assert server.stop() == ExitCode.DONE


def test_sigterm_in_the_middle_of_a_backlog_ends_in_time_and_the_next_start_goes_on(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    for number in range(3_000):
        write_log(logs / f"{number % 30}/{number}.json.gz", [denial(), record()])
    with running_server("--source", str(logs), "--data", str(tmp_path / "data")) as server:
        wait_until(lambda: records(server)["read"] > 0)
        started = time.monotonic()
        code = server.stop()
        taken = time.monotonic() - started
    with running_server("--source", str(logs), "--data", str(tmp_path / "data")) as server:
        wait_until(lambda: records(server)["read"] == 6_000, patience_seconds=60)
        counted = records(server)

    assert code == ExitCode.DONE
    assert taken < 5
    assert {"read": 6000, "matched": 3000, "unmatched": 3000, "duplicate": 0, "rejected": 0} == counted
