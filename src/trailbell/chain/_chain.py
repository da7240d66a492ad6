"""The running system: what `serve` starts and stops."""

import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TextIO

import structlog

from trailbell._errors import TrailbellError
from trailbell.alarms import LATEST_END_MS, evaluation_range
from trailbell.chain._alarm_book import AlarmBook
from trailbell.chain._announce import Announcer
from trailbell.chain._clock import Clock
from trailbell.chain._composite_changes import CompositeChanges
from trailbell.chain._composites import CompositeEvaluator
from trailbell.chain._errors import ChainError
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._filterings import Filterings
from trailbell.chain._ingest import Backlog, Ingest
from trailbell.chain._instants import parse_instant
from trailbell.chain._log_events import LogEvents
from trailbell.chain._log_groups import LogGroups
from trailbell.chain._loops import Found, IngestLoop, Loop, SecondLoop, TickLoop, Timing, groups_of
from trailbell.chain._messaging import Messaging
from trailbell.chain._metric_book import MetricBook
from trailbell.chain._metric_filters import MetricFilters
from trailbell.chain._report import Report
from trailbell.chain._retry import Retried, Retry
from trailbell.chain._roll_up import RollUp
from trailbell.chain._set_up import LOG_GROUP, chosen_controls, set_up_controls, subscribe_settings
from trailbell.chain._suppressions import Suppressions
from trailbell.chain._trails import Trails
from trailbell.chain._trouble import Troubles
from trailbell.chain._verifications import VerificationLoop, Verifications
from trailbell.metrics import MetricKey, floor_to
from trailbell.settings import Evaluation, Settings
from trailbell.sources import DirectorySource, SourceError
from trailbell.store import Bounds, Store
from trailbell.topics import Subscription

__all__ = ["Chain"]

_log = structlog.get_logger(__name__)

_RETENTION = Timing(offset_seconds=35, every_seconds=3600)
_LOG_EVENTS = Timing(offset_seconds=45)
_MINUTE_MS = 60_000
_HIGH_RESOLUTION_TICK_SECONDS = 10
_MOST_RETRIED = 10_000
_SHORTEST_HORIZON_MS = 15 * _MINUTE_MS


