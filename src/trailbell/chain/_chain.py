"""The running system: what `serve` starts and stops."""

import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TextIO

import structlog

from trailbell.alarms import evaluation_range
from trailbell.chain._announce import Announcer
from trailbell.chain._clock import Clock
from trailbell.chain._commit import Filtering
from trailbell.chain._deliver import Deliverer
from trailbell.chain._errors import ChainError
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._ingest import Backlog, Ingest
from trailbell.chain._instants import parse_instant
from trailbell.chain._loops import DeliveryLoop, Found, IngestLoop, Loop, TickLoop, Timing, groups_of
from trailbell.chain._report import Report
from trailbell.chain._retry import Retried, Retry
from trailbell.chain._set_up import LOG_GROUP, apply_controls, chosen_controls, subscribe_settings
from trailbell.chain._trouble import Troubles
from trailbell.channels import Channel, ChannelOptions, open_channel
from trailbell.metrics import MetricKey
from trailbell.settings import Evaluation, Settings, is_loopback, parse_address
from trailbell.sources import DirectorySource
from trailbell.store import Bounds, Store
from trailbell.topics import Subscription

__all__ = ["Chain"]

_log = structlog.get_logger(__name__)

_RETENTION = Timing(offset_seconds=35, every_minutes=60)
_MINUTE_MS = 60_000
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
        self._terminal = terminal
        self.bounds = Bounds(settings.matched_event_days, settings.matched_event_bytes)
        self._announcer = Announcer(base_url, round(settings.gather_seconds * 1000))
        self.evaluator = Evaluator(store, clock, settings, self._announcer)
        self.troubles = Troubles()
        self.report = Report(store, clock, settings, self.bounds, self.troubles)
        self._stopping = threading.Event()
        self._backlog = Backlog(self._horizon_ms, self._news_from_ms())
        sources = [_usable_source(Path(each)) for each in dict.fromkeys(settings.source)]
        subscriptions = self._set_up()
        self._filtering = self._compiled()
        self._intakes = [(each, self._ingest(each)) for each in sources]
        self._deliveries = [
            DeliveryLoop(
                Deliverer(store, clock, self._announcer, each, self._channel_of(each)), self.troubles, clock
            )
            for each in subscriptions
        ]
        tick = Timing(self.evaluator.tick_offset_seconds)
        self._loops: list[Loop] = [
            *self._deliveries,
            TickLoop("evaluate", self.troubles, clock, self.tick, tick),
            TickLoop("retention", self.troubles, clock, self.enforce_retention, _RETENTION),
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
        for delivery in self._deliveries:
            delivery.close()
        return all(ended)

    def take_all(self) -> None:
        """Reads what is in the sources now and not yet read: what the loops do all the time, once."""
        for source, ingest in self._intakes:
            for group in groups_of(source.scan()):
                self.arrived(ingest.take(group, self._filtering))
            ingest.caught_up()

    def deliver_all(self) -> None:
        """Tries every message that is due now, once each."""
        for delivery in self._deliveries:
            delivery.deliver_due()

    def tick(self) -> None:
        """Judges every alarm as of now, and compacts the evidence of closed minutes."""
        self.evaluator.tick()
        if self._is_eager:
            self.evaluator.look_ahead()
        now_ms = self._clock.now_ms()
        with self._store.write() as transaction:
            transaction.datapoints.compact(now_ms - now_ms % _MINUTE_MS - _MINUTE_MS)
        self._wake()

    def arrived(self, metrics: Collection[MetricKey]) -> None:
        """Looks eagerly at the alarms on metrics with new data, unless only AWS's own ticks are wanted."""
        if metrics and self._is_eager and self.evaluator.look_ahead(metrics):
            self._wake()

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
        """Deletes what is beyond its bound."""
        with self._store.write() as transaction:
            deleted = transaction.retention.enforce(self.bounds, self._clock.now_ms())
        if deleted:
            _log.info("rows beyond their bounds deleted", **deleted)

    def apply_controls(self, keys: Sequence[str]) -> list[str]:
        """Provisions controls on the running system; returns the alarms made or changed.

        Raises:
            ChainError: There is no log group to put the filters on.
            UnknownControlError: A key is not in the catalogue.
        """
        controls = chosen_controls(keys)
        with self._store.write() as transaction:
            changed = apply_controls(transaction, self._settings, controls, self._clock.now_ms())
        self._filtering = self._compiled()
        return changed

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
                outcome = retry.try_file(name, self._filtering, self.arrived)
                if outcome is not None:
                    retried.append(outcome)
        return retried

    def _set_up(self) -> list[Subscription]:
        now_ms = self._clock.now_ms()
        with self._store.write() as transaction:
            if self._settings.source:
                if transaction.filters.create_group(LOG_GROUP, now_ms):
                    _log.info("log group created", log_group=LOG_GROUP)
                chosen = chosen_controls(self._settings.controls)
                apply_controls(transaction, self._settings, chosen, now_ms)
            return subscribe_settings(transaction, self._settings, now_ms)

    def _compiled(self) -> Filtering:
        with self._store.read() as transaction:
            return Filtering(transaction.filters.all(LOG_GROUP))

    def _ingest(self, source: DirectorySource) -> Ingest:
        with self._store.write() as transaction:
            stored = transaction.sources.put(str(source.path), LOG_GROUP, self._clock.now_ms())
            transaction.sources.forget_unreadable(stored.id)
        return Ingest(self._store, self._clock, source, stored, self._backlog, self._stopping.is_set)

    def _ingest_loop(self, source: DirectorySource, ingest: Ingest) -> IngestLoop:
        def take(group: Sequence[Found]) -> None:
            self.arrived(ingest.take(group, self._filtering))

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

    def _channel_of(self, subscription: Subscription) -> Channel:
        host, _ = parse_address(self._settings.listen)
        options = ChannelOptions(
            stream=self._terminal,
            allow_private=self._settings.allow_private_addresses,
            allow_loopback=is_loopback(host),
        )
        return open_channel(subscription.endpoint, options)

    def _wake(self) -> None:
        for delivery in self._deliveries:
            delivery.wake()


def _usable_source(path: Path) -> DirectorySource:
    """Opens a source; a wrong path is told before anything is made for it."""
    source = DirectorySource(path)
    source.scan()
    return source
