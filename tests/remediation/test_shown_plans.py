"""What a plan's file says reaches the terminal as text only, and whole."""

import json
from typing import Any

import pytest

from trailbell.cli._remediate_report import print_plan
from trailbell.remediation import Change, ChangeKind, Left, LeftKind, Plan

RING = "\a\x9b"


def test_no_part_of_a_plan_reaches_the_terminal_as_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    change = Change(
        kind=ChangeKind.ALARM,
        region=RING,
        name=RING,
        before={f"{RING}old": RING, f"{RING}both": RING},
        after={f"{RING}new": RING, f"{RING}both": "other"},
        why=RING,
    )
    left = Left(control=RING, id=RING, kind=LeftKind.DECISION, reason=RING)

    print_plan(Plan(account=RING, cis=RING, at=RING, version=RING, changes=(change,), left=(left,)))

    assert not set(RING) & set(capsys.readouterr().out)


def _policy(version: str, *statements: Any) -> dict[str, str]:
    return {"Policy": json.dumps({"Version": version, "Statement": list(statements)})}


def test_every_change_of_a_policy_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    same = {"Sid": "a", "Effect": "Allow"}
    change = Change(
        kind=ChangeKind.TOPIC_POLICY,
        region="us-east-1",
        name="arn:aws:sns:us-east-1:111122223333:pager",
        before=_policy("2008-10-17", {"Sid": "a", "Effect": "Deny"}, same),
        after=_policy("2012-10-17", {"Sid": "a", "Effect": "Allow", "Principal": "*"}, same),
    )
    print_plan(Plan(account="1", cis="7.0.0", at="", version="", changes=(change,)))
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()[3:]]

    assert [
        "- Policy.Version: 2008-10-17",
        "+ Policy.Version: 2012-10-17",
        '- Statement[0]: {"Sid": "a", "Effect": "Deny"}',
        '+ Statement[0]: {"Sid": "a", "Effect": "Allow", "Principal": "*"}',
    ] == lines
