"""Judging alarms: at every tick, and eagerly when data arrives; one transaction for what changes."""

import threading
from collections.abc import Collection, Iterable

import structlog
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import (
    AlarmState,
    StateChange,
    Verdict,
    VerdictCause,
    coming_tick,
    evaluate,
    evaluate_eagerly,
    evaluation_range,
    state_update_history,
)
from trailbell.chain._announce import Announcer
from trailbell.chain._clock import Clock
from trailbell.evidence import Evidence, sentence
from trailbell.metrics import MetricKey
from trailbell.settings import Evaluation, Settings
from trailbell.store import HistoryItem, Store, StoredAlarm, Transaction

__all__ = ["Evaluator"]

_log = structlog.get_logger(__name__)

_SECOND_MS = 1000

# How long after the whole minute alarms are judged, so that the minute just closed is complete. Eager looks
# must wait for the tick of the minute that has just ended, so in that mode it comes sooner.
_TICK_OFFSET_SECONDS = {Evaluation.AWS: 5, Evaluation.EAGER: 1}


class Evaluator:
    """Moves alarms between states and writes what follows from it."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, announcer: Announcer) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._announcer = announcer
        self.tick_offset_seconds = _TICK_OFFSET_SECONDS[settings.evaluation]
        # A tick and an eager look must not judge the same alarm at once: both would announce it.
        self._judging = threading.Lock()

    def tick(self) -> list[StateChange]:
        """Judges every alarm as AWS would now, and tells people of newcomers in alarms that go on."""
        now_ms = self._clock.now_ms()
        with self._judging:
            with self._store.read() as transaction:
                judged = [
                    (stored, self._judge(transaction, stored, now_ms))
                    for stored in transaction.alarms.all()
                    if not self._rings_early(stored, now_ms)
                ]
                going_on = [
                    stored
                    for stored, verdict in judged
                    if not verdict.changed and self._has_news(transaction, stored, now_ms)
                ]
            return self._apply(judged, going_on, now_ms)

    def look_ahead(self, metrics: Collection[MetricKey] | None = None) -> list[StateChange]:
        """Judges alarms eagerly, as of the coming tick: only a move to ALARM that will last is taken.

        Args:
            metrics: Those with new data; None looks at every alarm, which is due right after each tick
                for data of the minute that has just begun.
        """
        now_ms = self._clock.now_ms()
        with self._judging:
            with self._store.read() as transaction:
                judged = [
                    (stored, verdict)
                    for stored in (
                        transaction.alarms.all()
                        if metrics is None
                        else transaction.alarms.of_metrics(metrics)
                    )
                    if stored.state is not AlarmState.ALARM
                    if (verdict := self._judge_eagerly(transaction, stored, now_ms)) is not None
                ]
            return self._apply(judged, (), now_ms)

    def set_state(self, name: str, state: AlarmState, reason: str, reason_data: str) -> StateChange | None:
        """Moves an alarm by hand, with all that follows from a move; None if it is in that state already.

        The next evaluation judges the alarm as if it had come there by itself.

        Raises:
            RequestRefusedError: There is no such alarm.
        """
        now_ms = self._clock.now_ms()
        with self._judging, self._store.write() as transaction:
            stored = transaction.alarms.find(name)
            if stored is None:
                raise RequestRefusedError(RefusalKind.NOT_FOUND)
            if stored.state is state:
                return None
            start_ms, _ = evaluation_range(stored.definition, now_ms)
            # No slot decided; who is to be named are those whom an evaluation would see, or will soon.
            recent = ((start_ms, now_ms + 1),)
            verdict = Verdict(
                state, reason, reason_data, changed=True, deciding=recent, cause=VerdictCause.SET
            )
            change, evidence = self._move(transaction, stored, verdict, now_ms)
        _tell_log(change, evidence)
        return change

    def _judge(self, transaction: Transaction, stored: StoredAlarm, now_ms: int) -> Verdict:
        definition = stored.definition
        start_ms, end_ms = evaluation_range(definition, now_ms)
        datapoints = transaction.datapoints.within(definition.metric, start_ms, end_ms)
        return evaluate(definition, datapoints, stored.state, now_ms)

    def _judge_eagerly(self, transaction: Transaction, stored: StoredAlarm, now_ms: int) -> Verdict | None:
        definition = stored.definition
        coming_ms = coming_tick(definition, now_ms, self.tick_offset_seconds)
        start_ms, end_ms = evaluation_range(definition, coming_ms)
        datapoints = transaction.datapoints.within(definition.metric, start_ms, end_ms)
        return evaluate_eagerly(definition, datapoints, stored.state, now_ms, self.tick_offset_seconds)

    def _rings_early(self, stored: StoredAlarm, now_ms: int) -> bool:
        """Whether an alarm was taken early and its tick has not come yet.

        A tick out of turn, as after a restart, does not see the open minute the alarm rests on: it would
        end the alarm, and the next look would ring it again.
        """
        if self._settings.evaluation is not Evaluation.EAGER or stored.state is not AlarmState.ALARM:
            return False
        rang = coming_tick(stored.definition, stored.state_updated_ms, self.tick_offset_seconds)
        return rang >= coming_tick(stored.definition, now_ms, self.tick_offset_seconds)

    def _has_news(self, transaction: Transaction, stored: StoredAlarm, now_ms: int) -> bool:
        if stored.state is not AlarmState.ALARM or stored.told_ms is None or stored.episode_start_ms is None:
            return False
        if now_ms - stored.told_ms < stored.definition.period_seconds * _SECOND_MS:
            return False
        metric = stored.definition.metric
        return bool(transaction.events.newcomers(metric, stored.episode_start_ms, stored.told_ms))

    def _apply(
        self,
        judged: Iterable[tuple[StoredAlarm, Verdict]],
        going_on: Iterable[StoredAlarm],
        now_ms: int,
    ) -> list[StateChange]:
        moves = [(stored, verdict) for stored, verdict in judged if verdict.changed]
        news = list(going_on)
        if not moves and not news:
            return []
        with self._store.write() as transaction:
            moved = [
                self._move(transaction, stored, verdict, now_ms)
                for stored, verdict in moves
                if _still_stands(transaction, stored)
            ]
            for stored in (each for each in news if _still_stands(transaction, each)):
                change = self._change(stored, stored.reason, stored.reason_data, now_ms)
                self._announcer.update(transaction, change, stored)
                transaction.alarms.set_told(stored.definition.name, now_ms)
        for change, evidence in moved:
            _tell_log(change, evidence)
        return [change for change, _ in moved]

    def _move(
        self, transaction: Transaction, stored: StoredAlarm, verdict: Verdict, now_ms: int
    ) -> tuple[StateChange, Evidence]:
        change = replace(
            self._change(stored, verdict.reason, verdict.reason_data, now_ms), new_state=verdict.state
        )
        episode_start_ms, told_ms = stored.episode_start_ms, stored.told_ms
        if verdict.state is AlarmState.ALARM:
            episode_start_ms = min((start for start, _ in verdict.deciding), default=now_ms)
            told_ms = now_ms + self._announcer.gather_ms
        moved = replace(
            stored,
            state=verdict.state,
            reason=verdict.reason,
            reason_data=verdict.reason_data,
            state_updated_ms=now_ms,
            episode_start_ms=episode_start_ms,
            told_ms=told_ms,
        )
        evidence = self._evidence(transaction, moved, verdict, now_ms)
        summary, data = state_update_history(change, stored.reason, stored.reason_data)
        transaction.alarms.set_state(moved)
        transaction.alarms.add_history(
            HistoryItem(stored.definition.name, now_ms, "StateUpdate", summary, data, evidence)
        )
        self._announcer.announce(transaction, change, moved, evidence)
        return change, evidence

    def _evidence(
        self, transaction: Transaction, moved: StoredAlarm, verdict: Verdict, now_ms: int
    ) -> Evidence:
        """Who stands behind a move: those of the deciding slots; for the end of an ALARM, of all of it."""
        spans = list(verdict.deciding)
        if moved.state is not AlarmState.ALARM:
            spans = [] if moved.episode_start_ms is None else [(moved.episode_start_ms, now_ms)]
        return transaction.datapoints.evidence_within(moved.definition.metric, spans)

    def _change(self, stored: StoredAlarm, reason: str, reason_data: str, now_ms: int) -> StateChange:
        return StateChange(
            alarm=stored.definition,
            old_state=stored.state,
            new_state=stored.state,
            reason=reason,
            reason_data=reason_data,
            at_ms=now_ms,
            account_id=self._settings.account_id,
            region=self._settings.region,
            configuration_updated_ms=stored.configuration_updated_ms,
        )


def _still_stands(transaction: Transaction, judged: StoredAlarm) -> bool:
    """Whether an alarm is what it was when it was judged: it may have been put anew or deleted since."""
    return transaction.alarms.find(judged.definition.name) == judged


def _tell_log(change: StateChange, evidence: Evidence) -> None:
    # Fifteen alarms that settle into OK at the first start are no news.
    is_news = AlarmState.ALARM in {change.old_state, change.new_state}
    (_log.info if is_news else _log.debug)(
        "alarm changed state",
        alarm=change.alarm.name,
        old=change.old_state.value,
        new=change.new_state.value,
        reason=change.reason,
        who=sentence(evidence),
    )
