"""What history says of time: gaps, clocks that jump, late data; and that only stored data decides."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from support.clock import START_MS, ManualClock
from support.records import denial
from support.scenario import Scenario
from trailbell.alarms import AlarmParameters, AlarmState
from trailbell.chain import MetricsPut
from trailbell.metrics import MetricDatum, Statistic
from trailbell.settings import Evaluation
from trailbell.store import HistoryQuery

ONE = AlarmParameters(
    name="a",
    metric_name="m",
    namespace="App",
    statistic=Statistic.SUM,
    period_seconds=60,
    evaluation_periods=1,
    threshold=1,
    comparison_operator="GreaterThanOrEqualToThreshold",
    treat_missing_data="notBreaching",
)


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    """A server in AWS's mode with an alarm in OK, five seconds after 05:40."""
    made = Scenario(tmp_path, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=Evaluation.AWS)
    made.chain.alarms.put(ONE, {})
    made.chain.tick()
    yield made
    made.close()


def put_value(scenario: Scenario, minutes_ago: float = 0, value: float = 1) -> None:
    at_ms = scenario.clock.now_ms() - round(minutes_ago * 60_000)
    scenario.chain.metrics.put(MetricsPut("App", [MetricDatum("m", value=value, at_ms=at_ms)]))


def states(scenario: Scenario, ticks: int) -> list[str]:
    found = []
    for _ in range(ticks):
        scenario.tick()
        found.append(scenario.state("a"))
    return found


def moves(scenario: Scenario) -> list[str]:
    page = scenario.chain.alarms.history(HistoryQuery("a", "StateUpdate", is_ascending=True))
    return [each.summary.removeprefix("Alarm updated from ") for each in page.items]


def told(scenario: Scenario, name: str = "a") -> Any:
    """What the newest change of state says beside AWS's members."""
    [newest] = scenario.chain.alarms.history(HistoryQuery(name, "StateUpdate", limit=1)).items
    return json.loads(newest.data).get("Trailbell")


def test_after_downtime_an_alarm_moves_once_and_its_history_tells_the_gap(scenario: Scenario) -> None:
    put_value(scenario)
    scenario.tick()
    scenario.restart()
    scenario.clock.turn(minutes=180)
    scenario.chain.tick()

    assert moves(scenario)[1:] == ["OK to ALARM", "ALARM to OK"]
    assert told(scenario) == {
        "version": 1,
        "note": "Not judged for 3:00:00, since 2026-09-14T05:41:05.000Z: "
        "what its state would have been in between is not known.",
        "gap": {"judgedBefore": "2026-09-14T05:41:05.000Z", "seconds": 10800.0},
    }


def test_a_gap_is_told_of_the_change_right_after_it_and_of_no_later_one(scenario: Scenario) -> None:
    scenario.restart()
    scenario.tick(minutes=30)
    put_value(scenario)
    scenario.tick()

    assert moves(scenario)[1:] == ["OK to ALARM"]
    assert told(scenario) is None


def test_a_restart_within_two_ticks_is_no_gap(scenario: Scenario) -> None:
    put_value(scenario)
    scenario.restart()
    scenario.tick(minutes=2)

    assert moves(scenario)[1:] == ["OK to ALARM"]
    assert told(scenario) is None


def test_a_clock_set_forward_is_a_gap(scenario: Scenario) -> None:
    scenario.clock.turn(minutes=60)
    put_value(scenario, minutes_ago=1)
    scenario.chain.tick()

    assert "Not judged for 1:00:00" in told(scenario)["note"]


def test_the_first_change_of_a_new_alarm_tells_no_gap_however_long_nothing_was_judged(
    scenario: Scenario,
) -> None:
    scenario.restart()
    scenario.clock.turn(minutes=600)
    scenario.chain.alarms.put(replace(ONE, name="new"), {})
    scenario.chain.tick()

    assert scenario.state("new") == "OK"
    assert told(scenario, "new") is None


