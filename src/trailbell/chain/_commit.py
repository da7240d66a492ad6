"""The commit of a group of files: their counts, their data, and what the ledger says of them from now on.

All of it in the caller's transaction: nothing of a file is counted unless its ledger row says so. What the
files of a group add is gathered and written once, as small files are many.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import structlog
from msgspec.structs import replace

from trailbell.chain._log_keeping import keep_events
from trailbell.chain._reading import Look, LookKind, Rejected
from trailbell.chain._verification_file import (
    FILE_MARK,
    VERIFICATION_IS_ELSEWHERE,
    VERIFICATION_IS_OVER,
    add_apart,
)
from trailbell.filters import (
    Contribution,
    FilterSet,
    LogEvent,
    Partial,
    RecordCounts,
    SeriesLimit,
    SeriesMinute,
    Settled,
    identities_of,
    settle,
)
from trailbell.metrics import MetricKey
from trailbell.store import (
    FileState,
    LedgerFile,
    NewEvent,
    RejectedEntry,
    StoredFilter,
    StoredVerification,
    Transaction,
)

__all__ = ["FINAL_STATES", "Filtering", "GroupCommit", "Taken", "merged", "new_events"]

_log = structlog.get_logger(__name__)

FINAL_STATES = frozenset({FileState.READ, FileState.REJECTED, FileState.COPY, FileState.PASSED_OVER})
"""The states in which a file is done with until it changes."""


class Filtering:
    """The stored filters of a log group with their compiled set.

    ``log_stream`` is where trail sources keep what matches; nothing is kept without one.
    ``system_fields`` are what the system dimensions stand for.
    """

    def __init__(
        self,
        stored: Sequence[StoredFilter],
        log_group: str = "",
        log_stream: str = "",
        system_fields: Mapping[str, str] | None = None,
    ) -> None:
        self.log_group = log_group
        self.log_stream = log_stream
        self.ids = tuple(each.id for each in stored)
        self.set = FilterSet([each.definition for each in stored], system_fields)
        self.limit = SeriesLimit(self._exceeded)

    def _exceeded(self, index: int) -> None:
        _log.warning(
            "a metric filter makes too many different dimensions: for the rest of this hour it publishes "
            "new ones without any",
            log_group=self.log_group,
            metric_filter=self.set.filters[index].name,
        )


class Taken(msgspec.Struct, frozen=True):
    """A file with the decision about it and what its records matched."""

    name: str
    ledger: LedgerFile
    look: Look
    partial: Partial | None = None


class GroupCommit:
    """Adds files to a transaction; ``flush`` writes what was gathered, and must come last."""

    def __init__(self, transaction: Transaction, source_id: int, filtering: Filtering, now_ms: int) -> None:
        self._transaction = transaction
        self._source_id = source_id
        self._filtering = filtering
        self._now_ms = now_ms
        self._twins: dict[bytes, str] = {}
        self._seen: set[bytes] = set()
        self._fresh: set[bytes] = set()
        self._files: list[LedgerFile] = []
        self._rejected: list[RejectedEntry] = []
        self._events: list[NewEvent] = []
        self._kept: list[LogEvent] = []
        self._contributions: dict[SeriesMinute, list[Contribution]] = {}
        self.metrics: set[MetricKey] = set()

    def look_up(self, group: Iterable[Taken]) -> None:
        """Finds out, for all of a group at once, which contents and which records were counted before."""
        taken = list(group)
        sources = self._transaction.sources
        hashes = {each.look.content_hash for each in taken if each.look.kind is LookKind.RECORDS}
        self._twins |= sources.names_by_content(self._source_id, hashes)
        wanted: set[bytes] = set()
        for each in taken:
            if each.partial is not None:
                wanted |= identities_of(each.partial, self._filtering.set)
        self._seen |= sources.counted_before(wanted - self._seen)

    def add_file(self, taken: Taken) -> RecordCounts:
        """Adds one file as its look says; returns the records it counts."""
        look = taken.look
        ledger = replace(taken.ledger, content_hash=look.content_hash, consumed_bytes=look.consumed_bytes)
        if look.kind is LookKind.RECORDS:
            verification = self._verification_of(taken.name)
            if verification is not None:
                return self._add_of_verification(taken, ledger, verification)
            return self._add_read(taken, ledger)
        if look.kind is LookKind.PENDING:
            # What was consumed before stays consumed: only the rest is waited for.
            self._files.append(replace(taken.ledger, state=FileState.PENDING, note=look.reason))
        elif look.kind is LookKind.UNCHANGED:
            state = taken.ledger.state if taken.ledger.state in FINAL_STATES else FileState.READ
            self._files.append(replace(ledger, state=state))
        elif look.kind is LookKind.PASSED_OVER:
            self._files.append(replace(ledger, state=FileState.PASSED_OVER, note=look.reason))
        else:
            whole = Rejected(look.offset, look.reason, look.excerpt)
            self._rejected.append(self._entry(taken.name, whole))
            self._files.append(replace(ledger, state=FileState.REJECTED, note=look.reason))
            _log.warning("file rejected", file=taken.name, reason=look.reason)
            return RecordCounts(rejected=1)
        return RecordCounts()

    def add_records(self, taken: Taken) -> RecordCounts:
        """Adds the records of a file and what was rejected in it, and leaves its ledger row alone."""
        partial = taken.partial
        if partial is None:
            return RecordCounts()
        self._filtering.limit.begin(self._now_ms)
        settled = settle(partial, self._filtering.set, self._seen, self._filtering.limit)
        # Within the group too a record counts once.
        self._seen |= settled.identities
        self._fresh |= settled.identities
        for place, contribution in settled.contributions.items():
            self._contributions.setdefault(place, []).append(contribution)
        self._events += new_events(settled, taken.name, self._filtering.ids, self._now_ms)
        self._kept += [LogEvent(each.match.at_ms, each.match.message) for each in settled.counted]
        rejected = [*taken.look.rejected]
        rejected += [Rejected(each.offset, each.reason, each.excerpt) for each in partial.unreadable]
        self._rejected += [self._entry(taken.name, each) for each in rejected]
        if rejected:
            _log.warning("records rejected", file=taken.name, records=len(rejected), first=rejected[0].reason)
        return settled.counts + RecordCounts(rejected=len(taken.look.rejected))

    def put_file(self, ledger: LedgerFile) -> None:
        """Adds a ledger row as it is."""
        self._files.append(ledger)

    def flush(self) -> None:
        """Writes what was gathered."""
        transaction = self._transaction
        transaction.sources.put_files(self._source_id, self._files)
        transaction.sources.add_rejected(self._source_id, self._rejected)
        transaction.sources.remember_counted(self._fresh, self._now_ms)
        transaction.datapoints.add({place: merged(parts) for place, parts in self._contributions.items()})
        transaction.events.add(self._events)
        if self._filtering.log_stream:
            place = self._filtering.log_group, self._filtering.log_stream
            keep_events(transaction, *place, self._kept, self._now_ms)
        self.metrics |= {place.metric for place in self._contributions}
        self._files, self._rejected, self._events, self._kept = [], [], [], []
        self._fresh, self._contributions = set(), {}

    def _add_read(self, taken: Taken, ledger: LedgerFile) -> RecordCounts:
        twin = self._twins.get(taken.look.content_hash)
        if twin is not None and twin != taken.name:
            copied = replace(ledger, state=FileState.COPY, note=f"same content as {twin}")
            self._files.append(copied)
            return RecordCounts()
        if taken.look.is_whole:
            self._files.append(replace(ledger, state=FileState.READ))
            self._twins[taken.look.content_hash] = taken.name
        else:
            note = "the last line may still be being written"
            self._files.append(replace(ledger, state=FileState.PENDING, note=note))
        return self.add_records(taken)

    def _verification_of(self, name: str) -> StoredVerification | None:
        # Whoever only calls a file so has no row, and it is read like any other.
        if FILE_MARK not in name:
            return None
        # By whatever folder it is reached: a source may lie in another, or be copied into one.
        return self._transaction.verifications.of_file(name.rpartition("/")[2])

    def _add_of_verification(
        self, taken: Taken, ledger: LedgerFile, stored: StoredVerification
    ) -> RecordCounts:
        """Adds the file of a verification apart from all others, so that it can be taken back."""
        is_there = (stored.source_id, stored.file_name) == (self._source_id, taken.name)
        if not is_there or not stored.is_open or taken.partial is None:
            note = VERIFICATION_IS_OVER if is_there else VERIFICATION_IS_ELSEWHERE
            self._files.append(replace(ledger, state=FileState.PASSED_OVER, note=note))
            return RecordCounts()
        self._files.append(replace(ledger, state=FileState.READ))
        filtering = self._filtering
        settled = settle(taken.partial, filtering.set, self._seen, filtering.limit)
        self.metrics |= add_apart(
            self._transaction,
            filtering.log_group,
            filtering.log_stream,
            filtering.set,
            settled,
            new_events(settled, taken.name, filtering.ids, self._now_ms),
            stored,
            self._now_ms,
        )
        return settled.counts

    def _entry(self, name: str, rejected: Rejected) -> RejectedEntry:
        return RejectedEntry(name, rejected.offset, rejected.reason, self._now_ms, rejected.excerpt)


def merged(parts: Sequence[Contribution]) -> Contribution:
    """Sums up what several batches add to one datapoint."""
    return Contribution.merge(*parts)


def new_events(settled: Settled, file_name: str, filter_ids: Sequence[int], now_ms: int) -> list[NewEvent]:
    """Makes the events to keep of what was counted."""
    return [
        NewEvent(
            facts=each.match.facts,
            delivered_ms=each.match.at_ms,
            stored_ms=now_ms,
            file_name=file_name,
            record=each.match.message,
            filter_ids=tuple(filter_ids[index] for index in each.filters),
        )
        for each in settled.counted
    ]
