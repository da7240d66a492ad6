"""Plans that were edited, and undo files that several plans share."""

import os
from pathlib import Path

import msgspec
import pytest

from trailbell.remediation import (
    Change,
    ChangeKind,
    Journal,
    Plan,
    UndoFileError,
    iam_policy,
    read_undo_file,
)
from trailbell.remediation._journal import EntryState
from trailbell.remediation._soundness import names_one_object

ACCOUNT = "123456789012"
ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:ours"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:pager"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trail"


def _alarm(threshold: float, before: float | None = None) -> Change:
    return Change(
        kind=ChangeKind.ALARM,
        region="us-east-1",
        name=ALARM,
        before=None if before is None else {"AlarmName": "ours", "Threshold": before},
        after={"AlarmName": "ours", "Threshold": threshold},
    )


def test_second_plan_in_one_undo_file_keeps_the_first_value_and_the_last_change(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "undo.json", ACCOUNT)
    for change in (_alarm(1.0, before=1000.0), _alarm(5.0, before=1.0)):
        journal.note(change, EntryState.STARTED)
        journal.note(change, EntryState.DONE)

    assert [_alarm(5.0, before=1000.0)] == [each.change for each in journal.record.entries]


def test_two_at_once_do_not_lose_each_others_entries_of_one_undo_file(tmp_path: Path) -> None:
    path = tmp_path / "undo.json"
    first, second = Journal.open(path, ACCOUNT), Journal.open(path, ACCOUNT)
    first.note(_alarm(1.0), EntryState.STARTED)

    with pytest.raises(UndoFileError, match="written by somebody else"):
        second.note(_alarm(5.0), EntryState.STARTED)
    assert first.record == read_undo_file(path)


def test_pipe_that_may_never_end_is_no_undo_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "undo.json")

    with pytest.raises(UndoFileError, match="no regular file: name another"):
        Journal.open(tmp_path / "undo.json", ACCOUNT)


@pytest.mark.parametrize(
    "edited",
    [
        {"after": {"AlarmName": "theirs"}},
        {"before": {"AlarmName": "theirs"}},
        {"region": "eu-west-1"},
        {"name": ALARM.replace(ACCOUNT, "999999999999")},
        {"kind": ChangeKind.TOPIC},
        {"name": GROUP, "kind": ChangeKind.METRIC_FILTER, "after": {"logGroupName": "other"}},
        {"kind": ChangeKind.ALARM_ACTIONS, "after": {"ActionsEnabled": True}},
        {"after": {"AlarmName": "ours", "AlarmActions": 7}},
        {
            "name": TOPIC,
            "kind": ChangeKind.SUBSCRIPTION,
            "after": {"Protocol": "email", "Endpoint": ["a@example.com"]},
        },
    ],
)
def test_change_whose_call_would_be_of_another_object_is_not_sound(edited: dict[str, object]) -> None:
    assert names_one_object(_alarm(1.0), ACCOUNT)
    assert not names_one_object(msgspec.structs.replace(_alarm(1.0), **edited), ACCOUNT)


@pytest.mark.parametrize("transformations", [7, ["x"], [None], [{"dimensions": ["x"]}]])
def test_filter_of_another_form_is_not_sound(transformations: object) -> None:
    after = {"logGroupName": "trail", "filterName": "ours", "metricTransformations": []}
    change = Change(kind=ChangeKind.METRIC_FILTER, region="us-east-1", name=GROUP, after=after)
    edited = msgspec.structs.replace(change, after={**after, "metricTransformations": transformations})

    assert names_one_object(change, ACCOUNT)
    assert not names_one_object(edited, ACCOUNT)


def test_alarm_whose_name_is_a_wildcard_is_the_only_one_that_a_policy_allows() -> None:
    change = Change(
        kind=ChangeKind.ALARM, region="us-east-1", name=ALARM.replace("ours", "a*?${b}"), after={}
    )
    policy = iam_policy(Plan(account=ACCOUNT, cis="7.0.0", at="", version="", changes=(change,)))
    named = {each for statement in policy["Statement"][1:] for each in statement["Resource"]}

    assert {ALARM.replace("ours", "a${*}${?}${$}{b}")} == named