def test_an_alarm_over_more_than_a_day_has_a_gap_only_after_two_hours(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, ManualClock(START_MS), source=(), notify=(), evaluation=Evaluation.AWS)
    daily = replace(ONE, period_seconds=86_400, evaluation_periods=2, datapoints_to_alarm=1)
    scenario.chain.alarms.put(daily, {})
    scenario.chain.tick()
    scenario.tick()
    put_value(scenario)
    scenario.tick(minutes=119)
    first = told(scenario)
    put_value(scenario, minutes_ago=120, value=-1)
    scenario.tick(minutes=121)
    second = told(scenario)
    found = moves(scenario)
    scenario.close()

    assert found[1:] == ["OK to ALARM", "ALARM to OK"]
    assert first is None
    assert second["gap"]["seconds"] == 121 * 60


def test_a_look_ahead_after_downtime_tells_the_gap_too(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, ManualClock(START_MS + 1_000), source=(), notify=())
    scenario.chain.alarms.put(ONE, {})
    scenario.chain.tick()
    scenario.restart()
    scenario.clock.turn(minutes=10)
    put_value(scenario)
    first = told(scenario)
    scenario.tick()
    found = moves(scenario)
    scenario.close()

    assert found[1:] == ["OK to ALARM"]
    assert first["gap"] == {"judgedBefore": "2026-09-14T05:40:01.000Z", "seconds": 600.0}


@pytest.mark.parametrize("seconds", [1, 30, 61, 120])
def test_a_clock_set_back_a_little_neither_ends_an_alarm_nor_rings_it_twice(
    scenario: Scenario, seconds: float
) -> None:
    put_value(scenario)
    scenario.tick()
    scenario.clock.turn(seconds=-seconds)
    found = states(scenario, 2)

    assert found == ["ALARM"] * 2
    assert moves(scenario)[1:] == ["OK to ALARM"]


@pytest.mark.parametrize("evaluation", list(Evaluation))
@pytest.mark.parametrize("seconds", [30, 61, 120])
def test_data_that_comes_while_a_clock_is_set_back_a_little_rings_within_a_tick(
    tmp_path: Path, evaluation: Evaluation, seconds: float
) -> None:
    scenario = Scenario(tmp_path, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=evaluation)
    scenario.chain.alarms.put(ONE, {})
    scenario.chain.tick()
    scenario.clock.turn(seconds=-seconds)
    scenario.chain.tick()
    put_value(scenario)
    found = states(scenario, 1)
    scenario.close()

    assert found == ["ALARM"]


@pytest.mark.parametrize("evaluation", list(Evaluation))
def test_a_clock_set_back_far_is_believed_and_history_says_so(tmp_path: Path, evaluation: Evaluation) -> None:
    scenario = Scenario(tmp_path, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=evaluation)
    scenario.chain.alarms.put(ONE, {})
    scenario.chain.tick()
    put_value(scenario)
    scenario.tick()
    scenario.clock.turn(minutes=-180)
    back_ms = scenario.clock.now_ms()
    scenario.chain.tick()
    items = scenario.chain.alarms.history(HistoryQuery("a", "StateUpdate")).items
    [data] = [json.loads(each.data) for each in items if each.at_ms == back_ms]
    found = [scenario.state("a")]
    put_value(scenario)
    found += states(scenario, 3)
    scenario.close()

    assert found == ["OK"] + ["ALARM"] * 3
    assert data["Trailbell"] == {
        "version": 1,
        "note": "The clock was set back by 3:00:00, and alarms are judged by the new time.",
        "clockSetBack": {"seconds": 10800.0},
    }


def test_data_that_came_after_its_slot_was_judged_is_told_where_it_changes_the_state(
    scenario: Scenario,
) -> None:
    scenario.tick()
    scenario.clock.turn(seconds=20)
    put_value(scenario, minutes_ago=1)
    scenario.clock.turn(seconds=40)
    scenario.chain.tick()

    assert moves(scenario)[1:] == ["OK to ALARM"]
    assert told(scenario) == {
        "version": 1,
        "note": "Late data: data of 1 period came after the evaluation of 2026-09-14T05:41:05.000Z, "
        "which would have come to ALARM with it.",
        "lateData": {
            "judgedBefore": "2026-09-14T05:41:05.000Z",
            "stateWithIt": "ALARM",
            "slotCount": 1,
            "slots": [{"start": "2026-09-14T05:40:00.000Z", "sampleCountThen": 0.0, "sampleCount": 1.0}],
        },
    }


