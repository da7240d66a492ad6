"""Which alarms are judged when: every ten seconds, every minute, every hour."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from support.clock import MINUTE_MS, START_MS, ManualClock
from support.power_cut import Fuse
from support.scenario import Scenario
from trailbell.alarms import AlarmParameters, AlarmState
from trailbell.chain import MetricsPut
from trailbell.chain._loops import TickLoop, Timing
from trailbell.chain._trouble import Troubles
from trailbell.metrics import MetricDatum, Statistic
from trailbell.settings import Evaluation

HOUR_MS = 60 * MINUTE_MS

MINUTELY = AlarmParameters(
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
QUICK = replace(MINUTELY, period_seconds=10)
HOURLY = replace(MINUTELY, period_seconds=3600, evaluation_periods=25, datapoints_to_alarm=1)


def opened(folder: Path, evaluation: Evaluation, **settings: Any) -> Scenario:
    """A server without alarms of its own, at the second of a tick."""
    clock = ManualClock(START_MS - START_MS % HOUR_MS + HOUR_MS)
    scenario = Scenario(folder, clock, source=(), notify=(), evaluation=evaluation, **settings)
    clock.turn(seconds=scenario.chain.evaluator.tick_offset_seconds)
    return scenario


@pytest.fixture(params=list(Evaluation))
def scenario(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scenario]:
    made = opened(tmp_path, request.param)
    yield made
    made.close()


def put_value(scenario: Scenario, value: float = 1, seconds_ago: float = 0) -> None:
    at_ms = scenario.clock.now_ms() - round(seconds_ago * 1000)
    datum = MetricDatum("m", value=value, at_ms=at_ms, storage_resolution=1)
    scenario.chain.metrics.put(MetricsPut("App", [datum]))


def state(scenario: Scenario) -> str:
    return scenario.state("a")


def go_on(scenario: Scenario, seconds: float) -> str:
    """Turns the clock, lets the loop do what it does then, and returns the state."""
    scenario.clock.turn(seconds=seconds)
    scenario.chain.tick_on_time()
    return state(scenario)


def test_an_alarm_of_ten_seconds_is_judged_every_ten_seconds(scenario: Scenario) -> None:
    scenario.chain.alarms.put(QUICK, {})
    scenario.chain.tick_on_time()
    put_value(scenario)
    states = [go_on(scenario, 10) for _ in range(10)]

    # It is in the newest slot once that has closed and ten more seconds have passed, and in seven in all.
    assert states == ["OK", "ALARM", "ALARM", "ALARM", "ALARM", "ALARM", "ALARM", "ALARM", "OK", "OK"]


@pytest.mark.parametrize("period", [10, 20, 30, 60])
def test_between_whole_minutes_only_periods_below_a_minute_are_judged(
    scenario: Scenario, period: int
) -> None:
    scenario.chain.alarms.put(replace(MINUTELY, period_seconds=period), {})
    put_value(scenario, seconds_ago=period + 10)
    scenario.chain.tick_on_time()
    scenario.chain.alarms.set_state("a", AlarmState.INSUFFICIENT_DATA, "to see whether it is judged")
    states = {go_on(scenario, 10) for _ in range(3)}

    assert states == ({"INSUFFICIENT_DATA"} if period == 60 else {"ALARM"})


def test_without_alarms_of_short_periods_nothing_is_asked_between_whole_minutes(scenario: Scenario) -> None:
    scenario.chain.alarms.put(MINUTELY, {})
    scenario.chain.tick_on_time()
    fuse = Fuse()
    with fuse:
        for _ in range(5):
            scenario.clock.turn(seconds=10)
            scenario.chain.tick_on_time()

    assert fuse.passed == 0


def test_an_alarm_that_was_put_with_a_longer_period_is_no_longer_judged_in_between(
    scenario: Scenario,
) -> None:
    scenario.chain.alarms.put(QUICK, {})
    scenario.chain.tick_on_time()
    scenario.chain.alarms.put(MINUTELY, {})
    put_value(scenario, seconds_ago=60)
    states = [go_on(scenario, 10) for _ in range(6)]

    assert states == ["OK"] * 5 + ["ALARM"]


def test_in_eager_mode_a_new_alarm_of_a_short_period_need_not_wait_for_the_minute(tmp_path: Path) -> None:
    scenario = opened(tmp_path, Evaluation.EAGER)
    scenario.chain.tick_on_time()
    scenario.clock.turn(seconds=1)
    put_value(scenario, seconds_ago=10)
    scenario.chain.alarms.put(QUICK, {})
    found = go_on(scenario, 9)
    scenario.close()

    assert found == "ALARM"


def test_an_alarm_over_more_than_a_day_is_judged_once_an_hour_up_to_the_whole_hour(
    scenario: Scenario,
) -> None:
    scenario.chain.alarms.put(HOURLY, {})
    go_on(scenario, 60)
    go_on(scenario, 60)
    put_value(scenario, seconds_ago=3600)
    states = [go_on(scenario, 60) for _ in range(58)]
    put_value(scenario, value=-1, seconds_ago=3600 + 58 * 60)
    states_of_next_hour = [go_on(scenario, 60) for _ in range(60)]

    assert states == ["OK"] * 57 + ["ALARM"]
    assert states_of_next_hour == ["ALARM"] * 59 + ["OK"]


def test_an_alarm_over_more_than_a_day_is_judged_at_the_first_tick_after_it_was_put(
    scenario: Scenario,
) -> None:
    put_value(scenario, seconds_ago=3600)
    scenario.clock.turn(minutes=30)
    scenario.chain.tick_on_time()
    scenario.clock.turn(seconds=1)
    scenario.chain.alarms.put(HOURLY, {})

    assert go_on(scenario, 60) == "ALARM"


class ReadClock:
    """A clock that says the next of some times, in seconds, whenever it is read."""

    def __init__(self, *seconds: float) -> None:
        self.left = list(seconds)

    def now_ms(self) -> int:
        return round(self.left.pop(0) * 1000)


def steps_of(*seconds: float) -> int:
    """How many steps a loop has done when its clock has said all of these times; it is read twice a step."""
    clock = ReadClock(*seconds)
    done = []

    def step() -> None:
        done.append(len(clock.left))
        if not clock.left:
            loop.stop()
            clock.left = [0.0]

    loop = TickLoop("steps", Troubles(), clock, step, Timing(1, every_seconds=10))
    loop.run()
    return len(done)


def test_a_loop_does_one_step_for_now_however_long_it_was_held_up() -> None:
    assert 3 == steps_of(0, 3600, 3600, 3601)


def test_a_loop_does_not_wait_for_the_time_from_which_the_clock_was_set_back() -> None:
    assert 3 == steps_of(0, -3600, -3600, -3599)
