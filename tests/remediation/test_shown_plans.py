"""What a plan's file says reaches the terminal as text only."""

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
