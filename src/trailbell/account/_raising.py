"""Would one event raise an alarm? The alarm is evaluated on the data that one event makes.

Once the event comes alone; where filters publish default values, it also comes amid other events, whose zeros
an average drowns in. The alarm must not be in ALARM before it, and must come to be because of it.
"""

from collections.abc import Sequence

import msgspec

from trailbell.alarms import (
    Alarm,
    AlarmState,
    ComparisonOperator,
    evaluate,
    evaluation_range,
    tick_interval_seconds,
)
from trailbell.metrics import Datapoint, MetricKey, StatisticSet

__all__ = ["Background", "Raising", "Sample", "raising"]

_MONDAY_MS = 1_767_571_200_000
_MINUTE_MS = 60_000
_OTHER_EVENTS = 10.0
_MOST_TICKS = 120
_MOST_SLOTS_SEEN = 20_000
_ADVICE = "let it watch the Sum, >= 1, one datapoint"
_SIGNS = {
    ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD: ">=",
    ComparisonOperator.GREATER_THAN_THRESHOLD: ">",
    ComparisonOperator.LESS_THAN_THRESHOLD: "<",
    ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD: "<=",
}


class Sample(msgspec.Struct, frozen=True):
    """What the event publishes."""

    metric: MetricKey
    value: float
    unit: str


class Background(msgspec.Struct, frozen=True):
    """What any event that does not match publishes: the default value of a filter."""

    metric: MetricKey
    value: float
    unit: str


class Raising(msgspec.Struct, frozen=True):
    """Whether one event raises the alarm; ``reason`` says why not.

    ``stays`` says that the alarm does not come back from ALARM by itself, so that it rings only once.
    """

    is_raised: bool
    reason: str = ""
    stays: bool = False


class _Run(msgspec.Struct, frozen=True):
    is_on_before: bool
    is_raised: bool
    is_on_after: bool


def raising(alarm: Alarm, sample: Sample, backgrounds: Sequence[Background]) -> Raising:
    """Returns whether one event raises the alarm, alone and amid others.

    ``backgrounds`` are those of the metrics that the alarm watches; one of the sample's own metric is not
    published by the event itself.
    """
    quiet = _run(alarm, sample, backgrounds, is_busy=False)
    busy = _run(alarm, sample, backgrounds, is_busy=True) if backgrounds else quiet
    if quiet.is_raised and busy.is_raised:
        return Raising(True, stays=quiet.is_on_after and busy.is_on_after)
    return Raising(False, _reason(alarm, sample, backgrounds, (quiet, busy)))


def _reason(alarm: Alarm, sample: Sample, backgrounds: Sequence[Background], runs: tuple[_Run, _Run]) -> str:
    quiet, busy = runs
    if quiet.is_on_before or busy.is_on_before:
        how = "while there are no events" if quiet.is_on_before else "while there are other events"
        return (
            f"it is in ALARM {how}, so that an event changes nothing: let missing data count as not "
            "breaching, and the threshold lie above what is published without a match"
        )
    if quiet.is_raised:
        return (
            "the default value that is published for other events keeps its "
            f"{alarm.statistic_name or 'value'} from the threshold: {_ADVICE}"
        )
    eager = msgspec.structs.replace(alarm, evaluation_periods=1, datapoints_to_alarm=1)
    if _run(eager, sample, backgrounds, is_busy=False).is_raised:
        return (
            f"it waits for {alarm.breaches_to_alarm} breaching datapoints of {alarm.evaluation_periods} "
            "and one event makes one: let DatapointsToAlarm be 1"
        )
    sign = _SIGNS[alarm.comparison_operator]
    return (
        f"one event publishes {sample.value:g}, which does not bring its "
        f"{alarm.statistic_name or 'expression'} to {sign} {alarm.threshold:g}: {_ADVICE}"
    )


def _run(alarm: Alarm, sample: Sample, backgrounds: Sequence[Background], *, is_busy: bool) -> _Run:
    period_ms = alarm.period_seconds * 1000
    tick_ms = tick_interval_seconds(alarm) * 1000
    start, end = evaluation_range(alarm, _MONDAY_MS)
    length_ms = end - start
    at_ms = _MONDAY_MS + 2 * _MINUTE_MS
    data = _data(sample, backgrounds, at_ms)
    if is_busy:
        data = _busy(data, backgrounds, alarm, (at_ms - 2 * length_ms, at_ms + 3 * length_ms))
    state = AlarmState.OK
    for before in (at_ms - 2 * tick_ms, at_ms - tick_ms):
        state = evaluate(alarm, data, state, before - before % tick_ms).state
    is_on_before = state == AlarmState.ALARM
    ticks = min(_MOST_TICKS, length_ms // tick_ms + 3, _MOST_SLOTS_SEEN * period_ms // length_ms)
    # Ticks lie closer than a period, so that none of its positions in the range is stepped over.
    step_ms = max(tick_ms, min(period_ms, length_ms // ticks) // tick_ms * tick_ms)
    is_raised, tick = False, at_ms - at_ms % tick_ms
    for _ in range(ticks):
        tick += step_ms
        state = evaluate(alarm, data, state, tick).state
        is_raised = is_raised or state == AlarmState.ALARM
    later = tick + 2 * length_ms
    state = evaluate(alarm, data, state, later - later % tick_ms).state
    return _Run(is_on_before, is_raised and not is_on_before, state == AlarmState.ALARM)


_Data = dict[MetricKey, list[Datapoint]]


def _data(sample: Sample, backgrounds: Sequence[Background], at_ms: int) -> _Data:
    data: _Data = {sample.metric: [Datapoint(at_ms, StatisticSet.of(sample.value), sample.unit)]}
    for each in backgrounds:
        if each.metric != sample.metric:
            published = Datapoint(at_ms, StatisticSet.of(each.value), each.unit)
            data.setdefault(each.metric, []).append(published)
    return data


def _busy(data: _Data, backgrounds: Sequence[Background], alarm: Alarm, span: tuple[int, int]) -> _Data:
    """Adds what other events publish: in each window as long as a period, wherever it begins, once."""
    period_ms = alarm.period_seconds * 1000
    first = span[0] + (_MONDAY_MS + 2 * _MINUTE_MS - span[0]) % period_ms
    starts = range(first, span[1], period_ms)
    busy = {metric: list(datapoints) for metric, datapoints in data.items()}
    for each in backgrounds:
        statistics = StatisticSet.of(each.value, _OTHER_EVENTS)
        busy.setdefault(each.metric, []).extend(Datapoint(start, statistics, each.unit) for start in starts)
    return busy
