"""Judging alarms: at every tick as AWS does, and eagerly when data arrives."""

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import msgspec

from trailbell.alarms import (
    AlarmState,
    CompositeChange,
    StateChange,
    Verdict,
    VerdictCause,
    coming_tick,
    evaluation_range,
)
from trailbell.chain._announce import Announcer
from trailbell.chain._clock import Clock
from trailbell.chain._composites import CompositeEvaluator
from trailbell.chain._evaluation_time import EvaluationTime, Moment, is_high_resolution
from trailbell.chain._judging import Judge
from trailbell.chain._moves import Move, Mover, tell_log
from trailbell.chain._seen import Seen
from trailbell.metrics import MetricKey, floor_to
from trailbell.settings import Evaluation, Settings
from trailbell.store import AlarmQuery, Store, StoredAlarm, Transaction

__all__ = ["Evaluator"]

_SECOND_MS = 1000
_MINUTE_SECONDS = 60

# How long after the whole minute alarms are judged, so that the minute just closed is complete. Eager looks
# must wait for the tick of the minute that has just ended, so in that mode it comes sooner.
_TICK_OFFSET_SECONDS = {Evaluation.AWS: 5, Evaluation.EAGER: 1}

# Alarms are judged so many at a time: eager looks wait no longer, and memory stays small.
_ALARMS_AT_ONCE = 200

# Alarms with a period below a minute see what has come ten seconds later.
_LAGS_MS = (0, 10_000)

# A lock goes to whoever asks first, and the thread that has just given it up would mostly be that.
_PAUSE_SECONDS = 0.001


class _Outcome(msgspec.Struct):
    """What comes of judging all alarms, page by page."""

    moved: int = 0
    together: list[Move] = []
    seen: dict[str, Seen] = {}


