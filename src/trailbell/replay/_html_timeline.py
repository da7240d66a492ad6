"""The two drawings of the report: when each alarm stood in ALARM, and how many pages each day brought.

Positions are percentages of the width, so that a drawing fits any screen without its text being stretched.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import msgspec

from trailbell.alarms import AlarmState
from trailbell.replay._report_words import (
    duration_text,
    instant_text,
    leader_of,
    majority_of,
    pages_of,
    ringing,
)
from trailbell.replay._result import AlarmResult, ReplayResult

__all__ = ["Bar", "Chart", "Lane", "Span", "Tick", "Timeline", "chart_of", "timeline_of"]

_MOST_LANES = 40
_MOST_SPANS = 400
_MOST_BARS = 366
_MOST_TICKS = 6
_LAST_TICK_PERCENT = 88
_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_STEPS_MS = (
    *(minutes * _MINUTE_MS for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)),
    *(days * _DAY_MS for days in (1, 2, 7, 14, 28, 91, 182, 364)),
)


class Span(msgspec.Struct, frozen=True):
    """A stay in ALARM, or several that lie too close together to be told apart; places in percent."""

    left: float
    width: float
    label: str


class Lane(msgspec.Struct, frozen=True):
    """One alarm's stays in ALARM."""

    name: str
    label: str
    spans: tuple[Span, ...]


class Tick(msgspec.Struct, frozen=True):
    """An instant on the axis, its place in percent."""

    left: float
    label: str


class Timeline(msgspec.Struct, frozen=True):
    """All lanes over one axis; ``left_off`` counts the alarms with pages that have none."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    left_off: int


class Bar(msgspec.Struct, frozen=True):
    """The pages of one day, or of some days in a row; places and heights in percent.

    Attributes:
        left: Where it begins.
        width: How wide it is.
        height: How high it is in all.
        leader_height: How high the leader's share of it is.
        pages: The pages.
        leader_pages: Those of them whose calls were mostly the leader's.
        label: The day.
    """

    left: float
    width: float
    height: float
    leader_height: float
    pages: int
    leader_pages: int
    label: str


class Chart(msgspec.Struct, frozen=True):
    """Pages per day; ``days_per_bar`` is more than 1 where the time is too long for a bar each day."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    most: int
    days_per_bar: int


class _Stay(msgspec.Struct, frozen=True):
    """From when to when something stood in ALARM, and how many stays it sums up."""

    start_ms: int
    end_ms: int
    number: int = 1


def timeline_of(result: ReplayResult) -> Timeline | None:
    """Draws when the alarms stood in ALARM; None where none ever did, or nothing had a time."""
    if result.first_ms is None or result.last_ms is None:
        return None
    told = ringing(result.alarms)
    if not told:
        return None
    moves = [transition.at_ms for alarm in told for transition in alarm.transitions]
    start_ms = min(result.first_ms, *moves)
    end_ms = max(result.last_ms, start_ms + _MINUTE_MS, *moves)
    lanes = tuple(_lane(alarm, start_ms, end_ms) for alarm in told[:_MOST_LANES])
    return Timeline(lanes, _ticks(start_ms, end_ms), len(told) - len(lanes))


def _lane(alarm: AlarmResult, start_ms: int, end_ms: int) -> Lane:
    # Two stays closer together than this would be drawn as one anyway.
    gap_ms = (end_ms - start_ms) // _MOST_SPANS
    percent = 100 / (end_ms - start_ms)
    spans = tuple(
        Span(
            round((stay.start_ms - start_ms) * percent, 3),
            round((stay.end_ms - stay.start_ms) * percent, 3),
            _stay_label(stay),
        )
        for stay in _joined(_stays(alarm, end_ms), gap_ms)
    )
    times = "once" if alarm.times_in_alarm == 1 else f"{alarm.times_in_alarm:,} times"
    return Lane(alarm.name, f"in ALARM {times}, {duration_text(alarm.seconds_in_alarm)}", spans)


