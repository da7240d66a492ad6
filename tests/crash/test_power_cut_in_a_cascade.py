"""When the power goes while composite alarms move one after another, all have moved afterwards, or none."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.clock import START_MS, ManualClock
from support.composite_scenario import CompositeScenario
from support.power_cut import Fuse, PowerCutError
from trailbell.alarms import AlarmState

ACTED_MS = START_MS + 60_000
LOOKED_AT = {
    "alarms": "SELECT name, state, reason FROM alarm ORDER BY name",
    "composites": "SELECT * FROM composite_alarm ORDER BY name",
    "history": "SELECT alarm_name, at_ms, item_type, summary FROM alarm_history ORDER BY id",
    "messages": "SELECT subject, created_ms, due_ms, state FROM outbox ORDER BY id",
    "references": "SELECT * FROM composite_reference",
}


def prepared(folder: Path) -> CompositeScenario:
    """A metric alarm, two composite alarms on it, one on these, and one that the metric alarm suppresses."""
    folder.mkdir()
    scenario = CompositeScenario(folder)
    scenario.put_metric_alarms("a", "b")
    scenario.put("left", "ALARM(a)")
    scenario.put("right", "ALARM(a) OR ALARM(b)")
    scenario.put("top", "ALARM(left) AND ALARM(right)")
    scenario.put(
        "patient", "ALARM(b)", suppressor="a", suppressor_wait_seconds=60, suppressor_extension_seconds=60
    )
    scenario.clock.turn(seconds=ACTED_MS / 1000 - scenario.clock.now_ms() / 1000)
    return scenario


def move_by_hand(scenario: CompositeScenario) -> None:
    scenario.set("a", AlarmState.ALARM)


def put_anew(scenario: CompositeScenario) -> None:
    scenario.put("left", "NOT ALARM(a)")


def end_a_period(scenario: CompositeScenario) -> None:
    scenario.clock.turn(seconds=120)
    scenario.chain.end_periods()


def delete(scenario: CompositeScenario) -> None:
    scenario.chain.alarms.delete(["top"])


def found_in(folder: Path) -> dict[str, list[Any]]:
    with contextlib.closing(sqlite3.connect(folder / "data" / "trailbell.db")) as connection:
        return {name: connection.execute(query).fetchall() for name, query in LOOKED_AT.items()}


@pytest.mark.parametrize("act", [move_by_hand, put_anew, end_a_period, delete])
def test_a_cascade_is_done_whole_or_not_at_all_and_whole_when_it_is_done_again(
    act: Callable[[CompositeScenario], None], tmp_path: Path
) -> None:
    scenario = prepared(tmp_path / "undisturbed")
    nothing = found_in(scenario.folder)
    fuse = Fuse()
    with fuse:
        act(scenario)
    everything = found_in(scenario.folder)
    scenario.close()
    cut, again = [], []
    for blows_at in range(1, fuse.passed + 1):
        scenario = prepared(tmp_path / str(blows_at))
        with contextlib.suppress(PowerCutError), Fuse(blows_at):
            act(scenario)
        cut.append(found_in(scenario.folder))
        scenario.clock = ManualClock(ACTED_MS)
        scenario.restart()
        act(scenario)
        again.append(found_in(scenario.folder))
        scenario.close()

    assert nothing != everything
    assert fuse.passed > 5
    assert [] == [each for each in cut if each not in (nothing, everything)]
    assert nothing == cut[0]
    assert [] == [each for each in again if each != everything]
