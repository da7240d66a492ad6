"""The command line as a user types it, against a real server."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.http_receiver import HttpReceiver, ReceivedRequest, http_receiver
from support.records import denial, record, write_log
from support.scenario import UNAUTHORIZED
from support.server import RunningServer, cli, running_server
from support.waiting import wait_until
from trailbell.cli import COMMANDS, ExitCode, main

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, receiver: HttpReceiver) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("server")
    logs = folder / "logs"
    logs.mkdir()
    with running_server(
        "--source", str(logs), "--data", str(folder / "data"), "--notify", f"{receiver.url}/hook"
    ) as running:
        write_log(logs / "AWSLogs/x/one.json.gz", [denial("mallory", eventID="m1"), record(), record()])
        received(receiver)
        yield running


def received(receiver: HttpReceiver) -> ReceivedRequest:
    wait_until(lambda: bool(receiver.requests))
    return receiver.requests[0]


def answer(server: RunningServer, *arguments: str) -> dict[str, Any]:
    done = cli(*arguments, "--format", "json", TRAILBELL_URL=server.url)
    assert done.returncode == ExitCode.DONE, done.stderr
    return dict(json.loads(done.stdout))


def test_the_message_to_a_url_is_the_alarms_json(receiver: HttpReceiver, server: RunningServer) -> None:
    body = received(receiver).json

    assert (UNAUTHORIZED, "ALARM") == (body["AlarmName"], body["NewStateValue"])
    assert body["Trailbell"]["evidence"]["principals"][0]["count"] == 1
    assert list(body)[-1] == "Trailbell"
    assert body["Trailbell"]["url"] == f"{server.url}/api/v1/alarms/{UNAUTHORIZED}"


def test_status_tells_states_and_classes(server: RunningServer) -> None:
    status = answer(server, "status")

    [source] = status["sources"]
    assert {"read": 3, "matched": 1, "unmatched": 2, "duplicate": 0, "rejected": 0} == source["records"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["status"], ["ALARM", UNAUTHORIZED, "counted_identity", "matched"]),
        (["alarm", "list"], [UNAUTHORIZED, "Threshold Crossed"]),
        (["alarm", "show", UNAUTHORIZED], ["user/mallory", "AccessDenied", "m1", "Alarm updated from"]),
        (["events", "--principal", "mallory"], ["ec2:DescribeInstances", "m1"]),
        (["events", "--since", "2030-01-01"], ["No matched events."]),
        (["controls", "list"], ["5.15 (7.0.0)", "security_hub_enabled", "no metric filter"]),
        (["controls", "show", "root_usage"], ["$.userIdentity.type", "3.3 in 1.2.0"]),
        (["controls", "apply"], ["0 changes made."]),
        (["doctor"], ["sqlite", "in ALARM: unauthorized_api_calls_alarm"]),
    ],
)
def test_tables_say_what_people_ask(server: RunningServer, arguments: list[str], words: list[str]) -> None:
    done = cli(*arguments, TRAILBELL_URL=server.url)

    assert [] == [word for word in words if word not in done.stdout]
    assert done.returncode == ExitCode.DONE, done.stderr


def test_the_url_flag_wins_over_the_variable(server: RunningServer) -> None:
    done = cli("alarm", "list", "--url", server.url, TRAILBELL_URL=NOWHERE)

    assert done.returncode == ExitCode.DONE


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["alarm", "list"],
        ["alarm", "show", "x"],
        ["events"],
        ["controls", "list"],
        ["controls", "apply"],
    ],
)
def test_without_a_server_a_command_says_so(arguments: list[str]) -> None:
    done = cli(*arguments, TRAILBELL_URL=NOWHERE)

    assert ExitCode.NO_SERVER == done.returncode
    assert "no Trailbell server answers at http://127.0.0.1:9" in done.stderr
    assert done.stdout == ""


def test_doctor_runs_without_a_server(tmp_path: Path) -> None:
    done = cli(
        "doctor", "--format", "json", cwd=tmp_path, TRAILBELL_URL=NOWHERE, TRAILBELL_DATA=str(tmp_path)
    )
    checks = {each["check"]: each for each in json.loads(done.stdout)["findings"]}

    assert "not running" in checks["server"]["detail"]
    assert ExitCode.DONE == done.returncode


def test_what_the_server_refuses_ends_with_its_words(server: RunningServer) -> None:
    done = cli("alarm", "show", "nope", TRAILBELL_URL=server.url)

    assert ExitCode.REFUSED == done.returncode
    assert "no alarm is called 'nope'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "words"),
    [
        (["serve", "--listen", "0.0.0.0:4747"], {}, ExitCode.CANNOT_START, "not loopback"),
        (["serve", "--evaluation", "soon"], {}, ExitCode.CANNOT_START, "expected eager or aws"),
        (["serve", "--controls", "root_usag", "--source", "."], {}, ExitCode.CANNOT_START, "root_usage"),
        (["serve", "--controls", "root_usag"], {}, ExitCode.CANNOT_START, "did you mean root_usage?"),
        (["serve", "--controls", "0"], {}, ExitCode.CANNOT_START, "there are unauthorized_api_calls, "),
        (["serve", "--source", "/no/such/folder"], {}, ExitCode.CANNOT_START, "/no/such/folder"),
        (["serve"], {"TRAILBELL_LISTENN": "x"}, ExitCode.CANNOT_START, "nearest is TRAILBELL_LISTEN"),
        (["serve", "--config", "missing.toml"], {}, ExitCode.CANNOT_START, "missing.toml"),
        (["serv"], {}, ExitCode.USAGE, "The commands are demo, serve"),
        (["events", "--limit", "0"], {}, ExitCode.USAGE, "--limit"),
        (["simulate"], {}, ExitCode.USAGE, "--out"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], code: ExitCode, words: str
) -> None:
    if arguments[0] == "serve":
        # What the case says comes later, and wins.
        place = ["--listen", "127.0.0.1:0", "--data", str(tmp_path / "data")]
        arguments = ["serve", *place, *arguments[1:]]
    done = cli(*arguments, cwd=tmp_path, **environment)

    assert (code, True) == (done.returncode, words in done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_and_a_taken_folder_are_told(tmp_path: Path, server: RunningServer) -> None:
    taken = server.url.removeprefix("http://")
    port = cli("serve", "--listen", taken, "--data", str(tmp_path))
    with running_server("--data", str(tmp_path)):
        folder = cli("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path))

    assert f"cannot listen on {taken}" in port.stderr
    assert "another Trailbell server" in folder.stderr
    assert ExitCode.CANNOT_START == port.returncode == folder.returncode


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with running_server("--source", str(tmp_path), "--data", str(tmp_path / "data")) as running:
        code = running.stop(number)

    assert ExitCode.DONE == code


def test_the_help_in_one_line_is_the_commands_own() -> None:
    context = main.make_context("trailbell", ["status"])
    commands = {name: main.get_command(context, name) for name in COMMANDS}

    assert {name: summary for name, (_, summary) in COMMANDS.items()} == {
        name: command.get_short_help_str(200) for name, command in commands.items() if command is not None
    }


def test_simulated_files_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    arguments = ["simulate", "--duration", "60", "--start", "2026-09-14T05:00Z", "--rate", "3"]
    first = cli(*arguments, "--out", str(tmp_path / "a"))
    cli(*arguments, "--out", str(tmp_path / "b"))
    cli(*arguments, "--out", str(tmp_path / "c"), "--seed", "8")
    contents = [
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.json.gz")} for name in "abc"
    ]

    assert "records in" in first.stdout
    assert contents[0] == contents[1] != contents[2]
    assert contents[0]


def test_the_demo_rings_says_who_and_ends(tmp_path: Path) -> None:
    done = cli("demo", "--once", TMPDIR=str(tmp_path))

    assert "ALARM: unauthorized_api_calls_alarm" in done.stdout
    assert "who " in done.stdout
    assert [] == list(tmp_path.iterdir())
    assert ExitCode.DONE == done.returncode
