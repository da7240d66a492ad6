"""What one alarm would have done: its evaluations in turn, as the server makes them at AWS's ticks.

Each is one of ``alarms.evaluate``. Most see slots that hold the same as those of an evaluation before, as far
as the rules look at them: then the answer is the same too, and is not asked for again.
"""

from collections.abc import Hashable, Iterator

import msgspec

from trailbell.alarms import (
    Alarm,
    AlarmData,
    AlarmState,
    Verdict,
    evaluate,
    evaluation_range,
    reads_clock,
    tick_interval_seconds,
)
from trailbell.replay._errors import ReplayError
from trailbell.replay._math_look import MathLook
from trailbell.replay._minutes import Minutes
from trailbell.replay._slot_contents import SlotGrid
from trailbell.replay._slot_look import SlotLook
from trailbell.replay._statistic_look import StatisticLook

__all__ = ["TICK_OFFSET_MS", "Move", "moves_of"]

TICK_OFFSET_MS = 5000
"""How long after the whole minute alarms are judged, as the server does."""

_MINUTE_MS = 60_000
_PROBED_AT_MS = 3_600_000_000
_MOST_KNOWN = 100_000
_MOST_KNOWN_BYTES = 32 * 1024 * 1024
# About two years, minute by minute, and two minutes of work.
_MOST_BY_CLOCK = 1_000_000


class Move(msgspec.Struct, frozen=True):
    """A change of state at an instant."""

    at_ms: int
    from_state: AlarmState
    verdict: Verdict


def moves_of(alarm: Alarm, minutes: Minutes, start_ms: int, end_ms: int) -> Iterator[Move]:
    """Yields how an alarm moves that is made at one instant and watched up to another.

    Raises:
        ReplayError: It would have to be judged too often, as its expression reads the clock.
    """
    return _Run(alarm, minutes, start_ms, end_ms).moves()


class _Run:
    """The evaluations of one alarm."""

    def __init__(self, alarm: Alarm, minutes: Minutes, start_ms: int, end_ms: int) -> None:
        self._alarm = alarm
        self._minutes = minutes
        self._end_ms = end_ms
        self._interval_ms = tick_interval_seconds(alarm) * 1000
        self._period_ms = alarm.period_seconds * 1000
        newest_start, newest_end = evaluation_range(alarm, start_ms)
        self._range_ms = newest_end - newest_start
        self._state = AlarmState.INSUFFICIENT_DATA
        # The first evaluation is that of the first minute, whose tick it is or not: the alarm is new.
        self._first_ms = _next_tick(start_ms, min(self._interval_ms, _MINUTE_MS))
        # With what in its slots an alarm was seen to stay in a state.
        self._staying: set[tuple[AlarmState, Hashable]] = set()
        self._known_bytes = 0
        self._look: SlotLook = (MathLook if alarm.metrics else StatisticLook)(alarm, minutes)
        if reads_clock(alarm):
            self._check_number()

    def moves(self) -> Iterator[Move]:
        judged_ms: int | None = None
        if self._first_ms < self._end_ms:
            yield from self._judge(self._first_ms)
            judged_ms = self._first_ms
        for begun_ms, last_ms in self._spans():
            # What lies between two spans holds nothing: one look tells, and nothing changes after it.
            first_ms = max(begun_ms, self._first_ms)
            if self._look.can_know:
                yield from self._quickly(first_ms, last_ms, judged_ms)
            else:
                for at_ms in self._ticks(first_ms, last_ms):
                    if at_ms != judged_ms:
                        yield from self._judge(at_ms)
            judged_ms = max(last_ms, self._first_ms)

    def _check_number(self) -> None:
        number = max(0, self._end_ms - self._first_ms) // self._interval_ms
        if number > _MOST_BY_CLOCK:
            raise ReplayError(
                f"the expression of the alarm {self._alarm.name!r} reads the clock, so that it is to be "
                f"judged {number:,} times, with data or without: more than {_MOST_BY_CLOCK:,} are not "
                "replayed, so narrow the time down"
            )

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Yields the first tick that sees data and the first that sees none again, for all data in turn."""
        if reads_clock(self._alarm):
            yield self._first_ms, self._end_ms
            return
        starts = self._look.starts
        if not starts:
            return
        first = previous = starts[0]
        for start_ms in starts:
            if start_ms - previous > self._range_ms + 2 * self._interval_ms:
                yield self._span(first, previous)
                first = start_ms
            previous = start_ms
        yield self._span(first, previous)

    def _span(self, first_ms: int, last_ms: int) -> tuple[int, int]:
        # Where the newest slot ends before a tick is the same for all ticks of an alarm.
        lag_ms = self._lag_ms
        first_tick = _next_tick(first_ms + 1 + lag_ms, self._interval_ms)
        last_tick = _next_tick(last_ms + self._range_ms + 1 + lag_ms, self._interval_ms)
        return first_tick, last_tick

    @property
    def _lag_ms(self) -> int:
        # Any whole hour does.
        at_ms = _next_tick(_PROBED_AT_MS, self._interval_ms)
        return at_ms - evaluation_range(self._alarm, at_ms)[1]

    def _ticks(self, first_ms: int, last_ms: int) -> range:
        return range(
            _next_tick(first_ms, self._interval_ms), min(last_ms + 1, self._end_ms), self._interval_ms
        )

    def _quickly(self, first_ms: int, last_ms: int, judged_ms: int | None) -> Iterator[Move]:
        ticks = self._ticks(first_ms, last_ms)
        if not ticks:
            return
        lag_ms = self._lag_ms
        ends_ms = range(ticks.start - lag_ms, ticks.stop - lag_ms, ticks.step)
        grid = SlotGrid.of(ends_ms, self._period_ms, self._range_ms // self._period_ms)
        look = self._look.over(grid)
        seen: bytes | None = None
        for number, (at_ms, content) in enumerate(zip(ticks, look.contents(), strict=True)):
            if content == seen or at_ms == judged_ms:
                continue
            before = self._state
            key = (before, self._look.what_rules_see(content))
            if key not in self._staying:
                data = look.data(number, evaluation_range(self._alarm, at_ms))
                yield from self._judge_data(at_ms, data)
                self._note(key, len(content))
            # What moved an alarm may move it once more.
            seen = content if self._look.is_timeless and self._state is before else None

    def _note(self, key: tuple[AlarmState, Hashable], size_bytes: int) -> None:
        """Notes that an alarm that saw this in a state stayed there, if it did."""
        if not self._look.is_timeless:
            return
        is_room = len(self._staying) < _MOST_KNOWN and self._known_bytes < _MOST_KNOWN_BYTES
        if self._state is key[0] and is_room:
            self._staying.add(key)
            self._known_bytes += size_bytes

    def _judge(self, at_ms: int) -> Iterator[Move]:
        span = evaluation_range(self._alarm, at_ms)
        data = {metric: self._minutes.datapoints(metric, span) for metric in self._alarm.watched}
        yield from self._judge_data(at_ms, data)

    def _judge_data(self, at_ms: int, data: AlarmData) -> Iterator[Move]:
        verdict = evaluate(self._alarm, data, self._state, at_ms)
        if verdict.changed:
            yield Move(at_ms, self._state, verdict)
            self._state = verdict.state


def _next_tick(at_ms: int, interval_ms: int) -> int:
    """Returns the first tick at an instant or after it."""
    return -(-(at_ms - TICK_OFFSET_MS) // interval_ms) * interval_ms + TICK_OFFSET_MS
