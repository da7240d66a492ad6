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
    behind = _Behind(alarm, minutes)
    transitions: list[Transition] = []
    rings: Move | None = None
    for move in moves_of(alarm, minutes, start_ms, end_ms):
        if rings is not None:
            behind.add(rings, move.at_ms)
            rings = None
        evidence: Evidence | None = None
        if move.verdict.state is AlarmState.ALARM:
            rings = move
            evidence = _evidence(minutes, alarm, _joined(move.verdict.deciding), room)
        if room.transitions > 0:
            room.transitions -= 1
            transitions.append(_transition(move, evidence))
    if rings is not None:
        behind.add(rings, end_ms)
    return AlarmResult(
        name=alarm.name,
        times_in_alarm=behind.times,
        seconds_in_alarm=behind.rung_ms / 1000,
        transitions=tuple(transitions),
        evidence=behind.evidence(),
        callers=behind.callers(),
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


class _Behind:
    """Sums up who is behind the times in ALARM, from the periods that decided to the end of each."""

    def __init__(self, alarm: Alarm, minutes: Minutes) -> None:
        self._metric = alarm.metric
        self._minutes = minutes
        self._spans: list[tuple[int, int]] = []
        self._pages: dict[tuple[str, str], int] = {}
        self.times = 0
        self.rung_ms = 0

    def add(self, move: Move, end_ms: int) -> None:
        """Adds a time in ALARM, from the move there to its end."""
        self.times += 1
        self.rung_ms += end_ms - move.at_ms
        slots = move.verdict.deciding
        span = min((start_ms for start_ms, _ in slots), default=move.at_ms), end_ms
        self._spans.append(span)
        for caller in self._minutes.callers(self._metric, [span]):
            self._pages[caller] = self._pages.get(caller, 0) + 1
        if len(self._pages) > _MOST_COUNTED_CALLERS:
            kept = sorted(self._pages.items(), key=lambda item: (-item[1], item[0]))
            self._pages = dict(kept[: _MOST_COUNTED_CALLERS // 2])

    def evidence(self) -> Evidence | None:
        """Merges all of them; None where the alarm never rang."""
        return self._minutes.evidence(self._metric, _joined(self._spans)) if self.times else None

    def callers(self) -> tuple[CallerShare, ...]:
        """Ranks callers by the pages they have a part in, and by their records."""
        # One record may lie within two times in ALARM, as periods slide; it is one record.
        records = self._minutes.callers(self._metric, _joined(self._spans))
        shares = [CallerShare(*each, records.get(each, 0), pages) for each, pages in self._pages.items()]
        shares.sort(key=lambda each: (-each.pages, -each.records, each.principal, each.call))
        return tuple(shares[:_MOST_CALLERS])
