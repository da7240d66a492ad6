"""Log streams as the operations of CloudWatch Logs make, list and delete them."""

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._log_lookup import existing_group, existing_stream, name_of_group
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.settings import Settings
from trailbell.store import MOST_STREAMS, Store, StoredStream, StreamOrder, StreamQuery

__all__ = ["LogStreams", "StreamPage"]

_DELETED_AT_ONCE = 500


class StreamPage(msgspec.Struct, frozen=True):
    """Some streams of a group; ``next_token`` is None on the last page."""

    log_group: str
    streams: tuple[StoredStream, ...]
    next_token: str | None


class LogStreams:
    """Makes, lists and deletes log streams."""

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    def create(self, log_group: str, name: str) -> None:
        """Makes a stream.

        Raises:
            RequestRefusedError: There is no such group, or it has a stream of this name.
        """
        with self._store.write() as transaction:
            group = existing_group(transaction, log_group)
            if transaction.log_streams.is_full(MOST_STREAMS):
                raise RequestRefusedError(
                    RefusalKind.LIMIT_EXCEEDED, f"There are {MOST_STREAMS} log streams already."
                )
            if not transaction.log_streams.create(group.id, name, self._clock.now_ms()):
                raise RequestRefusedError(
                    RefusalKind.ALREADY_EXISTS, "The specified log stream already exists"
                )

    def delete(self, log_group: str, name: str) -> None:
        """Deletes a stream with its events.

        Raises:
            RequestRefusedError: There is no such group or stream.
        """
        with self._store.read() as transaction:
            stream_id = existing_stream(transaction, existing_group(transaction, log_group), name).id
        # Much data goes in steps, so that other writers get in between.
        while self._delete_some(stream_id):
            pass
        with self._store.write() as transaction:
            group = existing_group(transaction, log_group)
            freed_bytes = transaction.log_streams.delete(existing_stream(transaction, group, name).id)
            transaction.log_groups.add_stored_bytes(group.id, -freed_bytes)

    def page(self, name: str, identifier: str, query: StreamQuery, token: str | None = None) -> StreamPage:
        """Lists the streams of a group, named by name or by identifier.

        Raises:
            RequestRefusedError: There is no such group, the token is none, or an order by last event is asked
                for with a prefix.
        """
        if query.prefix and query.order is StreamOrder.LAST_EVENT:
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER, "Cannot order by LastEventTime with a logStreamNamePrefix."
            )
        log_group = name_of_group(self._settings, name, identifier)
        operation = f"Streams{query.order.value[:4]}{query.is_descending:d}"
        after = None if token is None else read_token(operation, token, tuple[int, str])
        with self._store.read() as transaction:
            group = existing_group(transaction, log_group)
            wanted = replace(query, after=after, limit=query.limit + 1)
            found = transaction.log_streams.page(group.id, wanted)
        streams = tuple(found[: query.limit])
        is_last = len(found) <= query.limit
        return StreamPage(log_group, streams, None if is_last else make_token(operation, streams[-1].place))

    def _delete_some(self, stream_id: int) -> int:
        with self._store.write() as transaction:
            return transaction.log_batches.delete_of_stream(stream_id, _DELETED_AT_ONCE)
