"""What an alarm's steps come to: how often it paged and how long it rang, and who was behind it."""

from collections.abc import Iterable, Sequence

import msgspec

from trailbell.alarms import AlarmState
from trailbell.evidence import Evidence, encode
from trailbell.metrics import MetricKey
from trailbell.replay._minutes import Minutes
from trailbell.replay._result import AlarmResult, CallerShare, Transition
from trailbell.replay._steps import Step

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


def alarm_result(
    watched: tuple[str, Sequence[MetricKey]],
    steps: Iterable[Step],
    minutes: Minutes,
    end_ms: int,
    room: Room,
) -> AlarmResult:
    """Returns what an alarm would have done.

    Args:
        watched: Its name, and the metrics that it looks at or that those below it look at.
        steps: How it moves, from INSUFFICIENT_DATA on.
        minutes: The data.
        end_ms: When the replay ends.
        room: How much may be kept; it shrinks.
    """
    name, metrics = watched
    behind = _Behind(metrics, minutes)
    transitions: list[Transition] = []
    rings: Step | None = None
    for step in steps:
        if rings is not None:
            behind.add(rings, step.at_ms)
        rings = step if step.to_state is AlarmState.ALARM else None
        evidence = None if rings is None else _evidence(minutes, metrics, rings, room)
        if room.transitions > 0:
            room.transitions -= 1
            transitions.append(_transition(step, evidence))
    if rings is not None:
        behind.add(rings, end_ms)
    return AlarmResult(
        name=name,
        times_in_alarm=behind.times,
        pages=behind.pages,
        seconds_in_alarm=behind.rung_ms / 1000,
        transitions=tuple(transitions),
        evidence=behind.evidence(),
        callers=behind.callers(),
    )


def _transition(step: Step, evidence: Evidence | None) -> Transition:
    return Transition(step.at_ms, step.from_state, step.to_state, step.reason, evidence, step.paged_ms)


def _evidence(minutes: Minutes, metrics: Sequence[MetricKey], step: Step, room: Room) -> Evidence | None:
    if room.transitions <= 0 or room.evidence_bytes <= 0:
        return None
    evidence = minutes.evidence(metrics, _joined(step.spans))
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

    def __init__(self, metrics: Sequence[MetricKey], minutes: Minutes) -> None:
        self._metrics = metrics
        self._minutes = minutes
        self._spans: list[tuple[int, int]] = []
        self._pages: dict[tuple[str, str], int] = {}
        self.times = 0
        self.pages = 0
        self.rung_ms = 0

    def add(self, step: Step, end_ms: int) -> None:
        """Adds a time in ALARM, from the move there to its end."""
        pages = int(step.paged_ms is not None)
        self.times += 1
        self.pages += pages
        self.rung_ms += end_ms - step.at_ms
        span = step.start_ms, end_ms
        self._spans.append(span)
        for caller in self._minutes.callers(self._metrics, [span]):
            self._pages[caller] = self._pages.get(caller, 0) + pages
        if len(self._pages) > _MOST_COUNTED_CALLERS:
            kept = sorted(self._pages.items(), key=lambda item: (-item[1], item[0]))
            self._pages = dict(kept[: _MOST_COUNTED_CALLERS // 2])

    def evidence(self) -> Evidence | None:
        """Merges all of them; None where the alarm never rang."""
        return self._minutes.evidence(self._metrics, _joined(self._spans)) if self.times else None

    def callers(self) -> tuple[CallerShare, ...]:
        """Ranks callers by the pages they have a part in, and by their records."""
        # One record may lie within two times in ALARM, as periods slide; it is one record.
        records = self._minutes.callers(self._metrics, _joined(self._spans))
        shares = [CallerShare(*each, records.get(each, 0), pages) for each, pages in self._pages.items()]
        shares.sort(key=lambda each: (-each.pages, -each.records, each.principal, each.call))
        return tuple(shares[:_MOST_CALLERS])
