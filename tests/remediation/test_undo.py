"""What was changed is brought back only where nobody has changed it since."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.account_states import patched, state_named, trimmed
from support.mending import Mender, comparable
from support.moto_account import Moto, as_motos, make_on_moto, moto_server
from trailbell.remediation import Journal, Outcome, UndoFileError, read_undo_file

pytestmark = pytest.mark.client

TOPIC = "arn:aws:sns:us-east-1:123456789012:security-alarms"


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    with moto_server() as running:
        yield running


def mended(moto: Moto, folder: Path, name: str, **wish: Any) -> tuple[Mender, bytes]:
    """Mends a state, and gives what it was before."""
    state = state_named(name)
    snapshot, controls = trimmed(state, as_motos(patched(state)))
    make_on_moto(moto, snapshot)
    mending = Mender(moto.url, folder, controls[:-1], snapshot.regions, **wish)
    plan, before = mending.read_and_plan()
    mending.apply(plan)
    return mending, comparable(before)


def now(mending: Mender) -> bytes:
    return comparable(mending.read_and_plan()[1])


def change_alarm(moto: Moto) -> None:
    """Puts another threshold, as somebody else would."""
    cloudwatch = moto.client("cloudwatch", "us-east-1")
    [alarm] = cloudwatch.describe_alarms(AlarmNames=["root-usage-alarm"])["MetricAlarms"]
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    theirs = {name: value for name, value in alarm.items() if name in taken} | {"Threshold": 7.0}
    cloudwatch.put_metric_alarm(**theirs)


def test_an_alarm_that_was_changed_since_is_kept_unless_it_is_forced(moto: Moto, tmp_path: Path) -> None:
    mending, before = mended(moto, tmp_path, "threshold-1000", may_overwrite=True)
    change_alarm(moto)
    [kept] = mending.undo()
    [forced] = mending.undo(is_forced=True)

    assert (Outcome.KEPT, "changed since" in kept.message) == (kept.outcome, True)
    assert Outcome.DONE is forced.outcome
    assert before == now(mending)


def test_what_others_made_of_it_between_two_plans_is_brought_back(moto: Moto, tmp_path: Path) -> None:
    mending, _ = mended(moto, tmp_path, "one-alarm-missing", may_overwrite=True)
    change_alarm(moto)
    before = now(mending)
    mending.apply(mending.plan())
    reports = mending.undo()

    assert [Outcome.DONE, Outcome.KEPT] == [each.outcome for each in reports]
    assert before == now(mending)


def test_what_others_have_deleted_is_not_made_again(moto: Moto, tmp_path: Path) -> None:
    mending, _ = mended(moto, tmp_path, "threshold-1000", may_overwrite=True)
    moto.client("cloudwatch", "us-east-1").delete_alarms(AlarmNames=["root-usage-alarm"])
    [report] = mending.undo()

    assert (Outcome.KEPT, "is gone" in report.message) == (report.outcome, True)


def test_a_topic_that_others_have_subscribed_to_is_kept(moto: Moto, tmp_path: Path) -> None:
    mending, before = mended(moto, tmp_path, "topic-gone")
    sns = moto.client("sns", "us-east-1")
    theirs = sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="other@example.com")
    reports = {each.change.kind.value: each for each in mending.undo()}
    sns.unsubscribe(SubscriptionArn=theirs["SubscriptionArn"])
    mending.undo()

    assert Outcome.DONE is reports["subscription"].outcome
    assert Outcome.KEPT is reports["topic"].outcome
    assert "1" in reports["topic"].message
    assert before == now(mending)


def test_actions_that_judge_nothing_are_put_back_too(moto: Moto, tmp_path: Path) -> None:
    state = state_named("threshold-1000")
    snapshot, controls = trimmed(state, as_motos(patched(state)))
    make_on_moto(moto, snapshot)
    cloudwatch = moto.client("cloudwatch", "us-east-1")
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members

    def described() -> dict[str, Any]:
        [alarm] = cloudwatch.describe_alarms(AlarmNames=["root-usage-alarm"])["MetricAlarms"]
        return {name: value for name, value in alarm.items() if name in taken}

    cloudwatch.put_metric_alarm(
        **described()
        | {"OKActions": [TOPIC], "InsufficientDataActions": [TOPIC], "AlarmDescription": "old words"}
    )
    before = described()
    mending = Mender(moto.url, tmp_path, controls[:-1], snapshot.regions, may_overwrite=True)
    mending.apply(mending.plan())
    between = described()
    mending.undo()

    assert before == described()
    assert ([TOPIC], "old words", 1.0) == (
        between["OKActions"],
        between["AlarmDescription"],
        between["Threshold"],
    )


def test_what_was_made_meanwhile_stops_the_plan(moto: Moto, tmp_path: Path) -> None:
    state = state_named("one-alarm-missing")
    snapshot, controls = trimmed(state, as_motos(patched(state)))
    make_on_moto(moto, snapshot)
    mending = Mender(moto.url, tmp_path, controls[:-1], snapshot.regions)
    plan = mending.plan()
    moto.client("cloudwatch", "us-east-1").put_metric_alarm(
        AlarmName="root-usage-alarm",
        MetricName="other",
        Namespace="Other",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    [report] = mending.apply(plan)

    assert (Outcome.STOPPED, True) == (report.outcome, "make a new plan" in report.message)
    assert () == read_undo_file(mending.undo_file).entries


def test_an_undo_file_of_another_account_is_refused(tmp_path: Path) -> None:
    Journal.open(tmp_path / "undo.json", "111122223333")

    with pytest.raises(UndoFileError, match="of account 111122223333"):
        Journal.open(tmp_path / "undo.json", "222233334444")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"account": 1}', b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_undo_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "undo.json").write_bytes(content)

    with pytest.raises(UndoFileError, match=r"undo\.json"):
        read_undo_file(tmp_path / "undo.json")


def test_an_undo_file_is_for_its_owners_eyes_and_is_written_whole(moto: Moto, tmp_path: Path) -> None:
    mending, _ = mended(moto, tmp_path, "threshold-1000")
    record = read_undo_file(mending.undo_file)

    assert 0o600 == mending.undo_file.stat().st_mode & 0o777
    assert ["undo.json"] == [each.name for each in tmp_path.iterdir()]
    assert ["done"] == [each.state.value for each in record.entries]
    assert record == msgspec.json.decode(mending.undo_file.read_bytes(), type=type(record))