def _stays(alarm: AlarmResult, end_ms: int) -> Iterable[_Stay]:
    for transition, following in pairwise((*alarm.transitions, None)):
        if transition is not None and transition.to_state == AlarmState.ALARM:
            yield _Stay(transition.at_ms, end_ms if following is None else following.at_ms)


def _joined(stays: Iterable[_Stay], gap_ms: int) -> Iterable[_Stay]:
    current: _Stay | None = None
    for stay in stays:
        if current is None:
            current = stay
        elif stay.start_ms - current.end_ms <= gap_ms:
            current = _Stay(current.start_ms, max(current.end_ms, stay.end_ms), current.number + 1)
        else:
            yield current
            current = stay
    if current is not None:
        yield current


def _stay_label(stay: _Stay) -> str:
    if stay.number == 1:
        return f"{instant_text(stay.start_ms)}, {duration_text((stay.end_ms - stay.start_ms) / 1000)}"
    return f"{stay.number:,} times from {instant_text(stay.start_ms)} to {instant_text(stay.end_ms)}"


def _ticks(start_ms: int, end_ms: int) -> tuple[Tick, ...]:
    span = end_ms - start_ms
    step = next((each for each in _STEPS_MS if span <= each * _MOST_TICKS), 0)
    if not step:
        # Longer than six years: whole numbers of the largest step.
        step = _STEPS_MS[-1] * -(-span // (_STEPS_MS[-1] * _MOST_TICKS))
    first = -(-start_ms // step) * step
    length = len("2026-09-14") if step >= _DAY_MS else len("2026-09-14 05:43")
    return tuple(
        Tick(round((at - start_ms) * 100 / span, 3), instant_text(at)[:length])
        # Further right a label would be cut.
        for at in range(first, start_ms + span * _LAST_TICK_PERCENT // 100, step)
    )


def chart_of(result: ReplayResult) -> Chart | None:
    """Draws how many pages each day of the replay brought (days in UTC); None where there was none."""
    leader = leader_of(result.alarms)
    wanted = (leader.key, leader.kind) if leader else None
    counts: Counter[int] = Counter()
    of_leader: Counter[int] = Counter()
    for paged_ms, page in pages_of(result.alarms):
        day = paged_ms // _DAY_MS
        counts[day] += 1
        of_leader[day] += wanted is not None and majority_of(page.evidence) == wanted
    if not counts or result.first_ms is None or result.last_ms is None:
        return None
    first, last = min(result.first_ms // _DAY_MS, *counts), max(result.last_ms // _DAY_MS, *counts)
    days_per_bar = -(-(last - first + 1) // _MOST_BARS)
    number = -(-(last - first + 1) // days_per_bar)
    pages, leaders = [0] * number, [0] * number
    for day, count in counts.items():
        pages[(day - first) // days_per_bar] += count
        leaders[(day - first) // days_per_bar] += of_leader[day]
    most = max(pages)
    bars = tuple(
        Bar(
            left=round(index * 100 / number, 3),
            width=round(100 / number, 3),
            height=round(pages[index] * 100 / most, 2),
            leader_height=round(leaders[index] * 100 / most, 2),
            pages=pages[index],
            leader_pages=leaders[index],
            label=_days(first + index * days_per_bar, days_per_bar),
        )
        for index in range(number)
        if pages[index]
    )
    begin_ms, end_ms = first * _DAY_MS, (first + number * days_per_bar) * _DAY_MS
    # Daily bars have no hours.
    ticks = tuple(each for each in _ticks(begin_ms, end_ms) if len(each.label) == len("2026-09-14"))
    return Chart(bars, ticks or (Tick(0, _days(first, 1)),), most, days_per_bar)


def _days(first: int, number: int) -> str:
    begin = instant_text(first * _DAY_MS)[:10]
    return begin if number == 1 else f"{begin} to {instant_text((first + number - 1) * _DAY_MS)[:10]}"
