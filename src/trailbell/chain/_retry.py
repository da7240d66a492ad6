"""Trying once more what could not be read: what is readable now counts, as of now."""

from collections.abc import Callable, Collection

import msgspec
from msgspec.structs import replace

from trailbell.chain._clock import Clock
from trailbell.chain._commit import Filtering, GroupCommit, Taken
from trailbell.chain._reading import LARGE_BYTES, Look, LookKind, look_at
from trailbell.filters import Batch, LogEvent, RecordCounts, fold
from trailbell.metrics import MetricKey
from trailbell.sources import FoundFile, Source, SourceError
from trailbell.store import FileState, LedgerFile, Store, StoredSource

__all__ = ["Retried", "Retry"]


class Retried(msgspec.Struct, frozen=True):
    """What came of trying a file once more.

    resolved: how many rejected things can be read now; left: how many still cannot, and why.
    """

    file: str
    resolved: int
    left: int
    reason: str


class Retry:
    """Tries the rejected parts of one source's files again.

    A file whose content has changed since is not for here: it is read anew by itself.
    """

    def __init__(self, store: Store, clock: Clock, source: Source, stored: StoredSource) -> None:
        self._store = store
        self._clock = clock
        self._source = source
        self._stored = stored

    def try_file(
        self, name: str, filtering: Filtering, arrived: Callable[[Collection[MetricKey]], None]
    ) -> Retried | None:
        """Tries a file; None if nothing of it was rejected in this source. ``arrived`` is told what came."""
        with self._store.read() as transaction:
            offsets = transaction.sources.rejected_offsets(self._stored.id, name)
            ledger = transaction.sources.files(self._stored.id, [name]).get(name)
        if not offsets or ledger is None:
            return None
        found = self._source.find(name)
        if not isinstance(found, FoundFile):
            return Retried(name, 0, len(offsets), "the file is gone or cannot be read")
        try:
            content = self._source.read_file(found, LARGE_BYTES).content
        except SourceError as error:
            return Retried(name, 0, len(offsets), error.reason)
        look = look_at(content, name, None, is_settled=True)
        if look.kind is LookKind.LARGE:
            return Retried(name, 0, len(offsets), "it is too large to be tried in part: write it anew")
        if look.kind is not LookKind.RECORDS:
            return Retried(name, 0, len(offsets), look.reason)
        if look.content_hash != ledger.content_hash:
            return Retried(name, 0, len(offsets), "its content has changed, so it is read anew by itself")
        return self._commit(ledger, look, offsets, filtering, arrived)

    def _commit(
        self,
        ledger: LedgerFile,
        look: Look,
        offsets: list[int],
        filtering: Filtering,
        arrived: Callable[[Collection[MetricKey]], None],
    ) -> Retried:
        now_ms = self._clock.now_ms()
        was_whole = ledger.state is FileState.REJECTED
        wanted = look if was_whole else _readable_at(look, offsets)
        resolved = len(offsets) if was_whole else len(wanted.records)
        events = tuple(LogEvent(now_ms, each.content, each.offset) for each in wanted.records)
        read = replace(ledger, state=FileState.READ, note="")
        taken = Taken(ledger.name, read, wanted, fold(Batch(events, is_checked=True), filtering.set))
        with self._store.write() as transaction:
            sources = transaction.sources
            places = None if was_whole else [each.offset for each in wanted.records]
            sources.drop_rejected(self._stored.id, ledger.name, places)
            group = GroupCommit(transaction, self._stored.id, filtering, now_ms)
            group.look_up([taken])
            group.put_file(read)
            change = group.add_records(taken) + RecordCounts(rejected=-resolved)
            group.flush()
            sources.add_counts(self._stored.id, change, 0, now_ms, 0)
        arrived(group.metrics)
        left = len(offsets) - resolved
        return Retried(ledger.name, resolved, left, look.rejected[0].reason if left and look.rejected else "")


def _readable_at(look: Look, offsets: list[int]) -> Look:
    """Keeps the records at places that were rejected before, and are readable now."""
    places = set(offsets)
    return replace(look, records=tuple(each for each in look.records if each.offset in places), rejected=())