class Chain:
    """Sources to log group to metrics to alarms to topics, on one store.

    Args:
        settings: What the user asked for.
        store: The data folder, owned by this process.
        clock: The time.
        terminal: Where messages to ``-`` are written.
        base_url: Where this server answers; addresses in messages begin with it.

    Raises:
        ChainError: The settings cannot be carried out on this store.
        UnknownControlError: A control key is not in the catalogue.
        SourceError: A source cannot be used.
    """

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, terminal: TextIO, base_url: str
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self.bounds = Bounds(
            settings.matched_event_days, settings.matched_event_bytes, settings.log_event_bytes
        )
        self._announcer = Announcer(base_url, round(settings.gather_seconds * 1000))
        self._suppressions = Suppressions(store, settings, self._announcer)
        self._composites = CompositeEvaluator(store, settings, self._announcer, self._suppressions)
        self.evaluator = Evaluator(store, clock, settings, self._announcer, self._composites)
        self.troubles = Troubles()
        self.report = Report(store, clock, settings, self.bounds, self.troubles)
        self._stopping = threading.Event()
        self._backlog = Backlog(self._horizon_ms, self._news_from_ms())
        sources = [_usable_source(Path(each)) for each in dict.fromkeys(settings.source)]
        subscriptions = self._set_up()
        self.filterings = Filterings(store, settings)
        self.metrics = MetricBook(store, clock, settings, self.arrived)
        composite_changes = CompositeChanges(settings, self._composites, self._suppressions)
        self.alarms = AlarmBook(store, clock, settings, self.evaluator, composite_changes, self._wake)
        self.log_groups = LogGroups(store, clock, settings, self.filterings)
        self.log_events = LogEvents(store, clock, settings, self.filterings, self.arrived)
        self.metric_filters = MetricFilters(store, clock, settings, self.filterings)
        self._roll_up = RollUp(store, self._stopping)
        self._intakes = [(each, self._ingest(each)) for each in sources]
        self.trails = Trails(store, settings, [str(each.path) for each in sources])
        self._messaging = Messaging(
            settings,
            store,
            clock,
            announcer=self._announcer,
            base_url=base_url,
            terminal=terminal,
            troubles=self.troubles,
        )
        for subscription in subscriptions:
            self._messaging.open_early(subscription)
        self.topics = self._messaging.topics
        self.subscriptions = self._messaging.subscriptions
        self.publisher = self._messaging.publisher
        self.signing_keys = self._messaging.keys
        self.verifications = Verifications(
            store,
            clock,
            settings,
            [ingest.stored for _, ingest in self._intakes],
            self.evaluator,
            self.arrived,
        )
        # Before anything is read: the file of a proof that a dead process left must not be.
        self.verifications.remove_leftovers()
        tick = Timing(self.evaluator.tick_offset_seconds, _HIGH_RESOLUTION_TICK_SECONDS)
        self._loops: list[Loop] = [
            self._messaging.pool,
            TickLoop("evaluate", self.troubles, clock, self.tick_on_time, tick),
            SecondLoop("suppression", self.troubles, self.end_periods),
            TickLoop("retention", self.troubles, clock, self.enforce_retention, _RETENTION),
            TickLoop("log events", self.troubles, clock, self.log_events.keep_within_bounds, _LOG_EVENTS),
            VerificationLoop(self.verifications, self.troubles),
            *(self._ingest_loop(source, ingest) for source, ingest in self._intakes),
        ]
        self._ready = threading.Event()

    @property
    def is_ready(self) -> bool:
        """Whether every loop has been started."""
        return self._ready.is_set()

    @property
    def _is_eager(self) -> bool:
        return self._settings.evaluation is Evaluation.EAGER

    def start(self) -> None:
        """Starts every loop. Messages that a dead process left half sent are due at once."""
        with self._store.write() as transaction:
            transaction.outbox.release(self._clock.now_ms())
        for loop in self._loops:
            loop.start()
        self._ready.set()

    def stop(self, timeout_seconds: float = 5.0) -> bool:
        """Finishes the steps in hand and ends; False if one of them went on past the timeout."""
        self._ready.clear()
        self._stopping.set()
        deadline = time.monotonic() + timeout_seconds
        for loop in self._loops:
            loop.stop()
        ended = [loop.join(max(0.0, deadline - time.monotonic())) for loop in self._loops]
        if all(ended):
            self._end_verification()
        self._messaging.close()
        return all(ended)

    def take_all(self) -> None:
        """Reads what is in the sources now and not yet read: what the loops do all the time, once."""
        for source, ingest in self._intakes:
            for group in groups_of(source.scan()):
                self.arrived(ingest.take(group, self.filterings.of(LOG_GROUP)))
            ingest.caught_up()

    def deliver_all(self) -> None:
        """Tries every message that is due now, once each."""
        self._messaging.pool.deliver_due()

    def tick(self) -> None:
        """Judges every alarm as of now, and compacts the evidence of closed minutes."""
        self.evaluator.tick()
        if self._is_eager:
            self.evaluator.look_ahead_after_tick()
        now_ms = self._clock.now_ms()
        self._composites.tell_news(now_ms)
        self._suppressions.end_periods(now_ms, now_ms)
        with self._store.write() as transaction:
            transaction.datapoints.compact(now_ms - now_ms % _MINUTE_MS - _MINUTE_MS)
        self._wake()

    def end_periods(self) -> None:
        """Takes the actions that composite alarms held back for a period which is over."""
        now_ms = self._clock.now_ms()
        until_ms = now_ms - LATEST_END_MS
        if self.evaluator.is_minute_due:
            # A tick that has begun, or will at once, may find that a suppressor has come in time.
            offset_ms = self.evaluator.tick_offset_seconds * 1000
            until_ms = min(until_ms, floor_to(now_ms - offset_ms, 60) + offset_ms - 1)
        if self._suppressions.end_periods(until_ms, now_ms):
            self._wake()

    def tick_on_time(self) -> None:
        """Judges those alarms whose time it is: all once a minute, those with a short period in between."""
        if self.evaluator.is_minute_due:
            self.tick()
        elif self.evaluator.tick_high_resolution():
            self._wake()

    def arrived(self, metrics: Collection[MetricKey]) -> None:
        """Looks eagerly at the alarms on metrics with new data, unless only AWS's own ticks are wanted.

        What brought the data is on the disk by now and must not be told to try again: the tick looks too.
        """
        try:
            if metrics and self._is_eager and self.evaluator.look_ahead(metrics):
                self._wake()
        except TrailbellError as error:
            _log.warning("alarms could not be looked at early", reason=str(error))

    def backup(self, target: Path) -> None:
        """Writes a copy of the database, as of one moment, to a file that does not exist yet.

        Raises:
            StoreError: The copy cannot be written.
        """
        self._store.backup(target)

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self._store.path.parent

    def enforce_retention(self) -> None:
        """Deletes what is beyond its bound, and keeps old datapoints by longer periods."""
        self._roll_up.run(self._clock.now_ms())
        with self._store.write() as transaction:
            deleted = transaction.retention.enforce(self.bounds, self._clock.now_ms())
            transaction.metrics.forget_unused()
        self._messaging.forget_old()
        if deleted:
            _log.info("rows beyond their bounds deleted", **deleted)

    def retry_rejected(self, file_name: str = "") -> list[Retried]:
        """Tries once more what was rejected, of one file or of all; returns what came of each file.

        Raises:
            ChainError: Nothing was rejected of the named file.
        """
        with self._store.read() as transaction:
            names = list(
                dict.fromkeys(
                    each.file_name for each in transaction.sources.rejected(_MOST_RETRIED, file_name)
                )
            )
        if file_name and not names:
            raise ChainError(f"nothing was rejected of a file called {file_name!r}")
        retried = []
        for source, ingest in self._intakes:
            retry = Retry(self._store, self._clock, source, ingest.stored)
            for name in names:
                outcome = retry.try_file(name, self.filterings.of(LOG_GROUP), self.arrived)
                if outcome is not None:
                    retried.append(outcome)
        return retried

    def _end_verification(self) -> None:
        """Takes back what a proof has put in; where that cannot be done now, the next start does it."""
        try:
            self.verifications.remove_leftovers()
        except TrailbellError as error:
            _log.warning("a verification could not be taken back", reason=str(error))

    def _set_up(self) -> list[Subscription]:
        now_ms = self._clock.now_ms()
        chosen = chosen_controls(self._settings.controls)
        with self._store.write() as transaction:
            if self._settings.source:
                if transaction.filters.create_group(LOG_GROUP, now_ms):
                    _log.info("log group created", log_group=LOG_GROUP)
                set_up_controls(transaction, self._settings, chosen, now_ms)
            return subscribe_settings(transaction, self._settings, now_ms)

    def _ingest(self, source: DirectorySource) -> Ingest:
        with self._store.write() as transaction:
            stored = transaction.sources.put(str(source.path), LOG_GROUP, self._clock.now_ms())
            transaction.sources.forget_unreadable(stored.id)
        return Ingest(self._store, self._clock, source, stored, self._backlog, self._stopping.is_set)

    def _ingest_loop(self, source: DirectorySource, ingest: Ingest) -> IngestLoop:
        def take(group: Sequence[Found]) -> None:
            self.arrived(ingest.take(group, self.filterings.of(LOG_GROUP)))

        rescan_seconds = self._settings.rescan_seconds
        return IngestLoop(source, self.troubles, rescan_seconds, take, ingest.caught_up)

    def _news_from_ms(self) -> int:
        now_ms = self._clock.now_ms()
        # Without the setting nothing is news but by its age.
        return parse_instant(self._settings.from_, now_ms) if self._settings.from_ else now_ms

    def _horizon_ms(self) -> int:
        """How far back the alarms look: what is older cannot ring any of them."""
        now_ms = self._clock.now_ms()
        with self._store.read() as transaction:
            starts = [evaluation_range(each.definition, now_ms)[0] for each in transaction.alarms.all()]
        return max([_SHORTEST_HORIZON_MS, *(now_ms - start for start in starts)])

    def _wake(self) -> None:
        self._messaging.pool.wake()


def _usable_source(path: Path) -> DirectorySource:
    """Opens a source; a wrong path is told before anything is made for it."""
    source = DirectorySource(path)
    try:
        str(source.path).encode()
    except UnicodeEncodeError as error:
        # What was read of it is kept under its path.
        raise SourceError(
            ascii(str(source.path)), "its name is not UTF-8; name it by another path"
        ) from error
    source.scan()
    return source
