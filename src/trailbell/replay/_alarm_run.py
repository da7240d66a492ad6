"""What one alarm would have done: its evaluations in turn, as the server makes them at AWS's ticks.

Each is one of ``alarms.evaluate``. Most see slots that hold the same as those of an evaluation before, as far
as the rules look at them: then the answer is the same too, and is not asked for again.
"""

import math
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from trailbell.alarms import (
    Alarm,
    AlarmState,
    LowSampleCount,
    TreatMissingData,
    Verdict,
    evaluate,
    evaluation_range,
    tick_interval_seconds,
)
from trailbell.metrics import NO_UNIT, Datapoint, Samples, told_statistic
from trailbell.replay._minutes import Minute, Minutes
from trailbell.replay._slot_contents import BREACHING, EMPTY, HELD, Series, slot_contents

__all__ = ["TICK_OFFSET_MS", "Move", "moves_of"]

TICK_OFFSET_MS = 5000
"""How long after the whole minute alarms are judged, as the server does."""

_MINUTE_MS = 60_000
# Any whole hour does.
_PROBED_AT_MS = 3_600_000_000
_MOST_KNOWN = 100_000

_CONTENTS = {
    AlarmState.ALARM: BREACHING,
    AlarmState.OK: HELD,
    AlarmState.INSUFFICIENT_DATA: EMPTY,
}


class Move(msgspec.Struct, frozen=True):
    """A change of state at an instant."""

    at_ms: int
    from_state: AlarmState
    verdict: Verdict


def moves_of(alarm: Alarm, minutes: Minutes, start_ms: int, end_ms: int) -> Iterator[Move]:
    """Yields how an alarm moves that is made at one instant and watched up to another."""
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
        self._slots = self._range_ms // self._period_ms
        self._state = AlarmState.INSUFFICIENT_DATA
        # The first evaluation is that of the first minute, whose tick it is or not: the alarm is new.
        self._first_ms = _next_tick(start_ms, min(self._interval_ms, _MINUTE_MS))
        self._probe = _Probe(alarm)
        # With what in its slots an alarm was seen to stay in a state.
        self._staying: set[tuple[AlarmState, int, int, int]] = set()
        self._series, self._units = self._read()

    def moves(self) -> Iterator[Move]:
        judged_ms: int | None = None
        if self._first_ms < self._end_ms:
            yield from self._judge(self._first_ms)
            judged_ms = self._first_ms
        for begun_ms, last_ms in self._spans():
            # What lies between two spans holds nothing: one look tells, and nothing changes after it.
            first_ms = max(begun_ms, self._first_ms)
            if self._can_know:
                yield from self._quickly(first_ms, last_ms, judged_ms)
            else:
                for at_ms in self._ticks(first_ms, last_ms):
                    if at_ms != judged_ms:
                        yield from self._judge(at_ms)
            judged_ms = max(last_ms, self._first_ms)

    @property
    def _can_know(self) -> bool:
        """Whether what slots hold tells all that the rules look at."""
        # Of several units the whole range decides which one is read; and few samples keep the state.
        is_low = self._alarm.evaluate_low_sample_count_percentile is LowSampleCount.IGNORE
        return self._units <= 1 and not is_low

    def _read(self) -> tuple[Series, int]:
        alarm = self._alarm
        units: set[str] = set()

        def wanted() -> Iterator[Minute]:
            for minute in self._minutes.of(alarm.metric):
                if alarm.unit is None or minute.unit == alarm.unit:
                    units.add(minute.unit)
                    yield minute

        is_extended = told_statistic(alarm.statistic_name) is None
        series = Series(wanted(), with_histograms=is_extended)
        return series, len(units)

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Yields the first tick that sees data and the first that sees none again, for all data in turn."""
        # Those of several units come one unit after the other.
        starts = self._series.starts if self._units <= 1 else sorted(self._series.starts)
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
        period_ms, slots = self._period_ms, self._slots
        lag_ms = self._lag_ms
        step_ms = math.gcd(period_ms, self._interval_ms)
        base_ms = ticks[0] - lag_ms - self._range_ms
        number = (ticks[-1] - lag_ms - period_ms - base_ms) // step_ms + 1
        contents = slot_contents(self._series, (base_ms, step_ms, number), period_ms, self._probe.content_of)
        stride = period_ms // step_ms
        newest = (ticks[0] - lag_ms - period_ms - base_ms) // step_ms
        oldest = newest - (slots - 1) * stride
        pace = self._interval_ms // step_ms
        seen: bytearray | None = None
        for at_ms in ticks:
            content = contents[oldest : newest + 1 : stride]
            if content != seen and at_ms != judged_ms:
                before = self._state
                yield from self._judge_content(at_ms, content)
                # What moved an alarm may move it once more.
                seen = content if self._state is before else None
            oldest += pace
            newest += pace

    def _judge_content(self, at_ms: int, content: bytearray) -> Iterator[Move]:
        """Judges slots by what they hold, the oldest first."""
        key = (self._state, *_what_rules_see(content, self._alarm.evaluation_periods))
        if key in self._staying:
            return
        yield from self._judge(at_ms)
        if self._state is key[0] and len(self._staying) < _MOST_KNOWN:
            self._staying.add(key)

    def _judge(self, at_ms: int) -> Iterator[Move]:
        datapoints = self._minutes.datapoints(self._alarm.metric, evaluation_range(self._alarm, at_ms))
        verdict = evaluate(self._alarm, datapoints, self._state, at_ms)
        if verdict.changed:
            yield Move(at_ms, self._state, verdict)
            self._state = verdict.state


def _next_tick(at_ms: int, interval_ms: int) -> int:
    """Returns the first tick at an instant or after it."""
    return -(-(at_ms - TICK_OFFSET_MS) // interval_ms) * interval_ms + TICK_OFFSET_MS


def _what_rules_see(content: bytearray, evaluation_periods: int) -> tuple[int, int, int]:
    """Sums up what the rules look at: how many slots have a value, how many breach, how old the oldest is.

    Of more than EvaluationPeriods with a value, the newest decide; of fewer, all that there are.
    """
    held = len(content) - content.count(EMPTY)
    if held >= evaluation_periods:
        considered = content.translate(None, _NOTHING)[-evaluation_periods:]
        return evaluation_periods, considered.count(BREACHING), 0
    return held, content.count(BREACHING), len(content.lstrip(_NOTHING))


_NOTHING = bytes((EMPTY,))


class _Probe:
    """Tells what a slot of some samples holds, by the evaluation of an alarm that looks at one slot alone."""

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = replace(
            alarm,
            evaluation_periods=1,
            datapoints_to_alarm=None,
            treat_missing_data=TreatMissingData.MISSING,
            evaluate_low_sample_count_percentile=None,
        )
        _, end_ms = evaluation_range(self._alarm, _PROBED_AT_MS)
        self._start_ms = end_ms - alarm.period_seconds * 1000
        self._known: dict[object, int] = {}

    def content_of(self, samples: Samples) -> int:
        """Returns EMPTY, HELD or BREACHING."""
        statistics, histogram = samples
        if histogram is not None:
            return self._asked(samples)
        content = self._known.get(statistics)
        if content is None:
            content = self._asked(samples)
            if len(self._known) < _MOST_KNOWN:
                self._known[statistics] = content
        return content

    def _asked(self, samples: Samples) -> int:
        datapoint = Datapoint(self._start_ms, samples[0], self._alarm.unit or NO_UNIT, samples[1])
        verdict = evaluate(self._alarm, [datapoint], AlarmState.OK, _PROBED_AT_MS)
        return _CONTENTS[verdict.state]
