"""A suppressor holds the actions of a composite alarm back; what is due is done in time, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.composite_scenario import CompositeScenario
from support.waiting import wait_until
from trailbell.alarms import AlarmState, SuppressedBy
from trailbell.chain import SystemClock

ALARM, OK = AlarmState.ALARM, AlarmState.OK
WAIT_S = 60
EXTENSION_S = 30


@pytest.fixture
def alarms(tmp_path: Path) -> Iterator[CompositeScenario]:
    made = CompositeScenario(tmp_path)
    prepare(made)
    yield made
    made.close()


def prepare(scenario: CompositeScenario, **more: Any) -> None:
    """Composite alarm p on a, suppressed by q; all three are in OK, and nothing is held back any more."""
    scenario.put_metric_alarms("a", "q")
    scenario.set("a", OK)
    scenario.set("q", OK)
    put(scenario, **more)
    end_of(scenario, WAIT_S)
    scenario.delivered()
    scenario.terminal.seek(0)
    scenario.terminal.truncate()


def put(scenario: CompositeScenario, **more: Any) -> None:
    given = {
        "suppressor": "q",
        "suppressor_wait_seconds": WAIT_S,
        "suppressor_extension_seconds": EXTENSION_S,
    }
    scenario.put("p", "ALARM(a)", **{**given, **more})


def end_of(scenario: CompositeScenario, seconds: float) -> None:
    """Turns the clock, and does what is done every minute and every second."""
    scenario.clock.turn(seconds=seconds)
    scenario.chain.tick_on_time()
    scenario.clock.turn(seconds=2)
    scenario.chain.end_periods()


def held(scenario: CompositeScenario) -> SuppressedBy | None:
    return scenario.composite("p").suppression.by


def test_the_wait_period_passes_and_the_actions_are_taken(alarms: CompositeScenario) -> None:
    alarms.set("a", ALARM)
    moved_ms = alarms.clock.now_ms()
    waiting, while_waiting = alarms.composite("p"), alarms.said()
    alarms.clock.turn(seconds=WAIT_S - 1)
    alarms.chain.end_periods()
    before_its_end = held(alarms)
    end_of(alarms, 1)
    after = alarms.composite("p")

    assert (SuppressedBy.WAIT_PERIOD, "Actions suppressed by WaitPeriod", moved_ms) == (
        waiting.suppression.by,
        waiting.suppression.reason,
        waiting.state_updated_ms,
    )
    assert while_waiting == []
    assert before_its_end == SuppressedBy.WAIT_PERIOD
    assert ["ALARM: p"] == alarms.said()
    assert (None, ALARM, None) == (after.suppression.by, after.state, after.held)
    # Dated as AWS does, whenever it was noticed.
    assert (moved_ms, moved_ms + WAIT_S * 1000) == (after.state_transitioned_ms, after.state_updated_ms)


def test_a_tick_ends_what_is_due_by_then(alarms: CompositeScenario) -> None:
    alarms.set("a", ALARM)
    alarms.tick(minutes=1)

    assert held(alarms) is None
    assert ["ALARM: p"] == alarms.said()


def test_a_tick_that_is_due_comes_before_the_end_of_a_period_that_runs_into_it(
    alarms: CompositeScenario,
) -> None:
    alarms.set("a", ALARM)
    alarms.clock.turn(seconds=WAIT_S + 10)
    alarms.chain.end_periods()
    before_the_tick = held(alarms)
    alarms.chain.tick()

    assert (SuppressedBy.WAIT_PERIOD, None) == (before_the_tick, held(alarms))
    assert ["ALARM: p"] == alarms.said()


def test_a_suppressor_that_comes_in_time_holds_them_back_until_its_extension_ends(
    alarms: CompositeScenario,
) -> None:
    alarms.set("a", ALARM)
    alarms.clock.turn(seconds=WAIT_S - 1)
    alarms.set("q", ALARM)
    by_alarm = alarms.composite("p").suppression
    end_of(alarms, 3600)
    still = held(alarms)
    alarms.set("q", OK)
    extended = held(alarms)
    alarms.clock.turn(seconds=EXTENSION_S - 1)
    alarms.chain.end_periods()
    before_the_end = alarms.said()
    end_of(alarms, 1)

    assert by_alarm.by == still == SuppressedBy.ALARM
    assert by_alarm.reason.endswith(
        ":alarm:q that transitioned to ALARM at Monday 14 September, 2026 05:42:11 UTC"
    )
    assert by_alarm.due_ms is None
    assert extended == SuppressedBy.EXTENSION_PERIOD
    assert before_the_end == []
    assert ["ALARM: p"] == alarms.said()


def test_while_nothing_is_held_back_the_suppressor_changes_nothing(alarms: CompositeScenario) -> None:
    before = alarms.composite("p")
    alarms.set("q", ALARM)
    alarms.set("q", OK)

    assert before == alarms.composite("p")
    assert alarms.said() == []


def test_of_several_moves_the_actions_of_the_last_are_taken(alarms: CompositeScenario) -> None:
    alarms.set("q", ALARM)
    alarms.set("a", ALARM)
    alarms.set("a", OK)
    alarms.set("q", OK)
    end_of(alarms, EXTENSION_S)

    assert ["OK: p"] == alarms.said()
    assert ["OK", "ALARM", "OK"] == alarms.moves("p")


def test_people_who_were_not_told_of_an_alarm_are_not_told_of_its_end(tmp_path: Path) -> None:
    scenario = CompositeScenario(tmp_path)
    prepare(scenario, ok_actions=())
    scenario.set("a", ALARM)
    scenario.set("a", OK)
    end_of(scenario, WAIT_S)
    untold = scenario.said()
    scenario.set("a", ALARM)
    end_of(scenario, WAIT_S)
    scenario.set("a", OK)
    end_of(scenario, WAIT_S)
    told = scenario.said()
    scenario.close()

    assert [] == untold
    assert ["ALARM: p", "OK: p"] == told


def test_a_suppressor_that_moves_together_with_what_it_holds_back_is_in_time(tmp_path: Path) -> None:
    scenario = CompositeScenario(tmp_path)
    prepare(scenario, suppressor="a", suppressor_wait_seconds=0)
    scenario.set("a", ALARM)
    told, by = scenario.said(), held(scenario)
    scenario.close()

    assert ([], SuppressedBy.ALARM) == (told, by)


def test_a_composite_alarm_may_be_the_suppressor(alarms: CompositeScenario) -> None:
    alarms.put("maintenance", "ALARM(q)", alarm_actions=(), ok_actions=())
    put(alarms, suppressor="maintenance")
    alarms.set("a", ALARM)
    alarms.set("q", ALARM)

    assert SuppressedBy.ALARM == held(alarms)
    assert alarms.said() == []


def test_disabled_actions_are_not_taken_at_the_end_of_a_period(alarms: CompositeScenario) -> None:
    alarms.set("a", ALARM)
    alarms.chain.alarms.set_actions_enabled(["p"], are_enabled=False)
    end_of(alarms, WAIT_S)

    assert alarms.said() == []
    assert held(alarms) is None


def test_another_suppressor_ends_what_held_the_actions_back(alarms: CompositeScenario) -> None:
    alarms.put_metric_alarms("r")
    alarms.set("q", ALARM)
    alarms.set("a", ALARM)
    alarms.clock.turn(seconds=1)
    put(alarms, suppressor="r")

    assert held(alarms) is None
    assert ["ALARM: p"] == alarms.said()
    assert alarms.clock.now_ms() == alarms.composite("p").state_updated_ms


def test_the_same_suppressor_put_again_lets_a_period_run_on(alarms: CompositeScenario) -> None:
    alarms.set("a", ALARM)
    before = alarms.composite("p").suppression
    alarms.clock.turn(seconds=1)
    put(alarms, suppressor="arn:aws:cloudwatch:us-east-1:000000000000:alarm:q", suppressor_wait_seconds=1)

    assert before == alarms.composite("p").suppression


def test_the_end_of_a_period_takes_the_actions_of_the_definition_as_it_is_by_then(
    alarms: CompositeScenario,
) -> None:
    alarms.set("a", ALARM)
    put(alarms, alarm_actions=("arn:aws:sns:us-east-1:000000000000:gone",))
    end_of(alarms, WAIT_S)

    assert alarms.said() == []
    assert "Failed to execute action arn:aws:sns:us-east-1:000000000000:gone" in alarms.summaries("p")[-1]


def test_a_wait_period_goes_on_over_a_restart(alarms: CompositeScenario) -> None:
    alarms.set("a", ALARM)
    alarms.clock.turn(seconds=30)
    alarms.restart()
    alarms.chain.tick()
    in_the_middle = (held(alarms), alarms.said())
    end_of(alarms, 30)
    alarms.restart()
    alarms.chain.tick()

    assert (SuppressedBy.WAIT_PERIOD, []) == in_the_middle
    assert ["ALARM: p"] == alarms.said()


def test_a_period_that_ended_while_the_server_was_down_is_not_held_back_again(
    alarms: CompositeScenario,
) -> None:
    alarms.set("a", ALARM)
    alarms.clock.turn(seconds=WAIT_S + 600)
    alarms.restart()
    alarms.set("q", ALARM)
    alarms.chain.tick()

    assert held(alarms) is None
    assert ["ALARM: p"] == alarms.said()


def test_a_deleted_composite_alarm_takes_no_actions_any_more(alarms: CompositeScenario) -> None:
    alarms.set("a", ALARM)
    alarms.chain.alarms.delete(["p"])
    end_of(alarms, WAIT_S)
    alarms.chain.tick()

    assert alarms.said() == []


def test_nothing_is_looked_up_while_no_period_runs(alarms: CompositeScenario) -> None:
    alarms.store.close()
    alarms.clock.turn(minutes=10)

    # A look into the closed store would fail.
    alarms.chain.end_periods()


def test_a_running_server_takes_the_actions_by_itself(tmp_path: Path) -> None:
    scenario = CompositeScenario(tmp_path, clock=SystemClock())
    scenario.put_metric_alarms("a", "q")
    scenario.put(
        "p",
        "ALARM(a)",
        suppressor="q",
        suppressor_wait_seconds=1,
        suppressor_extension_seconds=1,
    )
    scenario.set("a", ALARM)
    scenario.chain.start()
    try:
        wait_until(lambda: "ALARM: p" in scenario.terminal.getvalue())
    finally:
        scenario.chain.stop()
        scenario.close()