def test_late_data_that_ends_an_alarm_is_told(scenario: Scenario) -> None:
    put_value(scenario)
    scenario.tick()
    put_value(scenario, minutes_ago=1, value=-1)
    scenario.tick()

    assert moves(scenario)[1:] == ["OK to ALARM", "ALARM to OK"]
    assert told(scenario)["lateData"]["stateWithIt"] == "OK"
    [slot] = told(scenario)["lateData"]["slots"]
    assert (1.0, 2.0) == (slot["sampleCountThen"], slot["sampleCount"])


def test_late_data_that_needs_other_data_to_change_the_state_is_told_as_that(scenario: Scenario) -> None:
    scenario.chain.alarms.put(replace(ONE, evaluation_periods=2), {})
    scenario.tick()
    put_value(scenario, minutes_ago=1)
    put_value(scenario)
    scenario.tick()

    assert moves(scenario)[1:] == ["OK to ALARM"]
    assert told(scenario)["lateData"]["stateWithIt"] == "OK"
    assert told(scenario)["note"] == (
        "Late data: data of 1 period came after the evaluation of 2026-09-14T05:41:05.000Z had judged it."
    )


def test_data_in_time_is_not_called_late(scenario: Scenario) -> None:
    scenario.chain.alarms.put(replace(ONE, period_seconds=300), {})
    for _ in range(4):
        put_value(scenario, value=0.25)
        scenario.tick()

    assert moves(scenario)[1:] == ["OK to ALARM"]
    assert told(scenario) is None


def test_what_came_late_is_not_guessed_after_a_restart_nor_of_another_definition(scenario: Scenario) -> None:
    scenario.tick()
    put_value(scenario, minutes_ago=1)
    scenario.restart()
    scenario.tick()
    after_restart = told(scenario)
    scenario.tick(minutes=4)
    put_value(scenario, minutes_ago=1)
    scenario.chain.alarms.put(replace(ONE, threshold=0.5), {})
    scenario.tick()

    assert moves(scenario)[1:] == ["OK to ALARM", "ALARM to OK", "OK to ALARM"]
    assert (None, None) == (after_restart, told(scenario))


def test_a_state_set_by_hand_says_nothing_of_time(scenario: Scenario) -> None:
    put_value(scenario, minutes_ago=1)
    scenario.clock.turn(minutes=600)
    scenario.chain.alarms.set_state("a", AlarmState.ALARM, "drill")

    assert told(scenario) is None


def test_an_early_alarm_on_new_data_says_nothing_of_time(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    scenario.chain.take_all()
    scenario.chain.tick()
    scenario.drop("one.json.gz", [denial("mallory")])
    data = scenario.alarm().history[0].data
    scenario.close()

    assert "Trailbell" not in data


def test_a_datapoint_sent_twice_counts_twice(scenario: Scenario) -> None:
    scenario.chain.alarms.put(replace(ONE, threshold=2), {})
    put_value(scenario)
    once = states(scenario, 1)
    put_value(scenario, minutes_ago=1)

    assert (["OK"], ["ALARM"]) == (once, states(scenario, 1))


@pytest.mark.parametrize("evaluation", list(Evaluation))
def test_a_datapoint_of_the_future_waits_for_its_time(tmp_path: Path, evaluation: Evaluation) -> None:
    scenario = Scenario(tmp_path, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=evaluation)
    scenario.chain.alarms.put(ONE, {})
    scenario.chain.tick()
    put_value(scenario, minutes_ago=-3)
    found = states(scenario, 8)
    newest = told(scenario)
    scenario.close()

    # In eager mode it rings as soon as its minute has begun, in AWS's when that has ended.
    waits = 2 if evaluation is Evaluation.EAGER else 3
    assert found == ["OK"] * waits + ["ALARM"] * (6 - waits) + ["OK"] * 2
    assert newest is None


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_in_which_data_comes_changes_nothing(tmp_path: Path, order: tuple[int, ...]) -> None:
    scenario = Scenario(
        tmp_path, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=Evaluation.AWS
    )
    scenario.chain.alarms.put(replace(ONE, evaluation_periods=3, datapoints_to_alarm=2), {})
    scenario.chain.tick()
    scenario.clock.turn(minutes=2)
    for minutes_ago in order:
        put_value(scenario, minutes_ago, value=[1, 0, 1][minutes_ago])
    found = states(scenario, 5)
    scenario.close()

    assert found == ["ALARM", "ALARM", "ALARM", "OK", "OK"]
