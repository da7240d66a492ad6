"""`trailbell remediate` as it is typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.account_states import AccountState, patched, state_named, trimmed
from support.gated_moto import gated_moto
from support.moto_account import MOTOS, Moto, as_motos, make_on_moto, moto_server
from support.project import page_text
from trailbell.cli import ExitCode, main

pytestmark = pytest.mark.client

# An account whose alarm on the root user waits for a thousand events, and in which nobody is told.
PAGE = AccountState(
    "",
    "",
    set={
        "alarms/root-usage-alarm/definition/Threshold": 1000.0,
        "subscriptions": [],
        "hubs": [{"region": "us-east-1", "is_on": False}],
    },
)
EMPTY = AccountState("", "", set={"filters": [], "alarms": [], "topics": [], "subscriptions": []})
UNDO = f"trailbell-undo-{MOTOS}.json"


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    with moto_server() as running:
        yield running


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)


def made(moto: Moto, state: AccountState) -> None:
    snapshot, _ = trimmed(state, as_motos(patched(state)))
    make_on_moto(moto, snapshot)


def typed(*words: str, answer: str | None = None) -> Result:
    done = CliRunner().invoke(main, ["remediate", *words], input=answer)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def told(moto: Moto, *more: str) -> tuple[str, ...]:
    return ("--endpoint-url", moto.url, "--control", "root_usage", *more)


def test_a_plan_is_shown_kept_applied_exported_and_undone(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    shown = typed("plan", *told(moto, "--out", "plan.json"))
    applied = typed("apply", "plan.json", *told(moto, "--yes"))
    again = typed("plan", *told(moto))
    script = typed("export", "cli", "plan.json")
    policy = json.loads(typed("export", "iam-policy", "plan.json").stdout)
    undone = typed("undo", UNDO, "--endpoint-url", moto.url, "--yes")
    failing = typed("plan", *told(moto))

    assert "+ alarm root-usage-alarm-2 (us-east-1)" in shown.stdout
    assert "1 change to mend 1 of 1 control" in shown.stdout
    assert (ExitCode.DONE, ExitCode.DONE, ExitCode.DONE) == (
        shown.exit_code,
        applied.exit_code,
        again.exit_code,
    )
    assert "PASS" in applied.stdout
    assert "done             alarm root-usage-alarm-2" in applied.stderr
    assert f"trailbell remediate undo {UNDO}" in applied.stdout
    assert "0 changes to mend 0 of 0 controls" in again.stdout
    assert "put-metric-alarm" in script.stdout
    alarm = f"arn:aws:cloudwatch:us-east-1:{MOTOS}:alarm:root-usage-alarm-2"
    assert [alarm] == next(each for each in policy["Statement"] if each["Sid"] == "Alarms")["Resource"]
    assert (ExitCode.DONE, "1 change taken back, 0 not.\n") == (undone.exit_code, undone.stdout)
    assert "1 change to mend" in failing.stdout


def test_what_is_as_before_already_is_not_counted_as_taken_back(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    typed("apply", *told(moto, "--yes"))
    made(moto, state_named("threshold-1000"))
    undone = typed("undo", UNDO, "--endpoint-url", moto.url, "--yes")

    assert (ExitCode.DONE, "0 changes taken back, 1 as before already, 0 not.\n") == (
        undone.exit_code,
        undone.stdout,
    )


def test_the_page_shows_what_is_printed(moto: Moto) -> None:
    snapshot = as_motos(patched(PAGE))
    make_on_moto(moto, snapshot)
    done = typed("plan", "--endpoint-url", moto.url, "--notify", "security-team@example.com")
    shown = page_text("remediate.md").partition("```text\n")[2].partition("```")[0]

    assert shown.split() == done.stdout.split()


def test_json_is_all_there_is_on_standard_output(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    plan = json.loads(typed("plan", *told(moto, "--overwrite", "--format", "json")).stdout)
    applied = json.loads(typed("apply", *told(moto, "--overwrite", "--yes", "--format", "json")).stdout)
    undone = json.loads(typed("undo", UNDO, "--endpoint-url", moto.url, "--yes", "--format", "json").stdout)

    [change] = plan["changes"]
    assert (1000.0, 1.0) == (change["before"]["Threshold"], change["after"]["Threshold"])
    assert plan["changes"] == applied["plan"]["changes"]
    assert ["done"] == [each["outcome"] for each in applied["changes"]]
    assert ["PASS"] == [each["status"] for each in applied["audit"]["accounts"][0]["controls"]]
    assert (UNDO, []) == (applied["undo_file"], applied["waiting"])
    assert ["done"] == [each["outcome"] for each in undone["changes"]]


def test_the_audit_at_the_end_is_of_what_the_plan_was_made_for(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    regions = ("--region", "us-east-1", "--region", "eu-west-1")
    typed("plan", *told(moto, *regions, "--out", "plan.json"))
    done = typed("apply", "plan.json", "--endpoint-url", moto.url, "--yes", "--format", "json")
    [account] = json.loads(done.stdout)["audit"]["accounts"]

    assert ExitCode.DONE == done.exit_code
    assert ["us-east-1", "eu-west-1"] == account["regions"]
    assert ["root_usage"] == [each["control"] for each in account["controls"]]


@pytest.mark.parametrize(
    "more",
    [
        ("--notify", "a@b.cd"),
        ("--overwrite",),
        ("--topic", "t"),
        ("--cis", "3.0.0"),
        ("--twin", "root_usage=x"),
    ],
    ids=lambda more: more[0],
)
def test_what_decides_about_a_plan_is_refused_beside_one_that_was_made(more: tuple[str, ...]) -> None:
    done = typed("apply", "plan.json", *more)

    assert ExitCode.USAGE == done.exit_code
    assert f"{more[0]} was decided when the plan was made" in done.stderr


def test_what_is_left_to_a_person_is_told_with_its_reason(moto: Moto) -> None:
    made(moto, state_named("no-trail"))
    planned = typed("plan", *told(moto))
    applied = typed("apply", *told(moto))

    assert [ExitCode.CONTROL_LEFT] * 2 == [planned.exit_code, applied.exit_code]
    assert "Left to a person:\n  5.3 root_usage\n    No trail records this account" in planned.stdout
    assert not Path(UNDO).exists()


def test_a_twin_whose_tuned_alarm_pages_nobody_is_left_to_a_person(moto: Moto) -> None:
    make_on_moto(moto, as_motos(patched(EMPTY)))
    key = "unauthorized_api_calls"
    words = (
        "--endpoint-url",
        moto.url,
        "--control",
        key,
        "--twin",
        key,
        "--record-to",
        "archive@example.com",
    )
    silent = typed("apply", *words, "--yes")
    loud = typed("apply", *words, "--notify", "pager@example.com", "--yes")

    assert ("PASS" in silent.stdout, ExitCode.CONTROL_LEFT) == (True, silent.exit_code)
    assert "Nobody is known to be subscribed" in silent.stdout
    assert ("PASS" in loud.stdout, ExitCode.DONE) == (True, loud.exit_code)


def test_a_plan_that_may_hold_a_password_is_for_its_owners_eyes(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    typed("plan", *told(moto, "--out", "plan.json"))

    assert 0o600 == Path("plan.json").stat().st_mode & 0o777


def test_nothing_is_changed_without_a_yes(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    done = typed("apply", *told(moto))
    still = typed("plan", *told(moto))

    assert (ExitCode.USAGE, True) == (done.exit_code, "say --yes" in done.stderr)
    assert "1 change to mend" in still.stdout


def test_a_change_that_cannot_be_made_has_an_exit_code_of_its_own(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    typed("plan", *told(moto, "--out", "plan.json"))
    client = moto.client("cloudwatch", "us-east-1")
    client.put_metric_alarm(
        AlarmName="root-usage-alarm-2",
        MetricName="other",
        Namespace="Other",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    done = typed("apply", "plan.json", *told(moto, "--yes"))

    assert ExitCode.CHANGE_STOPPED == done.exit_code
    assert "make a new plan" in done.stderr


def test_a_plan_of_another_account_is_refused(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    typed("plan", *told(moto, "--out", "plan.json"))
    text = Path("plan.json").read_text(encoding="utf-8").replace(MOTOS, "111122223333")
    Path("plan.json").write_text(text, encoding="utf-8")
    done = typed("apply", "plan.json", *told(moto, "--yes"))

    assert ExitCode.CANNOT_START == done.exit_code
    assert f"the plan is of account 111122223333, and the one connected to is {MOTOS}" in done.stderr


def test_a_plan_without_credentials_says_so(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    made(moto, state_named("threshold-1000"))
    typed("plan", *told(moto, "--out", "plan.json"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    done = typed("apply", "plan.json", *told(moto, "--yes"))

    assert ExitCode.CANNOT_START == done.exit_code
    assert "no AWS credentials were found" in done.stderr


def test_changes_that_could_not_be_audited_can_be_taken_back() -> None:
    with gated_moto() as (gated, gate):
        made(gated, state_named("threshold-1000"))
        gate.count()
        gate.expired = ("GetCallerIdentity",)
        done = typed("apply", *told(gated, "--yes"))

    assert (ExitCode.CANNOT_START, ["PutMetricAlarm"]) == (done.exit_code, gate.changes)
    assert "ExpiredToken" in done.stderr
    assert f"To take it back: trailbell remediate undo {UNDO}" in done.stderr


def test_what_cannot_be_audited_is_refused_before_it_is_changed(moto: Moto) -> None:
    made(moto, state_named("threshold-1000"))
    typed("plan", *told(moto, "--out", "plan.json"))
    done = typed("apply", "plan.json", "--endpoint-url", moto.url, "--control", "root_usag", "--yes")

    assert (ExitCode.USAGE, True) == (done.exit_code, "did you mean root_usage" in done.stderr)
    assert "1 change to mend" in typed("plan", *told(moto)).stdout


@pytest.mark.parametrize("code", ["cli", "terraform", "cloudformation", "iam-policy"])
def test_a_plan_of_another_object_than_it_names_is_not_written_as_code(moto: Moto, code: str) -> None:
    made(moto, state_named("threshold-1000"))
    typed("plan", *told(moto, "--out", "plan.json"))
    plan = json.loads(Path("plan.json").read_bytes())
    plan["changes"][0]["after"]["AlarmName"] = "somebody-elses-alarm"
    Path("plan.json").write_text(json.dumps(plan), encoding="utf-8")
    done = typed("export", code, "plan.json")

    assert (ExitCode.CANNOT_START, "") == (done.exit_code, done.stdout)
    assert "is not of that object" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "--notify", "nobody"), "nobody can be told at 'nobody'"),
        (("plan", "--control", "root_usag"), "did you mean root_usage"),
        (("plan", "--twin", "unauthorized_api_calls"), "--twin needs --record-to"),
        (("plan", "--twin", "root_usage", "--record-to", "a@b.cd"), "give one as root_usage=PATTERN"),
        (
            ("plan", "--control", "root_usage", "--twin", "vpc_changes=x", "--record-to", "a@b.cd"),
            "--twin names vpc_changes, which is none of the controls that are planned for",
        ),
        (("apply", "no-such-file"), "no-such-file cannot be read"),
        (("export", "terraform", "none", "--region", "x"), "cannot be read"),
        (("export", "pulumi", "none"), "'pulumi' is not one of"),
    ],
)
def test_what_is_not_valid_is_refused_with_words(words: tuple[str, ...], said: str) -> None:
    done = typed(*words)

    assert (ExitCode.USAGE, True) == (done.exit_code, said in done.stderr)


@pytest.mark.parametrize("content", [b"{}", b"", b'{"account": "\xff"}'])
@pytest.mark.parametrize("name", ["plan.json", "undo.json"])
def test_a_damaged_file_is_told_of(moto: Moto, name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    words = ("apply", name) if name == "plan.json" else ("undo", name)
    done = typed(*words, "--endpoint-url", moto.url, "--yes")

    assert ExitCode.CANNOT_START == done.exit_code
    assert f"{name}: not a plan" in done.stderr or f"{name} is no undo file" in done.stderr


def test_the_iam_policy_has_what_planning_applying_and_undoing_need() -> None:
    policy = json.loads(typed("plan", "--print-iam-policy").stdout)
    actions = {action for each in policy["Statement"] for action in each["Action"]}

    assert {
        "cloudtrail:DescribeTrails",
        "sns:CreateTopic",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "logs:PutMetricFilter",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:EnableAlarmActions",
        "cloudwatch:DeleteAlarms",
    } <= actions
    assert not any(action.startswith(("s3:", "iam:", "securityhub:Enable")) for action in actions)
    assert not any("Create" in action for action in actions - {"sns:CreateTopic"})
