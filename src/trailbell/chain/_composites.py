"""Moving composite alarms: in the transaction in which an alarm that they mention has moved."""

from collections.abc import Collection

import msgspec
import structlog
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import (
    AlarmState,
    CompositeChange,
    DefinitionEvent,
    alarms_in_cycles,
    change_after,
    composite_episode_start,
    composite_transition,
    follow_moves,
    state_update_history,
)
from trailbell.chain._announce import Announcer
from trailbell.chain._composite_reading import (
    configuration_of,
    evidence_of,
    leaves_of,
    mentioned_by,
    metrics_of,
)
from trailbell.chain._suppressions import Suppressions
from trailbell.evidence import Evidence, sentence
from trailbell.settings import Settings
from trailbell.store import HistoryItem, Store, StoredComposite, Transaction

__all__ = ["CompositeEvaluator"]

_log = structlog.get_logger(__name__)

_SECOND_MS = 1000


class CompositeEvaluator:
    """Moves composite alarms between states and writes what follows from it.

    Args:
        store: Where they are kept; every call in a transaction is in one that writes.
        settings: The account and the region.
        announcer: Tells people of newcomers.
        suppressions: Takes the actions of moves, or holds them back.
    """

    def __init__(
        self, store: Store, settings: Settings, announcer: Announcer, suppressions: Suppressions
    ) -> None:
        self._store = store
        self._settings = settings
        self._announcer = announcer
        self._suppressions = suppressions

    def follow(self, transaction: Transaction, moved: Collection[str], now_ms: int) -> None:
        """Does what follows from alarms of either kind that have moved: rules are evaluated, actions held."""
        if moved:
            self._suppressions.end_overdue(transaction, now_ms)
            self._settle(transaction, moved, (), now_ms)

    def tell_news(self, now_ms: int) -> None:
        """Tells people of newcomers in ALARMs that go on, at most once in the shortest period below each."""
        with self._store.read() as transaction:
            news = [
                each for each in transaction.composites.told() if self._has_news(transaction, each, now_ms)
            ]
        if not news:
            return
        with self._store.write() as transaction:
            for stored in news:
                name = stored.definition.name
                # It may have moved or been put anew since it was looked at.
                if transaction.composites.find(name) != stored:
                    continue
                configuration = configuration_of(transaction, self._settings, stored)
                change = CompositeChange(
                    alarm=stored.definition,
                    old_state=stored.state,
                    new_state=stored.state,
                    reason=stored.reason,
                    reason_data=stored.reason_data,
                    triggering=tuple(each for each in configuration.children if each.state is stored.state),
                    at_ms=now_ms,
                    account_id=self._settings.account_id,
                    region=self._settings.region,
                )
                self._announcer.update(transaction, change, stored)
                transaction.composites.set_state(replace(stored, told_ms=now_ms))

    def set_state(
        self, transaction: Transaction, name: str, verdict: tuple[AlarmState, str, str], now_ms: int
    ) -> CompositeChange | None:
        """Moves a composite alarm by hand until an alarm that it mentions moves; None if it is there already.

        Args:
            transaction: One that writes.
            name: The composite alarm.
            verdict: The state, the reason, and its data.
            now_ms: The time.

        Raises:
            RequestRefusedError: There is no such alarm.
        """
        state, reason, reason_data = verdict
        stored = transaction.composites.find(name)
        if stored is None:
            raise RequestRefusedError(RefusalKind.NOT_FOUND)
        if stored.state is state:
            return None
        change = CompositeChange(
            alarm=stored.definition,
            old_state=stored.state,
            new_state=state,
            reason=reason,
            reason_data=reason_data,
            triggering=(),
            at_ms=now_ms,
            account_id=self._settings.account_id,
            region=self._settings.region,
        )
        self._suppressions.end_overdue(transaction, now_ms)
        self._settle(transaction, (), [self._move(transaction, stored, change, now_ms)], now_ms)
        return change

    def judge(
        self,
        transaction: Transaction,
        stored: StoredComposite,
        event: DefinitionEvent,
        released: Collection[str],
        now_ms: int,
    ) -> CompositeChange | None:
        """Evaluates the rule of a composite alarm that was put, unless it is in a cycle.

        Args:
            transaction: One that writes.
            stored: The composite alarm as it was put.
            event: What was done to it.
            released: Composite alarms that this took out of a cycle: they were not evaluated for a while.
            now_ms: The time.
        """
        name = stored.definition.name
        change = None
        if name not in alarms_in_cycles((name,), transaction.composites.inner_children()):
            configuration = configuration_of(transaction, self._settings, stored)
            change = composite_transition(configuration, event, now_ms)
        moves = [] if change is None else [self._move(transaction, stored, change, now_ms)]
        self._settle(transaction, (), moves, now_ms, released)
        return change

    def _has_news(self, transaction: Transaction, stored: StoredComposite, now_ms: int) -> bool:
        start_ms, told_ms = stored.episode_start_ms, stored.told_ms
        if start_ms is None or told_ms is None:
            return False
        leaves = leaves_of(transaction, mentioned_by(stored.definition, self._settings))
        periods = (each.definition.period_seconds for each in leaves)
        if now_ms - told_ms < min(periods, default=0) * _SECOND_MS:
            return False
        return any(transaction.events.newcomers(each, start_ms, told_ms) for each in metrics_of(leaves))

    def _settle(
        self,
        transaction: Transaction,
        moved: Collection[str],
        moves: "Collection[_Move]",
        now_ms: int,
        released: Collection[str] = (),
    ) -> None:
        """Moves all that stands on what has moved, then takes actions, by the states that come of it."""
        done = {each.name: each for each in moves}
        done |= follow_moves(
            transaction.composites,
            [*moved, *done],
            lambda name, mentioned: self._evaluate(transaction, name, mentioned, now_ms),
            released,
        )
        for move in done.values():
            self._suppressions.move(transaction, move.stored, move.evidence, now_ms)
        for name in transaction.composites.suppressed_by([*moved, *done]):
            if name not in done:
                self._suppressions.follow(transaction, name, now_ms)

    def _evaluate(
        self, transaction: Transaction, name: str, mentioned: Collection[str], now_ms: int
    ) -> "_Move | None":
        stored = transaction.composites.find(name)
        if stored is None:
            return None
        configuration = configuration_of(transaction, self._settings, stored)
        change = change_after(configuration, mentioned, now_ms)
        return None if change is None else self._move(transaction, stored, change, now_ms)

    def _move(
        self, transaction: Transaction, stored: StoredComposite, change: CompositeChange, now_ms: int
    ) -> "_Move":
        leaves = leaves_of(transaction, mentioned_by(change.alarm, self._settings))
        start_ms, told_ms = stored.episode_start_ms, stored.told_ms
        if change.new_state is AlarmState.ALARM:
            start_ms = composite_episode_start(leaves, now_ms)
            # People who wait to be told of the end of the ALARM before have not forgotten it.
            told_ms = None if stored.suppression.by is None else told_ms
        moved = replace(
            stored,
            state=change.new_state,
            reason=change.reason,
            reason_data=change.reason_data,
            state_updated_ms=now_ms,
            state_transitioned_ms=now_ms,
            held=change,
            episode_start_ms=start_ms,
            told_ms=told_ms,
        )
        spans = [] if start_ms is None else [(start_ms, now_ms + 1)]
        evidence = evidence_of(transaction, metrics_of(leaves), spans)
        summary, data = state_update_history(change, stored.reason, stored.reason_data)
        transaction.composites.set_state(moved)
        transaction.alarms.add_history(
            HistoryItem(
                change.alarm.name, now_ms, "StateUpdate", summary, data, evidence, alarm_type="CompositeAlarm"
            )
        )
        _tell_log(change, evidence)
        return _Move(moved, evidence)


class _Move(msgspec.Struct, frozen=True):
    """A composite alarm after its move, whose actions are still to be taken, and who is behind it."""

    stored: StoredComposite
    evidence: Evidence

    @property
    def name(self) -> str:
        return self.stored.definition.name


def _tell_log(change: CompositeChange, evidence: Evidence) -> None:
    is_news = AlarmState.ALARM in {change.old_state, change.new_state}
    (_log.info if is_news else _log.debug)(
        "composite alarm changed state",
        alarm=change.alarm.name,
        old=change.old_state.value,
        new=change.new_state.value,
        reason=change.reason,
        who=sentence(evidence),
    )
