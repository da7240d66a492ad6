"""Judging some alarms from what is stored, and finding out what is to be said of their moves."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
import structlog

from trailbell.alarms import (
    AlarmState,
    Verdict,
    VerdictCause,
    coming_tick,
    evaluate,
    evaluate_eagerly,
    evaluation_range,
)
from trailbell.chain._alarm_data import read_data
from trailbell.chain._circumstances import Circumstances, LateData
from trailbell.chain._evaluation_time import Moment
from trailbell.chain._moves import Move
from trailbell.chain._seen import AlarmDatapoints, Seen, late_slots, seen_in
from trailbell.store import StoredAlarm, Transaction

__all__ = ["Judge", "Judged"]

_log = structlog.get_logger(__name__)

_SECOND_MS = 1000
_SLOTS_AT_ONCE = 20_000


class Judged(msgspec.Struct, frozen=True):
    """What came of judging some alarms: who moves, whose ALARM goes on, and what was seen of each."""

    moves: list[Move]
    ringing: list[StoredAlarm]
    seen: dict[str, Seen]


class Judge:
    """Judges alarms.

    Args:
        offset_seconds: How long after the whole minute they are judged.
    """

    def __init__(self, offset_seconds: int) -> None:
        self._offset_seconds = offset_seconds
        self._seen: dict[str, Seen] = {}

    def judge(self, transaction: Transaction, alarms: Sequence[StoredAlarm], moment: Moment) -> Judged:
        """Judges alarms as AWS does at a tick."""
        moves: list[Move] = []
        ringing: list[StoredAlarm] = []
        seen: dict[str, Seen] = {}
        for some in _groups(alarms, moment.judged_ms):
            changed = []
            for stored, datapoints in _with_data(transaction, [(each, moment.judged_ms) for each in some]):
                definition = stored.definition
                verdict = evaluate(definition, datapoints, stored.state, moment.judged_ms)
                seen[definition.name] = seen_in(definition, datapoints, moment.judged_ms)
                if verdict.cause is VerdictCause.FAILED:
                    _log.warning("the expression of an alarm cannot be evaluated", alarm=definition.name)
                if verdict.changed:
                    changed.append((stored, verdict))
                elif stored.state is AlarmState.ALARM:
                    ringing.append(stored)
            moves += self._explained(transaction, changed, moment)
        return Judged(moves, ringing, seen)

    def look_ahead(
        self, transaction: Transaction, alarms: Sequence[StoredAlarm], moment: Moment
    ) -> list[Move]:
        """Judges alarms as of their coming tick, and returns the moves to ALARM that will last."""
        now_ms, offset_seconds = moment.judged_ms, self._offset_seconds
        moves: list[Move] = []
        for some in _groups(alarms, now_ms):
            asked = [(each, coming_tick(each.definition, now_ms, offset_seconds)) for each in some]
            changed = []
            for stored, datapoints in _with_data(transaction, asked):
                verdict = evaluate_eagerly(
                    stored.definition, datapoints, stored.state, now_ms, offset_seconds
                )
                if verdict is not None:
                    changed.append((stored, verdict))
            moves += self._explained(transaction, changed, moment)
        return moves

    def remember(self, seen: Mapping[str, Seen]) -> None:
        """Remembers what was seen of some alarms, once what came of it is written."""
        self._seen.update(seen)

    def remember_all(self, seen: Mapping[str, Seen], names: Collection[str]) -> None:
        """Remembers what was seen of alarms, and forgets all that are not among the names."""
        merged = {**self._seen, **seen}
        self._seen = {name: merged[name] for name in names if name in merged}

    def _explained(
        self, transaction: Transaction, changed: Sequence[tuple[StoredAlarm, Verdict]], moment: Moment
    ) -> list[Move]:
        """Finds out what is to be said of moves beside their reason."""
        gaps = [moment.gap_since(stored) for stored, _ in changed]
        seen_of = {
            stored.definition.name: seen
            for (stored, _), gap in zip(changed, gaps, strict=True)
            # After a gap nobody can tell what came late.
            if gap is None
            and not moment.set_back_ms
            and (seen := self._seen.get(stored.definition.name)) is not None
            and seen.alarm_hash == hash(stored.definition)
        }
        asked = [
            (stored, seen_of[stored.definition.name].at_ms)
            for stored, _ in changed
            if stored.definition.name in seen_of
        ]
        late = {
            stored.definition.name: _late(stored, seen_of[stored.definition.name], datapoints, moment)
            for stored, datapoints in _with_data(transaction, asked)
        }
        return [
            Move(
                stored,
                verdict,
                Circumstances(
                    moment.judged_ms, verdict.state, gap, moment.set_back_ms, late.get(stored.definition.name)
                ),
            )
            for (stored, verdict), gap in zip(changed, gaps, strict=True)
        ]


def _with_data(
    transaction: Transaction, asked: Sequence[tuple[StoredAlarm, int]]
) -> Iterator[tuple[StoredAlarm, AlarmDatapoints]]:
    """Yields alarms with what an evaluation at an instant looks at, where it can be read."""
    data = read_data(transaction, [(stored.definition, at_ms) for stored, at_ms in asked])
    for (stored, _), datapoints in zip(asked, data, strict=True):
        if datapoints is not None:
            yield stored, datapoints


def _late(stored: StoredAlarm, seen: Seen, datapoints: AlarmDatapoints, moment: Moment) -> LateData | None:
    since_ms, _ = evaluation_range(stored.definition, moment.judged_ms)
    slots = late_slots(stored.definition, seen, datapoints, since_ms)
    if not slots:
        return None
    verdict = evaluate(stored.definition, datapoints, stored.state, seen.at_ms)
    return LateData(seen.at_ms, slots, verdict.state)


def _groups(alarms: Sequence[StoredAlarm], at_ms: int) -> Iterator[list[StoredAlarm]]:
    """Cuts alarms into groups whose data fits into little memory."""
    group: list[StoredAlarm] = []
    slots = 0
    for stored in alarms:
        definition = stored.definition
        start_ms, end_ms = evaluation_range(definition, at_ms)
        slots += (end_ms - start_ms) // (definition.period_seconds * _SECOND_MS) * len(definition.watched)
        group.append(stored)
        if slots >= _SLOTS_AT_ONCE:
            yield group
            group, slots = [], 0
    if group:
        yield group
