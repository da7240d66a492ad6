"""Log events as the operations of CloudWatch Logs put, read and search them, and how long they are kept."""

from collections.abc import Callable, Collection

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._filterings import Filterings
from trailbell.chain._log_commit import LogCommits
from trailbell.chain._log_lookup import existing_group, existing_stream, name_of_group
from trailbell.chain._log_patterns import parsed_pattern
from trailbell.chain._log_put import DAY_MS, LogEventsPut, PutAnswer, accept, oldest_kept_ms
from trailbell.chain._log_reading import (
    EVERYTHING,
    EventPage,
    Gap,
    PageBounds,
    ReadEvent,
    Selection,
    read_backward,
    read_forward,
)
from trailbell.chain._log_streams import LogStreams
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.metrics import MetricKey
from trailbell.settings import Settings
from trailbell.store import MOST_BATCHES, Scope, Store, StoredGroup, Transaction

__all__ = ["EventSearch", "FoundEvents", "LogEvents", "StreamEvents", "StreamQuestion"]

_GET, _FILTER = "GetLogEvents", "FilterLogEvents"
_FORWARD, _BACKWARD = "f/", "b/"
_END_MS = 1 << 62
_DELETED_AT_ONCE = 500
_HOUR_MS = 3_600_000
# So much of the bound may be written before anything is looked at, since looking adds up every batch.
_WRITTEN_UNSEEN = 64
_STEPS_AT_ONCE = 200


class StreamQuestion(msgspec.Struct, frozen=True):
    """What is asked of one stream: events in ``start_ms <= instant < end_ms``, from an end or from a token.

    The group is named by name or by identifier.
    """

    log_stream: str
    log_group: str = ""
    group_identifier: str = ""
    start_ms: int = 0
    end_ms: int = _END_MS
    limit: int = 10_000
    is_from_head: bool = False
    token: str | None = None


class StreamEvents(msgspec.Struct, frozen=True):
    """Events of a stream, ascending, and the tokens that lead on both ways."""

    events: tuple[ReadEvent, ...]
    forward_token: str
    backward_token: str


class EventSearch(msgspec.Struct, frozen=True):
    """What is searched for in a group, in ``start_ms <= instant < end_ms``, in all streams or some.

    The group is named by name or by identifier.
    """

    log_group: str = ""
    group_identifier: str = ""
    stream_names: tuple[str, ...] = ()
    stream_prefix: str = ""
    start_ms: int = 0
    end_ms: int = _END_MS
    pattern: str = ""
    limit: int = 10_000
    token: str | None = None


class FoundEvents(msgspec.Struct, frozen=True):
    """Events found; there may be none although a token leads on. Without a token the search is over."""

    events: tuple[ReadEvent, ...]
    next_token: str | None


