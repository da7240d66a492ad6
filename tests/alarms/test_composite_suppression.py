"""When the actions of a composite alarm are held back: the examples of AWS's user guide, and more.

As there, the wait period is 2 time units and the extension period 3; a unit is 60 seconds here.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_change import ChildState
from trailbell.alarms._suppression import (
    SuppressedBy,
    Suppression,
    SuppressionStep,
    end_period,
    follow_suppressor,
    suppress_change,
    update_suppressor,
)

OK, ALARM, INSUFFICIENT = AlarmState.OK, AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA
WAIT, EXTENSION = SuppressedBy.WAIT_PERIOD, SuppressedBy.EXTENSION_PERIOD
START_MS = 1_789_367_400_000
"""2026-09-14 06:30:00 UTC."""
UNIT_MS = 60_000
ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
SERVICE = CompositeAlarm(
    name="service",
    rule="ALARM(a)",
    suppressor="maintenance",
    suppressor_wait_seconds=120,
    suppressor_extension_seconds=180,
)


class Timeline:
    """A composite alarm and its suppressor on a clock that ends periods as they become due."""

    def __init__(self, alarm: CompositeAlarm = SERVICE, suppressor: AlarmState | None = OK) -> None:
        self.alarm = alarm
        self.state = OK
        self.suppressor = None if suppressor is None else self._standing(suppressor, START_MS)
        self.suppression = Suppression()
        self.taken: list[tuple[float, AlarmState]] = []
        self.unit = 0.0

    def composite(self, unit: float, state: AlarmState) -> "Timeline":
        """The composite alarm changes its state."""
        self.wait_until(unit)
        self.state = state
        self._follow(suppress_change(self.alarm, self.suppressor, self._now_ms))
        return self

    def suppressing(self, unit: float, state: AlarmState | None) -> "Timeline":
        """The suppressor changes its state, or is deleted."""
        self.wait_until(unit)
        self.suppressor = None if state is None else self._standing(state, self._now_ms)
        self._follow(follow_suppressor(self.alarm, self.suppression, self.suppressor, self._now_ms))
        return self

    def update(self, unit: float, alarm: CompositeAlarm, suppressor: AlarmState | None = OK) -> "Timeline":
        """The definition is replaced, maybe by one with another suppressor."""
        self.wait_until(unit)
        self.suppressor = None if suppressor is None else self._standing(suppressor, START_MS)
        self._follow(update_suppressor(self.alarm, alarm, self.suppression, self.suppressor))
        self.alarm = alarm
        return self

    def wait_until(self, unit: float) -> "Timeline":
        """Time passes; periods that end before the instant end."""
        due_ms = self.suppression.due_ms
        if due_ms is not None and due_ms < START_MS + unit * UNIT_MS:
            self.unit = (due_ms - START_MS) / UNIT_MS
            self._follow(end_period(self.suppression, due_ms))
        self.unit = unit
        return self

    def end(self) -> list[tuple[float, AlarmState]]:
        """Lets every period end; returns when actions were taken, and those of which state."""
        self.wait_until(1000)
        return self.taken

    @property
    def _now_ms(self) -> int:
        return START_MS + round(self.unit * UNIT_MS)

    def _standing(self, state: AlarmState, at_ms: int) -> ChildState:
        return ChildState(
            arn=ARN + (self.alarm.suppressor or "?"), state=state, transitioned_ms=at_ms, updated_ms=at_ms
        )

    def _follow(self, step: SuppressionStep) -> None:
        self.suppression = step.suppression
        if step.takes_actions:
            self.taken.append((self.unit, self.state))


def test_example_1_actions_are_taken_after_the_wait_period() -> None:
    timeline = Timeline().composite(2, ALARM)

    assert (WAIT, START_MS + 4 * UNIT_MS) == (timeline.suppression.by, timeline.suppression.due_ms)
    assert timeline.suppression.reason == "Actions suppressed by WaitPeriod"
    assert [(4, ALARM)] == timeline.end()
    assert timeline.suppression == Suppression()


def test_example_2_the_suppressor_takes_over_before_the_wait_period_ends() -> None:
    timeline = Timeline().composite(2, ALARM).suppressing(3, ALARM)

    assert (SuppressedBy.ALARM, None) == (timeline.suppression.by, timeline.suppression.due_ms)
    assert timeline.suppression.reason == (
        f"Actions suppressed by {ARN}maintenance that transitioned to ALARM at "
        "Monday 14 September, 2026 06:33:00 UTC"
    )
    assert timeline.end() == []


def test_example_3_a_change_during_the_wait_period_starts_a_new_one() -> None:
    timeline = Timeline().composite(2, ALARM).composite(3, OK)

    assert [(5, OK)] == timeline.end()


def test_example_4_a_suppressor_in_alarm_holds_actions_back_at_once() -> None:
    timeline = Timeline(suppressor=ALARM).composite(2, ALARM)

    assert SuppressedBy.ALARM == timeline.suppression.by
    assert timeline.end() == []


def test_example_5_actions_are_taken_after_the_extension_period() -> None:
    timeline = Timeline().composite(2, ALARM).suppressing(3, ALARM).suppressing(6, OK)

    assert (EXTENSION, START_MS + 9 * UNIT_MS) == (timeline.suppression.by, timeline.suppression.due_ms)
    assert timeline.suppression.reason == "Actions suppressed by ExtensionPeriod"
    assert [(9, ALARM)] == timeline.end()


def test_example_6_a_change_during_the_extension_period_starts_a_wait_period() -> None:
    timeline = Timeline().composite(2, ALARM).suppressing(3, ALARM).suppressing(6, OK).composite(7, OK)

    assert WAIT == timeline.suppression.by
    assert [(9, OK)] == timeline.end()


def test_a_suppressor_that_comes_back_discards_the_extension_period() -> None:
    timeline = Timeline(suppressor=ALARM).composite(2, ALARM).suppressing(3, OK).suppressing(4, ALARM)

    assert SuppressedBy.ALARM == timeline.suppression.by
    assert [(11, ALARM)] == timeline.suppressing(8, INSUFFICIENT).end()


def test_changes_while_the_suppressor_is_in_alarm_end_in_the_last_ones_actions() -> None:
    timeline = Timeline(suppressor=ALARM).composite(2, ALARM).composite(3, OK).composite(4, ALARM)

    assert [(8, ALARM)] == timeline.suppressing(5, OK).end()


def test_a_suppressor_does_nothing_after_actions_were_taken() -> None:
    timeline = Timeline().composite(2, ALARM).suppressing(5, ALARM)

    assert timeline.suppression == Suppression()
    assert timeline.suppressing(6, OK).suppression == Suppression()
    assert [(4, ALARM)] == timeline.end()


def test_a_suppressor_between_ok_and_insufficient_data_lets_the_period_run() -> None:
    timeline = Timeline().composite(2, ALARM).suppressing(3, INSUFFICIENT)

    assert [(4, ALARM)] == timeline.end()


def test_without_a_suppressor_actions_are_taken_at_once() -> None:
    alone = CompositeAlarm(name="service", rule="ALARM(a)")

    assert [(2, ALARM), (3, OK)] == Timeline(alone, None).composite(2, ALARM).composite(3, OK).end()


def test_periods_of_no_length_hold_nothing_back() -> None:
    hasty = replace(SERVICE, suppressor_wait_seconds=0, suppressor_extension_seconds=0)

    assert [(2, ALARM)] == Timeline(hasty).composite(2, ALARM).end()
    assert [(4, ALARM)] == Timeline(hasty, ALARM).composite(2, ALARM).suppressing(4, OK).end()


def test_a_deleted_suppressor_counts_as_one_that_left_alarm() -> None:
    assert [(6, ALARM)] == Timeline(suppressor=ALARM).composite(2, ALARM).suppressing(3, None).end()
    assert [(4, ALARM)] == Timeline(suppressor=None).composite(2, ALARM).end()


@pytest.mark.parametrize("suppressor", ["maintenance", f"{ARN}maintenance"])
def test_an_update_with_the_same_suppressor_lets_a_period_run(suppressor: str) -> None:
    updated = replace(SERVICE, suppressor=suppressor, suppressor_wait_seconds=600)

    assert [(4, ALARM)] == Timeline().composite(2, ALARM).update(3, updated).end()


def test_another_suppressor_or_none_ends_what_held_actions_back() -> None:
    other = replace(SERVICE, suppressor="deployment")
    none = replace(SERVICE, suppressor=None)

    for updated in (other, none):
        assert [(3, ALARM)] == Timeline().composite(2, ALARM).update(3, updated).end()
        assert [(3, ALARM)] == Timeline(suppressor=ALARM).composite(2, ALARM).update(3, updated).end()
        assert Timeline().update(3, updated, ALARM).end() == []


def test_another_suppressor_in_alarm_holds_actions_back_in_its_turn() -> None:
    other = replace(SERVICE, suppressor="deployment")
    timeline = Timeline().composite(2, ALARM).update(3, other, ALARM)

    assert SuppressedBy.ALARM == timeline.suppression.by
    assert [(7, ALARM)] == timeline.suppressing(4, OK).end()


def test_a_suppressor_that_takes_the_whole_wait_period_comes_in_time() -> None:
    timeline = Timeline().composite(2, ALARM).suppressing(4, ALARM)

    assert SuppressedBy.ALARM == timeline.suppression.by
    assert timeline.end() == []


def test_a_period_ends_when_it_is_due_and_not_before() -> None:
    held = Timeline().composite(2, ALARM).suppression
    due_ms = START_MS + 4 * UNIT_MS

    assert SuppressionStep(held, takes_actions=False) == end_period(held, due_ms - 1)
    assert SuppressionStep(Suppression(), takes_actions=True) == end_period(held, due_ms)
    assert SuppressionStep(Suppression(), takes_actions=False) == end_period(Suppression(), due_ms)


events = st.lists(st.tuples(st.booleans(), st.sampled_from([OK, ALARM]), st.integers(0, 4)), max_size=12)


@given(events)
def test_the_last_change_is_told_once_the_suppressor_has_been_quiet_long_enough(
    changes: list[tuple[bool, AlarmState, int]],
) -> None:
    timeline = Timeline()
    unit = 0.0
    transitions = 0
    for is_composite, state, pause in changes:
        unit += pause
        if is_composite and state != timeline.state:
            timeline.composite(unit, state)
            transitions += 1
        elif not is_composite and timeline.suppressor is not None and state != timeline.suppressor.state:
            timeline.suppressing(unit, state)
    last = timeline.state
    timeline.suppressing(unit + 1, OK)
    taken = timeline.end()

    assert timeline.suppression == Suppression()
    assert len(taken) <= transitions
    assert [state for _, state in taken][-1:] == ([last] if transitions else [])
    assert [unit for unit, _ in taken] == sorted(unit for unit, _ in taken)
