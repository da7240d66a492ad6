"""What the evaluations of an alarm on a statistic see: which slots have a value, and which of them breach."""

from collections.abc import Hashable, Iterator

import msgspec
from msgspec.structs import replace

from trailbell.alarms import (
    Alarm,
    AlarmData,
    AlarmState,
    LowSampleCount,
    TreatMissingData,
    evaluate,
    evaluation_range,
)
from trailbell.metrics import NO_UNIT, Datapoint, MetricKey, Samples, told_statistic
from trailbell.replay._minutes import Minutes
from trailbell.replay._slot_contents import SlotGrid, filled_slots
from trailbell.replay._slot_look import MetricRead, starts_of

__all__ = ["StatisticLook"]

# Any whole hour does.
_PROBED_AT_MS = 3_600_000_000
_MOST_KNOWN = 100_000

_EMPTY, _HELD, _BREACHING = 0, 1, 2
_NOTHING = bytes((_EMPTY,))
_CONTENTS = {
    AlarmState.ALARM: _BREACHING,
    AlarmState.OK: _HELD,
    AlarmState.INSUFFICIENT_DATA: _EMPTY,
}


class StatisticLook:
    """An alarm on a statistic: each slot is worth a byte."""

    is_timeless = True

    def __init__(self, alarm: Alarm, minutes: Minutes) -> None:
        self._alarm = alarm
        self._minutes = minutes
        is_extended = told_statistic(alarm.statistic_name) is None
        self._read = MetricRead(alarm.metric, minutes, unit=alarm.unit, with_histograms=is_extended)
        self._probe = _Probe(alarm)
        self.starts = starts_of([self._read])

    @property
    def can_know(self) -> bool:
        # Few samples keep the state.
        is_low = self._alarm.evaluate_low_sample_count_percentile is LowSampleCount.IGNORE
        return self._read.is_of_one_unit and not is_low

    def over(self, grid: SlotGrid) -> "_StatisticGrid":
        series = self._read.series
        filled = bytearray(grid.number)
        for slots, (first, end) in filled_slots(series, grid):
            content = self._probe.content_of(series.samples(first, end))
            filled[slots] = bytes((content,)) * (slots.stop - slots.start)
        return _StatisticGrid(bytes(filled), grid, self._minutes, self._alarm.metric)

    def what_rules_see(self, content: bytes) -> Hashable:
        """Says how many slots have a value, how many breach, how old the oldest is.

        Of more than EvaluationPeriods with a value, the newest decide; of fewer, all that there are.
        """
        periods = self._alarm.evaluation_periods
        held = len(content) - content.count(_EMPTY)
        if held >= periods:
            considered = content.translate(None, _NOTHING)[-periods:]
            return periods, considered.count(_BREACHING), 0
        return held, content.count(_BREACHING), len(content.lstrip(_NOTHING))


class _StatisticGrid(msgspec.Struct):
    filled: bytes
    grid: SlotGrid
    minutes: Minutes
    metric: MetricKey

    def contents(self) -> Iterator[bytes]:
        return (self.filled[part] for part in self.grid.slices())

    def data(self, number: int, span: tuple[int, int]) -> AlarmData:
        # Few are asked for.
        return self.minutes.datapoints(self.metric, span)


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
        """Returns whether there is no value, a value that does not breach, or one that does."""
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