class Evaluator:
    """Moves alarms between states and writes what follows from it.

    Args:
        store: Where alarms and datapoints are.
        clock: The time.
        settings: When alarms are judged.
        announcer: Writes messages.
        composites: Moves the composite alarms that stand on those that moved.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        announcer: Announcer,
        composites: CompositeEvaluator,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._composites = composites
        self._mover = Mover(store, settings, announcer, composites)
        self.tick_offset_seconds = _TICK_OFFSET_SECONDS[settings.evaluation]
        self._time = EvaluationTime(store, clock, self.tick_offset_seconds)
        self._judge = Judge(self.tick_offset_seconds)
        # A tick and an eager look must not judge the same alarm at once: both would announce it.
        self._judging = threading.Lock()
        # The names of alarms with a period below a minute.
        self._high_resolution: set[str] = set()

    @property
    def is_minute_due(self) -> bool:
        """Whether this minute's tick is still to be done."""
        return self._time.is_minute_due

    def tick(self) -> int:
        """Judges every alarm whose tick has come as AWS would, and tells who is new in those that go on.

        Whatever time has passed, each is judged once, for now. Returns how many alarms moved.
        """
        moment = self._time.moment()
        whole = _Outcome()
        names: set[str] = set()
        high_resolution: set[str] = set()
        after: str | None = ""
        while after is not None:
            query = AlarmQuery(after=after, limit=_ALARMS_AT_ONCE)
            page = self._judge_page(query, moment, moment.is_due, whole)
            names.update(each.definition.name for each in page)
            high_resolution.update(_high_resolution_among(page))
            after = _pause_after(page)
        self._move_together(whole, moment)
        self._judge.remember_all(whole.seen, names)
        self._high_resolution = high_resolution
        self._time.done(moment, of_all=True)
        return whole.moved

    def tick_high_resolution(self) -> int:
        """Judges the alarms with a period below a minute; where there are none it costs nothing.

        Returns how many alarms moved.
        """
        self._time.save()
        names = sorted(self._high_resolution)
        if not names:
            return 0
        moment = self._time.moment()
        whole = _Outcome()
        for first in range(0, len(names), _ALARMS_AT_ONCE):
            some = tuple(names[first : first + _ALARMS_AT_ONCE])
            query = AlarmQuery(names=some, limit=len(some))
            # Any of them may have been put with a longer period since.
            _pause_after(
                self._judge_page(query, moment, lambda each: is_high_resolution(each.definition), whole)
            )
        self._move_together(whole, moment)
        self._judge.remember(whole.seen)
        self._time.done(moment, of_all=False)
        return whole.moved

    def look_ahead(self, metrics: Collection[MetricKey]) -> int:
        """Judges the alarms on metrics with new data eagerly: only a move to ALARM that will last is taken.

        They are judged as of the coming tick. Returns how many alarms moved.
        """
        moment = self._time.moment()
        with self._judging:
            with self._store.read() as transaction:
                found = transaction.alarms.of_metrics(metrics)
                quiet = [each for each in found if each.state is not AlarmState.ALARM]
                moves = self._judge.look_ahead(transaction, quiet, moment)
                apart, together = _parted(transaction, moves)
            # One that was put since the last tick need not wait for the next.
            self._high_resolution.update(_high_resolution_among(found))
            moved = self._mover.move_all(apart, moment.now_ms)
            return moved + self._mover.move_all(together, moment.now_ms, are_together=True)

    def look_ahead_after_tick(self) -> int:
        """Judges all alarms eagerly that have data of the minute which has just begun.

        Until the tick that data had to wait. Returns how many alarms moved.
        """
        moment = self._time.moment()
        minute_ms = floor_to(moment.judged_ms, _MINUTE_SECONDS)
        whole = _Outcome()
        after: str | None = ""
        while after is not None:
            with self._judging:
                with self._store.read() as transaction:
                    quiet = transaction.alarms.quiet_with_data_since(minute_ms, after, _ALARMS_AT_ONCE)
                    moves = self._judge.look_ahead(transaction, quiet, moment)
                    apart, together = _parted(transaction, moves)
                whole.moved += self._mover.move_all(apart, moment.now_ms)
                whole.together += together
            after = _pause_after(quiet)
        self._move_together(whole, moment)
        return whole.moved

    def set_state(
        self, name: str, state: AlarmState, reason: str, reason_data: str
    ) -> StateChange | CompositeChange | None:
        """Moves an alarm by hand, with all that follows from a move; None if it is in that state already.

        The next evaluation judges the alarm as if it had come there by itself. That of a composite alarm
        comes when an alarm that it mentions moves.

        Raises:
            RequestRefusedError: There is no such alarm.
        """
        now_ms = self._clock.now_ms()
        with self._judging, self._store.write() as transaction:
            stored = transaction.alarms.find(name)
            if stored is None:
                by_hand = (state, reason, reason_data)
                return self._composites.set_state(transaction, name, by_hand, now_ms)
            if stored.state is state:
                return None
            start_ms, _ = evaluation_range(stored.definition, now_ms)
            # No slot decided; who is to be named are those whom an evaluation would see, or will soon.
            recent = ((start_ms, now_ms + 1),)
            verdict = Verdict(
                state, reason, reason_data, changed=True, deciding=recent, cause=VerdictCause.SET
            )
            [moved] = self._mover.move(transaction, [Move(stored, verdict)], now_ms)
        tell_log(moved)
        return moved.change

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Has no alarm judged meanwhile.

        Else one could be moved afterwards by data that was taken back after it had been judged.
        """
        with self._judging:
            yield

    def ring_for_the_past(self, name: str, since_ms: int) -> bool:
        """Rings an alarm that data since an instant would have rung, had it not been ringing; whether it did.

        One that the data will ring at its coming tick is left to that.
        """
        moment = self._time.moment()
        with self._judging, self._store.write() as transaction:
            stored = transaction.alarms.find(name)
            if stored is None or stored.state is AlarmState.ALARM:
                return False
            starts = {
                each.start_ms
                for metric in stored.definition.watched
                for each in transaction.datapoints.within(
                    metric, since_ms, moment.judged_ms, with_histograms=False
                )
            }
            offset_ms = self.tick_offset_seconds * _SECOND_MS
            ticks = {
                coming_tick(stored.definition, each + offset_ms + lag_ms, self.tick_offset_seconds)
                for each in starts
                for lag_ms in _LAGS_MS
            }
            coming_ms = coming_tick(stored.definition, moment.judged_ms, self.tick_offset_seconds)
            move = next(self._rings_at(transaction, stored, moment, (coming_ms, *sorted(ticks))), None)
            if move is None or move[0] == coming_ms:
                return False
            [moved] = self._mover.move(transaction, [move[1]], moment.now_ms)
        tell_log(moved)
        return True

    def _rings_at(
        self, transaction: Transaction, stored: StoredAlarm, moment: Moment, ticks: Iterable[int]
    ) -> Iterator[tuple[int, Move]]:
        for at_ms in ticks:
            at_moment = msgspec.structs.replace(moment, judged_ms=at_ms)
            for each in self._judge.judge(transaction, [stored], at_moment).moves:
                if each.verdict.state is AlarmState.ALARM:
                    yield at_ms, each

    def _judge_page(
        self, query: AlarmQuery, moment: Moment, is_due: Callable[[StoredAlarm], bool], whole: "_Outcome"
    ) -> list[StoredAlarm]:
        """Judges some alarms, adds what came of it to the rest, and returns the alarms as they were."""
        with self._judging:
            with self._store.read() as transaction:
                page = transaction.alarms.page(query)
                due = [each for each in page if is_due(each) and not self._rings_early(each, moment)]
                judged = self._judge.judge(transaction, due, moment)
                apart, together = _parted(transaction, judged.moves)
                news = _with_news(transaction, judged.ringing, moment.now_ms)
            whole.moved += self._mover.move_all(apart, moment.now_ms)
            self._mover.tell_news(news, moment.now_ms)
        whole.together += together
        whole.seen |= judged.seen
        return page

    def _move_together(self, whole: "_Outcome", moment: Moment) -> None:
        """Moves those on which composite alarms stand, when all are judged."""
        with self._judging:
            whole.moved += self._mover.move_all(whole.together, moment.now_ms, are_together=True)

    def _rings_early(self, stored: StoredAlarm, moment: Moment) -> bool:
        """Whether an alarm was taken early and its tick has not come yet.

        A tick out of turn, as after a restart, does not see the open minute the alarm rests on: it would
        end the alarm, and the next look would ring it again.
        """
        if self._settings.evaluation is not Evaluation.EAGER or stored.state is not AlarmState.ALARM:
            return False
        # The same tick, not that or a later one: a clock that was ahead may have stamped the change.
        rang = coming_tick(stored.definition, stored.state_updated_ms, self.tick_offset_seconds)
        return rang == coming_tick(stored.definition, moment.judged_ms, self.tick_offset_seconds)


def _with_news(transaction: Transaction, ringing: Sequence[StoredAlarm], now_ms: int) -> list[StoredAlarm]:
    """Finds those in whose episode somebody is new, of whom people have not been told for a period."""
    waiting = [
        (stored, stored.episode_start_ms, stored.told_ms)
        for stored in ringing
        if stored.told_ms is not None
        and stored.episode_start_ms is not None
        and now_ms - stored.told_ms >= stored.definition.period_seconds * _SECOND_MS
    ]
    if not waiting:
        return []
    # Of other metrics nobody knows who is behind them, and there may be thousands.
    fed = {each.definition.transformation.metric for each in transaction.filters.all()}
    names = {(each.namespace, each.name) for each in fed}
    return [
        stored
        for stored, start_ms, told_ms in waiting
        if any(
            transaction.events.newcomers(metric, start_ms, told_ms)
            for metric in stored.definition.watched
            if (metric.namespace, metric.name) in names
        )
    ]


def _parted(transaction: Transaction, moves: Sequence[Move]) -> tuple[list[Move], list[Move]]:
    """Parts the moves of alarms on which composite alarms stand from the rest, which come first."""
    depended_on = transaction.composites.depended_on([each.name for each in moves])
    return (
        [each for each in moves if each.name not in depended_on],
        [each for each in moves if each.name in depended_on],
    )


def _pause_after(page: Sequence[StoredAlarm]) -> str | None:
    """Lets whoever waits for the lock have a chance; returns after which alarm to go on, None at the end."""
    if len(page) < _ALARMS_AT_ONCE:
        return None
    time.sleep(_PAUSE_SECONDS)
    return page[-1].definition.name


def _high_resolution_among(alarms: Iterable[StoredAlarm]) -> Iterator[str]:
    return (each.definition.name for each in alarms if is_high_resolution(each.definition))
