"""Moving alarms between states: state, history and messages in one transaction, many alarms in each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec
import structlog
from msgspec.structs import replace

from trailbell.alarms import AlarmState, StateChange, Verdict, state_update_history
from trailbell.chain._announce import Announcer
from trailbell.chain._circumstances import Circumstances
from trailbell.chain._composites import CompositeEvaluator
from trailbell.evidence import Evidence, merge, sentence
from trailbell.settings import Settings
from trailbell.store import AlarmQuery, HistoryItem, Store, StoredAlarm, Transaction

__all__ = ["Move", "Moved", "Mover", "tell_log"]

_log = structlog.get_logger(__name__)

# Whoever else wants to write waits no longer than so many alarms take.
_WRITTEN_AT_ONCE = 100
_TOGETHER_AT_ONCE = 1000

_ItemT = TypeVar("_ItemT")


class Move(msgspec.Struct, frozen=True):
    """An alarm as it was when it was judged, and what came of it."""

    stored: StoredAlarm
    verdict: Verdict
    circumstances: Circumstances | None = None

    @property
    def name(self) -> str:
        """The alarm's name."""
        return self.stored.definition.name


class Moved(msgspec.Struct, frozen=True):
    """What is told of a move: the change, the alarm after it, and who stands behind it."""

    change: StateChange
    after: StoredAlarm
    evidence: Evidence
    history: HistoryItem


class Mover:
    """Writes moves and what follows from them.

    Args:
        store: Where alarms are kept.
        settings: The account and the region.
        announcer: Writes messages.
        composites: Moves the composite alarms that stand on those that moved.
    """

    def __init__(
        self, store: Store, settings: Settings, announcer: Announcer, composites: CompositeEvaluator
    ) -> None:
        self._store = store
        self._settings = settings
        self._announcer = announcer
        self._composites = composites

    def move_all(self, moves: Sequence[Move], now_ms: int, *, are_together: bool = False) -> int:
        """Moves alarms that still are what they were when they were judged; returns how many.

        Those on which composite alarms stand should move together: then what stands on them moves once.
        """
        number = 0
        for some in _batches(moves, _TOGETHER_AT_ONCE if are_together else _WRITTEN_AT_ONCE):
            with self._store.write() as transaction:
                standing = _standing(transaction, (each.stored for each in some))
                moved = self.move(transaction, [each for each in some if each.name in standing], now_ms)
            number += len(moved)
            for each in moved:
                tell_log(each)
        return number

    def move(self, transaction: Transaction, moves: Sequence[Move], now_ms: int) -> list[Moved]:
        """Moves alarms in a transaction of the caller's, who tells the log once it has ended."""
        moved = [self._moved(transaction, each, now_ms) for each in moves]
        transaction.alarms.set_states([each.after for each in moved])
        transaction.alarms.add_history(*(each.history for each in moved))
        for each in moved:
            self._announcer.announce(transaction, each.change, each.after, each.evidence)
        self._composites.follow(transaction, [each.after.definition.name for each in moved], now_ms)
        return moved

    def tell_news(self, going_on: Sequence[StoredAlarm], now_ms: int) -> None:
        """Tells people that alarms go on with newcomers."""
        for some in _batches(going_on, _WRITTEN_AT_ONCE):
            with self._store.write() as transaction:
                standing = _standing(transaction, some)
                for stored in (each for each in some if each.definition.name in standing):
                    change = self._change(stored, stored, now_ms)
                    self._announcer.update(transaction, change, stored)
                    transaction.alarms.set_told(stored.definition.name, now_ms)

    def _moved(self, transaction: Transaction, move: Move, now_ms: int) -> Moved:
        stored, verdict = move.stored, move.verdict
        episode_start_ms, told_ms = stored.episode_start_ms, stored.told_ms
        if verdict.state is AlarmState.ALARM:
            episode_start_ms = verdict.episode_start(now_ms)
            told_ms = now_ms + self._announcer.gather_ms
        after = replace(
            stored,
            state=verdict.state,
            reason=verdict.reason,
            reason_data=verdict.reason_data,
            state_updated_ms=now_ms,
            episode_start_ms=episode_start_ms,
            told_ms=told_ms,
        )
        change = self._change(stored, after, now_ms)
        evidence = _evidence(transaction, after, verdict, now_ms)
        member = None if move.circumstances is None else move.circumstances.member()
        summary, data = state_update_history(change, stored.reason, stored.reason_data, member)
        history = HistoryItem(stored.definition.name, now_ms, "StateUpdate", summary, data, evidence)
        return Moved(change, after, evidence, history)

    def _change(self, before: StoredAlarm, after: StoredAlarm, now_ms: int) -> StateChange:
        return StateChange(
            alarm=after.definition,
            old_state=before.state,
            new_state=after.state,
            reason=after.reason,
            reason_data=after.reason_data,
            at_ms=now_ms,
            account_id=self._settings.account_id,
            region=self._settings.region,
            configuration_updated_ms=after.configuration_updated_ms,
        )


def tell_log(moved: Moved) -> None:
    """Writes a move to the log."""
    change = moved.change
    # Fifteen alarms that settle into OK at the first start are no news.
    is_news = AlarmState.ALARM in {change.old_state, change.new_state}
    (_log.info if is_news else _log.debug)(
        "alarm changed state",
        alarm=change.alarm.name,
        old=change.old_state.value,
        new=change.new_state.value,
        reason=change.reason,
        who=sentence(moved.evidence),
    )


def _standing(transaction: Transaction, judged: Iterable[StoredAlarm]) -> set[str]:
    """Names those that are what they were when they were judged: any may have been put anew or deleted."""
    by_name = {each.definition.name: each for each in judged}
    present = transaction.alarms.page(AlarmQuery(names=tuple(by_name), limit=len(by_name)))
    return {each.definition.name for each in present if each == by_name[each.definition.name]}


def _evidence(transaction: Transaction, after: StoredAlarm, verdict: Verdict, now_ms: int) -> Evidence:
    """Who stands behind a move: those of the deciding slots; for the end of an ALARM, of all of it."""
    spans = _joined(verdict.deciding)
    if after.state is not AlarmState.ALARM:
        spans = [] if after.episode_start_ms is None else [(after.episode_start_ms, now_ms)]
    if not spans:
        return merge(())
    watched = after.definition.watched
    return merge(transaction.datapoints.evidence_within(metric, spans) for metric in watched)


def _joined(slots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Joins slots that lie side by side."""
    spans: list[tuple[int, int]] = []
    for start_ms, end_ms in sorted(slots):
        if spans and spans[-1][1] == start_ms:
            spans[-1] = (spans[-1][0], end_ms)
        else:
            spans.append((start_ms, end_ms))
    return spans


def _batches(items: Sequence[_ItemT], most: int) -> Iterator[Sequence[_ItemT]]:
    return (items[first : first + most] for first in range(0, len(items), most))
