"""`trailbell verify` against a running server with a real receiver, and against an account."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from support.aws_server import AwsServer, aws_server
from support.drilled import Account, account
from support.http_receiver import Answer, HttpReceiver
from support.subscribing import closing_receiver
from trailbell.cli import ExitCode, main
from trailbell.drill import DRILL_NAME

pytestmark = pytest.mark.client

LINKS = ["source", "log_group", "filter", "metric", "alarm", "topic", "subscription"]


def document_of(done: Result) -> dict[str, Any]:
    """The document among the lines that a server in this process writes to its log."""
    text = f"\n{done.stdout}"
    return dict(json.loads(text[text.index("\n{\n") : text.rindex("\n}\n") + 2]))


def verify(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["verify", *words], input=typed)


@pytest.fixture(scope="module")
def receiver() -> Iterator[HttpReceiver]:
    # Two verifications are acknowledged, the third is not.
    with closing_receiver(200, 200, Answer(status=503)) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(receiver: HttpReceiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "main").mkdir()
    with aws_server(folder, source=(str(folder / "main"),), notify=(receiver.url,)) as running:
        yield running


def test_a_running_server_proves_its_chain_and_says_so_when_it_cannot(
    server: AwsServer, receiver: HttpReceiver
) -> None:
    table = verify("--url", server.url)
    document = verify("--url", server.url, "--format", "json")
    refused = verify("--url", server.url)
    answer = document_of(document)
    rings = [each for each in receiver.requests if each.json["NewStateValue"] == "ALARM"]

    assert [0, 0, ExitCode.VERIFY_STOPPED] == [each.exit_code for each in (table, document, refused)]
    assert LINKS == [line.split()[0] for line in table.stdout.splitlines() if line.startswith("  ")][:7]
    assert "PROVEN in " in table.stdout
    assert ("proven", LINKS, [], True) == (
        answer["state"],
        [each["link"] for each in answer["links"]],
        answer["left"],
        answer["is_removed"],
    )
    assert "whoever is subscribed to its alarm is paged by it" in table.stderr
    assert "STOPPED at subscription: No subscription acknowledged the message." in refused.stdout
    assert "503" in refused.stdout
    assert 3 == len(rings)
    assert all(DRILL_NAME in each.body.decode() for each in rings)
    assert {"OK"} == {each.state for each in server.chain.report.alarms() if each.name.startswith("unauth")}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--control", "security_hub_enabled"), ExitCode.REFUSED, "watched by no metric filter"),
        (("--control", "nothing"), ExitCode.REFUSED, "no control is called"),
        (("--control", "root_usage", "--control", "vpc_changes"), ExitCode.USAGE, "one control at a time"),
        (("--drill",), ExitCode.USAGE, "--drill goes with --account"),
        (("--region", "us-east-1"), ExitCode.USAGE, "--region goes with --account"),
        (("--timeout", "0"), ExitCode.USAGE, "timeout"),
        (("--account",), ExitCode.USAGE, "--url names a Trailbell server"),
    ],
)
def test_what_cannot_be_proven_is_refused(
    server: AwsServer, words: tuple[str, ...], code: ExitCode, said: str
) -> None:
    done = verify("--url", server.url, *words)

    assert (code, True) == (done.exit_code, said in done.stderr)


@pytest.mark.parametrize(
    ("key", "said"), [("security_hub_enabled", "there is no chain"), ("nothing", "no control is called")]
)
def test_what_an_account_cannot_prove_is_refused(key: str, said: str) -> None:
    done = verify("--account", "--control", key)

    assert (ExitCode.USAGE, True) == (done.exit_code, said in done.stderr)


def test_a_foreign_page_cannot_start_one_and_an_unknown_one_is_not_there(server: AwsServer) -> None:
    path = f"{server.url}/api/v1/verifications"
    with httpx2.Client(trust_env=False) as client:
        foreign = client.post(path, json={}, headers={"origin": "https://evil.example"})
        unknown = client.get(f"{path}/none")

    assert [403, 404] == [foreign.status_code, unknown.status_code]
    assert "no verification has the id 'none'" in unknown.text


def test_a_server_that_is_not_there_is_told(server: AwsServer) -> None:
    assert ExitCode.NO_SERVER == verify("--url", "http://127.0.0.1:9").exit_code


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    with account(tmp_path) as running:
        yield running


def test_a_drill_is_announced_and_rings_only_when_it_is_confirmed(made: Account) -> None:
    place = ("--account", "--endpoint-url", made.server.url, "--region", "us-east-1")
    words = (*place, "--drill", "--control", "root_usage", "--control", "vpc-changes")
    no = verify(*words, typed="n\n")
    untouched = made.standing("root-usage-alarm")
    yes = verify(*words, "--timeout", "30", typed="y\n")
    made.turn()
    document = verify(*words, "--yes", "--timeout", "30", "--format", "json")
    answer = document_of(document)

    assert [1, 0, 0] == [no.exit_code, yes.exit_code, document.exit_code]
    assert "will put 2 alarms into ALARM" in no.stderr
    assert "tells  http http://127.0.0.1" in no.stderr
    assert untouched[1].startswith("Threshold Crossed")
    assert "Alarm root-usage-alarm is back in OK." in yes.stderr
    assert "2 of 2 controls proven" in yes.stdout
    assert [["root_usage"], ["vpc_changes"]] == [each["controls"] for each in answer["drills"]]
    assert 4 == answer["calls"]["cloudwatch:SetAlarmState"]
    assert "Set back after a drill" in made.standing("vpc-changes-alarm")[1]


def test_an_account_where_something_is_not_proven_is_told_by_the_exit_code(made: Account) -> None:
    made.cloudwatch.disable_alarm_actions(AlarmNames=["root-usage-alarm"])
    done = verify("--account", "--endpoint-url", made.server.url, "--region", "us-east-1", "--yes")

    assert ExitCode.VERIFY_STOPPED == done.exit_code
    assert "14 of 15 controls proven" in done.stdout
    assert "The actions of alarm root-usage-alarm are disabled" in done.stdout


def test_the_policy_can_be_printed() -> None:
    policy = json.loads(verify("--print-iam-policy").stdout)

    assert ["Chain", "Optional", "Verify", "Drill"] == [each["Sid"] for each in policy["Statement"]]
