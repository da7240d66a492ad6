"""A file of lines that grows counts the same however its growth is cut into pieces."""

import os
from pathlib import Path

import pytest

from support.scenario import Scenario
from trailbell.chain import RecordClasses

GOOD = b'{"eventName":"A","eventID":"1"}\n'
DENIAL = b'{"eventName":"B","eventID":"2","errorCode":"AccessDenied","sourceIPAddress":"192.0.2.1"}\n'
BAD = b"this is no JSON\n"
WHOLE = GOOD + BAD + BAD + DENIAL + GOOD
EXPECTED = RecordClasses(read=5, matched=1, unmatched=2, duplicate=0, rejected=2)


@pytest.mark.parametrize(
    "cuts",
    [(), (10,), (31,), (32,), (33,), (32, 48), (32, 64), (40,), (48,), (64,), (70,), (70, 90), (123, 130)],
)
def test_pieces_add_up_to_the_whole(cuts: tuple[int, ...], tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    path = scenario.logs / "live.jsonl"
    for end in (*cuts, len(WHOLE)):
        path.write_bytes(WHOLE[:end])
        seconds = scenario.clock.now_ms() / 1000
        os.utime(path, (seconds, seconds))
        scenario.chain.take_all()
    scenario.clock.turn(seconds=31)
    scenario.chain.take_all()
    classes = scenario.classes()
    scenario.close()

    assert EXPECTED == classes