class _SearchPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a search goes on; ``oldest_ms`` as ``read_forward`` gave it."""

    gap: Gap
    oldest_ms: int


class LogEvents:
    """Puts, reads and searches log events.

    Args:
        store: Where they are kept.
        clock: The time.
        settings: The account, the region, and how much room events may take.
        filterings: The compiled filters of each group.
        arrived: Is told the metrics with new data.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        filterings: Filterings,
        arrived: Callable[[Collection[MetricKey]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._filterings = filterings
        self._commits = LogCommits(store, arrived)
        self._seen_bytes = 0
        self._enforced_ms = 0
        self.streams = LogStreams(store, clock, settings)

    def put(self, put: LogEventsPut) -> PutAnswer:
        """Keeps events and counts what the group's metric filters match; durable when it returns.

        Raises:
            RequestRefusedError: There is no such group or stream, or the call breaks a rule.
            StoreError: The database cannot be written; nothing was kept.
        """
        with self._store.read() as transaction:
            group = existing_group(transaction, put.log_group)
            existing_stream(transaction, group, put.log_stream)
        now_ms = self._clock.now_ms()
        accepted = accept(put, group, self._filterings.of(put.log_group), now_ms)
        number = self._commits.commit(accepted) if accepted.events else 0
        return replace(accepted.answer, sequence_token=f"{now_ms:015d}{number:041d}")

    def get(self, question: StreamQuestion) -> StreamEvents:
        """Reads a page of one stream.

        Raises:
            RequestRefusedError: There is no such group or stream, or the token is none.
        """
        log_group = name_of_group(self._settings, question.log_group, question.group_identifier)
        with self._store.read() as transaction:
            group = existing_group(transaction, log_group)
            stream = existing_stream(transaction, group, question.log_stream)
            scope = self._scope(group, question.start_ms, question.end_ms, (stream.id,))
            gap, is_forward = _start(question)
            bounds = PageBounds(question.limit)
            if is_forward:
                page = read_forward(
                    transaction.log_batches, scope, EVERYTHING, gap, bounds, _oldest_ms(gap.at_ms)
                )
            else:
                page = read_backward(transaction.log_batches, scope, gap, bounds)
        return StreamEvents(
            tuple(page.events),
            _FORWARD + make_token(_GET, page.after),
            _BACKWARD + make_token(_GET, page.before),
        )

    def search(self, search: EventSearch) -> FoundEvents:
        """Reads a page of the events of a group that a pattern matches.

        Raises:
            RequestRefusedError: There is no such group or stream, names and prefix are both given, the
                pattern cannot be evaluated, or the token is none.
        """
        log_group = name_of_group(self._settings, search.log_group, search.group_identifier)
        if search.stream_names and search.stream_prefix:
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER,
                "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
            )
        selection = Selection(parsed_pattern(search.pattern))
        place = None if search.token is None else read_token(_FILTER, search.token, _SearchPlace)
        with self._store.read() as transaction:
            group = existing_group(transaction, log_group)
            page = self._search(transaction, group, search, selection, place)
        if page.is_last:
            return FoundEvents(tuple(page.events), None)
        token = make_token(_FILTER, _SearchPlace(page.after, page.oldest_ms))
        return FoundEvents(tuple(page.events), token)

    def enforce_retention(self, now_ms: int, limit_bytes: int | None = None) -> int:
        """Deletes batches that have expired or for which there is no room; returns how many.

        What one call does is bounded, in short transactions; the rest is left to the next.

        Args:
            now_ms: The time.
            limit_bytes: How much room all batches may take, oldest first; None is what the settings say.
        """
        limit = self._settings.log_event_bytes if limit_bytes is None else limit_bytes
        with self._store.read() as transaction:
            expiring = transaction.log_groups.with_retention()
            excess = transaction.log_batches.content_bytes() - limit
            surplus = transaction.log_batches.count() - MOST_BATCHES
        deleted = 0
        steps = _STEPS_AT_ONCE
        for group in expiring:
            before_ms = oldest_kept_ms(group, now_ms)
            number = _DELETED_AT_ONCE
            while number == _DELETED_AT_ONCE and steps:
                steps -= 1
                with self._store.write() as transaction:
                    number = transaction.log_batches.delete_ended(group.id, before_ms, _DELETED_AT_ONCE)
                deleted += number
        while (excess > 0 or surplus > deleted) and steps:
            steps -= 1
            # Where there are too many rows, a whole step of them goes however small they are.
            room = excess if surplus <= deleted else limit
            with self._store.write() as transaction:
                number, freed = transaction.log_batches.delete_oldest(room, _DELETED_AT_ONCE)
            if not number:
                break
            deleted += number
            excess -= freed
        return deleted

    def keep_within_bounds(self) -> None:
        """Enforces retention if much was written since the last time, or an hour has passed."""
        now_ms = self._clock.now_ms()
        written = self._commits.written_bytes
        is_much = written - self._seen_bytes > self._settings.log_event_bytes // _WRITTEN_UNSEEN
        if is_much or now_ms - self._enforced_ms >= _HOUR_MS:
            self._seen_bytes, self._enforced_ms = written, now_ms
            self.enforce_retention(now_ms)

    def _search(
        self,
        transaction: Transaction,
        group: StoredGroup,
        search: EventSearch,
        selection: Selection,
        place: _SearchPlace | None,
    ) -> EventPage:
        streams = tuple(existing_stream(transaction, group, each).id for each in search.stream_names)
        scope = self._scope(group, search.start_ms, search.end_ms, streams, search.stream_prefix)
        if place is None:
            place = _SearchPlace(Gap(scope.start_ms), _oldest_ms(scope.start_ms))
        bounds = PageBounds(search.limit)
        return read_forward(transaction.log_batches, scope, selection, place.gap, bounds, place.oldest_ms)

    def _scope(
        self,
        group: StoredGroup,
        start_ms: int,
        end_ms: int,
        stream_ids: tuple[int, ...] = (),
        stream_prefix: str = "",
    ) -> Scope:
        oldest_ms = oldest_kept_ms(group, self._clock.now_ms())
        return Scope(group.id, max(start_ms, oldest_ms), min(end_ms, _END_MS), stream_ids, stream_prefix)


def _start(question: StreamQuestion) -> tuple[Gap, bool]:
    token = question.token
    if token is None:
        is_forward = question.is_from_head
        return Gap(question.start_ms if is_forward else question.end_ms), is_forward
    gap = read_token(_GET, token[len(_FORWARD) :], Gap)
    if token.startswith(_FORWARD):
        return gap, True
    if token.startswith(_BACKWARD):
        return gap, False
    raise RequestRefusedError(RefusalKind.INVALID_TOKEN, "The specified nextToken is invalid.")


def _oldest_ms(at_ms: int) -> int:
    """Returns the first instant of the oldest batch that may have events after an instant."""
    return max(0, at_ms - DAY_MS)
