"""`trailbell audit`: from what was read to a report and an exit code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from support.account_states import patched, state_named
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from trailbell.account import write_snapshot
from trailbell.cli import ExitCode, main

MEMBERS = {
    "control",
    "id",
    "status",
    "broken_link",
    "message",
    "chain",
    "witness_event",
    "theoretical_gap",
}


def audit(*words: str) -> Result:
    return CliRunner().invoke(main, ["audit", *words])


def kept(folder: Path, *names: str) -> list[str]:
    """The options that judge states instead of reading an account."""
    words = []
    for name in names:
        file = folder / f"{name}.json"
        file.write_bytes(write_snapshot(patched(state_named(name))))
        words += ["--from-snapshot", str(file)]
    return words


def answer(folder: Path, name: str, *words: str) -> dict[str, Any]:
    done = audit(*kept(folder, name), "--format", "json", *words)
    [account] = json.loads(done.stdout)["accounts"]
    return dict(account)


def test_the_whole_account_passes(tmp_path: Path) -> None:
    done = audit(*kept(tmp_path, "whole"))

    assert ExitCode.DONE == done.exit_code
    assert "16 PASS" in done.stdout
    assert "account 111122223333, 7.0.0, regions us-east-1" in done.stdout


def test_json_has_the_members_that_programs_rely_on(tmp_path: Path) -> None:
    account = answer(tmp_path, "pending-subscription")

    assert {"account", "regions", "cis", "controls", "calls"} <= set(account)
    assert ("111122223333", ["us-east-1"], "7.0.0") == (
        account["account"],
        account["regions"],
        account["cis"],
    )
    assert all(set(each) >= MEMBERS for each in account["controls"])
    first = account["controls"][0]
    assert ("unauthorized_api_calls", "5.1", "FAIL", "subscription") == (
        first["control"],
        first["id"],
        first["status"],
        first["broken_link"],
    )
    assert ["trail", "log_group", "filter", "metric", "alarm", "action", "topic", "subscription"] == [
        each["link"] for each in first["chain"]
    ]


def test_a_filter_that_misses_events_is_shown_one(tmp_path: Path) -> None:
    account = answer(tmp_path, "star-lost-in-markdown", "--control", "unauthorized-api-calls")

    [result] = account["controls"]
    assert "Client.UnauthorizedOperation" == result["witness_event"]["errorCode"]


@pytest.mark.parametrize(
    ("state", "words", "code"),
    [
        ("whole", [], ExitCode.DONE),
        ("no-trail", [], ExitCode.CONTROL_FAILS),
        ("no-trail", ["--fail-on", "never"], ExitCode.DONE),
        ("alarms-refused", [], ExitCode.CONTROL_UNKNOWN),
        ("alarms-refused", ["--fail-on", "fail"], ExitCode.DONE),
        ("every-json-event", [], ExitCode.DONE),
        ("every-json-event", ["--fail-on", "noisy"], ExitCode.CONTROL_NOISY),
        ("organization-trail-from-a-member", ["--fail-on", "noisy"], ExitCode.DONE),
    ],
)
def test_the_exit_code_tells_of_the_worst_result(
    tmp_path: Path, state: str, words: list[str], code: ExitCode
) -> None:
    assert code == audit(*kept(tmp_path, state), *words).exit_code


@pytest.mark.parametrize(
    ("given", "shown", "first"),
    [
        ("1.2", "1.2.0", "3.1"),
        ("4.0.1", "4.0.1", "4.1"),
        ("7.0.0", "7.0.0", "5.1"),
        ("security-hub",) * 2 + ("CloudWatch.2",),
    ],
)
def test_a_profile_gives_the_controls_their_numbers(
    tmp_path: Path, given: str, shown: str, first: str
) -> None:
    account = answer(tmp_path, "whole", "--cis", given)

    assert (shown, first) == (account["cis"], account["controls"][0]["id"])


def test_an_unknown_profile_or_control_is_a_usage_error(tmp_path: Path) -> None:
    words = kept(tmp_path, "whole")

    assert "'9.9' is not one of 1.2" in audit(*words, "--cis", "9.9").stderr
    assert "did you mean root_usage?" in audit(*words, "--control", "root-usag").stderr
    assert ExitCode.USAGE == audit(*words, "--cis", "1.2", "--control", "organizations-changes").exit_code


def test_an_exception_stands_in_for_a_chain_until_it_expires(tmp_path: Path) -> None:
    file = tmp_path / "exceptions.toml"
    file.write_text(
        '[[exception]]\ncontrol = "root_usage"\naccount = "*"\nreason = "The SIEM watches it"\n'
        'author = "Ada"\nexpires = 9999-12-31\n\n'
        '[[exception]]\ncontrol = "vpc_changes"\naccount = "111122223333"\nreason = "Old"\n'
        'author = "Bob"\nexpires = 2020-01-01\n'
    )
    account = answer(tmp_path, "no-trail", "--exceptions", str(file))

    found = {each["control"]: each for each in account["controls"]}
    assert "EXCEPTION" == found["root_usage"]["status"]
    assert {"reason": "The SIEM watches it", "author": "Ada", "expires": "9999-12-31"} == found["root_usage"][
        "exception"
    ]
    assert "FAIL" == found["vpc_changes"]["status"]
    assert ["The exception of vpc_changes by Bob expired on 2020-01-01 and does not count."] == account[
        "notes"
    ]


def test_the_policy_is_printed_without_reading_anything() -> None:
    done = audit("--print-iam-policy")

    assert "cloudtrail:DescribeTrails" in json.loads(done.stdout)["Statement"][0]["Action"]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    (tmp_path / "main").mkdir()
    with aws_server(
        tmp_path, ManualClock(), source=(str(tmp_path / "main"),), account_id="111122223333"
    ) as running:
        yield running


@pytest.mark.client
def test_an_endpoint_is_read_and_kept(server: AwsServer, tmp_path: Path) -> None:
    words = ["--endpoint-url", server.url, "--control", "root-usage", "--format", "json"]
    done = audit(*words, "--save", str(tmp_path / "kept"))
    again = audit(*words[2:], "--from-snapshot", str(tmp_path / "kept" / "111122223333.json"))

    [account] = json.loads(done.stdout)["accounts"]
    assert {"cloudtrail:DescribeTrails", "sns:ListSubscriptionsByTopic"} <= set(account["calls"])
    assert done.stdout == again.stdout
    assert done.exit_code == again.exit_code


@pytest.mark.client
def test_an_account_that_cannot_be_entered_does_not_hide_the_others(
    server: AwsServer, tmp_path: Path
) -> None:
    file = tmp_path / "accounts.txt"
    file.write_text("222233334444 # a member\n\n111122223333\n")
    role = "arn:aws:iam::000000000000:role/Auditor"
    done = audit(
        "--endpoint-url", server.url, "--accounts", str(file), "--role-arn", role, "--format", "json"
    )

    accounts = json.loads(done.stdout)["accounts"]
    assert ["222233334444", "111122223333"] == [each["account"] for each in accounts]
    assert all("role/Auditor cannot be assumed" in each["problems"][0] for each in accounts)
    assert "1 of 2: could not read" in done.stderr
    assert ExitCode.CONTROL_UNKNOWN == done.exit_code


@pytest.mark.parametrize(
    ("content", "role", "words"),
    [
        ("", [], "names no account"),
        ("12", ["--role-arn", "arn:aws:iam::000000000000:role/Auditor"], "is no account id"),
        ("222233334444", [], "name it once with --role-arn"),
    ],
)
def test_an_accounts_file_that_makes_no_sense_is_refused(
    tmp_path: Path, content: str, role: list[str], words: str
) -> None:
    file = tmp_path / "accounts.txt"
    file.write_text(content)
    done = audit("--accounts", str(file), *role)

    assert done.exit_code != ExitCode.DONE
    assert words in done.stderr


@pytest.mark.parametrize("option", ["--from-snapshot", "--exceptions", "--accounts"])
def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path, option: str) -> None:
    done = audit(option, str(tmp_path / "missing"))

    assert ExitCode.USAGE == done.exit_code
    assert "missing" in done.stderr


@pytest.mark.parametrize("content", [b"", b"[]", b'{"account": 1}', b"\xff"])
def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "snapshot.json"
    file.write_bytes(content)
    done = audit("--from-snapshot", str(file))

    assert "not a snapshot of an account" in done.stderr
    assert done.exit_code != ExitCode.DONE


@pytest.mark.parametrize("content", [b"nothing", b"", b"\xff", b'{"account": "\xff"}', b'reason = "\xff"'])
@pytest.mark.parametrize("option", ["--from-snapshot", "--exceptions"])
def test_a_file_that_holds_something_else_is_named(tmp_path: Path, option: str, content: bytes) -> None:
    file = tmp_path / "a file"
    file.write_bytes(content or b"[")
    done = audit(option, str(file))

    assert ExitCode.CANNOT_START == done.exit_code, done.exception
    assert f"trailbell: {file}: " in done.stderr
