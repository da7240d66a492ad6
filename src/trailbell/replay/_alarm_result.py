"""What an alarm's moves come to: how often and how long it rang, and who was behind it."""

from collections.abc import Iterable, Sequence

import msgspec

from trailbell.alarms import Alarm, AlarmState
from trailbell.evidence import Evidence, encode
from trailbell.replay._alarm_run import Move, moves_of
from trailbell.replay._minutes import Minutes
from trailbell.replay._result import AlarmResult, CallerShare, Transition

__all__ = ["Room", "alarm_result"]

_MOST_CALLERS = 10
_MOST_COUNTED_CALLERS = 65_536


class Room(msgspec.Struct):
    """How much more may be kept for the result of a replay, over all alarms.

    Attributes:
        transitions: How many moves may still be listed; all are counted.
        evidence_bytes: How much evidence of single moves may still be kept.
    """

    transitions: int = 100_000
    evidence_bytes: int = 16 * 1024 * 1024


def alarm_result(alarm: Alarm, minutes: Minutes, span: tuple[int, int], room: Room) -> AlarmResult:
    """Watches an alarm over a span of time and returns what it would have done.

    Args:
        alarm: The alarm, which begins in INSUFFICIENT_DATA.
        minutes: The data.
        span: When it is made, and when the replay ends.
        room: How much may be kept; it shrinks.
    """
    start_ms, end_ms = span
    callers = _Callers()
    spans: list[tuple[int, int]] = []
    transitions: list[Transition] = []
    times = 0
    rung_ms = 0
    since_ms: int | None = None
    for move in moves_of(alarm, minutes, start_ms, end_ms):
        if since_ms is not None:
            rung_ms += move.at_ms - since_ms
            since_ms = None
        evidence: Evidence | None = None
        if move.verdict.state is AlarmState.ALARM:
            times += 1
            since_ms = move.at_ms
            deciding = _joined(move.verdict.deciding)
            callers.add(minutes.callers(alarm.metric, deciding))
            spans += deciding
            evidence = _evidence(minutes, alarm, deciding, room)
        if room.transitions > 0:
            room.transitions -= 1
            transitions.append(_transition(move, evidence))
    if since_ms is not None:
        rung_ms += end_ms - since_ms
    return AlarmResult(
        name=alarm.name,
        times_in_alarm=times,
        seconds_in_alarm=rung_ms / 1000,
        transitions=tuple(transitions),
        evidence=minutes.evidence(alarm.metric, _joined(spans)) if times else None,
        callers=callers.first(),
    )


def _transition(move: Move, evidence: Evidence | None) -> Transition:
    return Transition(move.at_ms, move.from_state, move.verdict.state, move.verdict.reason, evidence)


def _evidence(
    minutes: Minutes, alarm: Alarm, deciding: Sequence[tuple[int, int]], room: Room
) -> Evidence | None:
    if room.transitions <= 0 or room.evidence_bytes <= 0:
        return None
    evidence = minutes.evidence(alarm.metric, deciding)
    room.evidence_bytes -= len(encode(evidence))
    return evidence


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Joins spans that overlap or lie side by side."""
    joined: list[tuple[int, int]] = []
    for start_ms, end_ms in sorted(spans):
        if joined and start_ms <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_ms))
        else:
            joined.append((start_ms, end_ms))
    return joined


class _Callers:
    """Counts behind how many moves to ALARM each principal stands with each call."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, records: dict[tuple[str, str], int]) -> None:
        for caller, number in records.items():
            pages, sum_records = self._pages.get(caller, (0, 0))
            self._pages[caller] = pages + 1, sum_records + number
        if len(self._pages) > _MOST_COUNTED_CALLERS:
            kept = sorted(self._pages.items(), key=_rank)[: _MOST_COUNTED_CALLERS // 2]
            self._pages = dict(kept)

    def first(self) -> tuple[CallerShare, ...]:
        ranked = sorted(self._pages.items(), key=_rank)[:_MOST_CALLERS]
        return tuple(CallerShare(*caller, records, pages) for caller, (pages, records) in ranked)


def _rank(item: tuple[tuple[str, str], tuple[int, int]]) -> tuple[int, int, tuple[str, str]]:
    caller, (pages, records) = item
    return -pages, -records, caller
