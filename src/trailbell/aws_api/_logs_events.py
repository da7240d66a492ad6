"""CloudWatch Logs: putting, reading and searching log events."""

from typing import Annotated, Any

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._operation import CamelStruct, Context, Operation
from trailbell.chain import EventSearch, LogEventsPut, PutAnswer, StreamQuestion

__all__ = ["OPERATIONS"]

_MOST_EVENTS = 10_000
# Far beyond any instant, so that what comes after the last wanted one can be said.
_END_MS = 1 << 62

_GroupName = Annotated[str, msgspec.Meta(min_length=1, max_length=512, pattern=r"\A[\.\-_/#A-Za-z0-9]+\Z")]
_StreamName = Annotated[str, msgspec.Meta(min_length=1, max_length=512, pattern=r"\A[^:*]*\Z")]


class _InputLogEvent(CamelStruct, frozen=True, gc=False):
    """A log event to keep."""

    timestamp: Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
    message: Annotated[str, msgspec.Meta(min_length=1)]


class _PutLogEventsRequest(CamelStruct, frozen=True):
    """Events for one stream; a sequence token is not needed, and an entity cannot be kept."""

    log_group_name: _GroupName
    log_stream_name: _StreamName
    log_events: Annotated[list[_InputLogEvent], msgspec.Meta(min_length=1, max_length=_MOST_EVENTS)]
    sequence_token: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    entity: dict[str, Any] | None = None


class _RejectedLogEventsInfo(CamelStruct, frozen=True):
    """Which events were not kept, by index: too old and expired end before it, too new begin with it."""

    too_new_log_event_start_index: int | None = None
    too_old_log_event_end_index: int | None = None
    expired_log_event_end_index: int | None = None


class _RejectedEntityInfo(CamelStruct, frozen=True):
    """Why an entity was not kept with the events."""

    error_type: str


class _PutLogEventsResult(CamelStruct, frozen=True):
    """What came of the events."""

    next_sequence_token: str
    rejected_log_events_info: _RejectedLogEventsInfo | None = None
    rejected_entity_info: _RejectedEntityInfo | None = None


class _GetLogEventsRequest(CamelStruct, frozen=True):
    """Which events of a stream are asked for; the end is not among them."""

    log_stream_name: str
    log_group_name: str = ""
    log_group_identifier: str = ""
    start_time: int = 0
    end_time: int = _END_MS
    limit: int = _MOST_EVENTS
    start_from_head: bool = False
    next_token: str | None = None
    unmask: bool = False


class _OutputLogEvent(CamelStruct, frozen=True):
    """An event of a stream."""

    timestamp: int
    message: str
    ingestion_time: int


class _GetLogEventsResult(CamelStruct, frozen=True):
    """Events, ascending, and the tokens that lead on both ways."""

    events: tuple[_OutputLogEvent, ...]
    next_forward_token: str
    next_backward_token: str


class _FilterLogEventsRequest(CamelStruct, frozen=True):
    """Which events of a group are searched for; the end is among them."""

    log_group_name: str = ""
    log_group_identifier: str = ""
    log_stream_names: tuple[str, ...] = ()
    log_stream_name_prefix: str = ""
    start_time: int = 0
    end_time: int = _END_MS - 1
    filter_pattern: str = ""
    limit: int = _MOST_EVENTS
    next_token: str | None = None
    start_from_head: bool = True
    interleaved: bool = True
    unmask: bool = False


class _FilteredLogEvent(CamelStruct, frozen=True):
    """An event that was found."""

    log_stream_name: str
    timestamp: int
    message: str
    ingestion_time: int
    event_id: str


class _FilterLogEventsResult(CamelStruct, frozen=True):
    """Events found; there may be none on a page although a token leads on."""

    events: tuple[_FilteredLogEvent, ...]
    searched_log_streams: tuple[str, ...]
    next_token: str | None = None


def _put_log_events(request: _PutLogEventsRequest, context: Context) -> _PutLogEventsResult:
    """Keeps events, and counts what the group's metric filters match."""
    answer = context.chain.log_events.put(
        LogEventsPut(
            request.log_group_name,
            request.log_stream_name,
            [each.timestamp for each in request.log_events],
            [_utf8(each.message) for each in request.log_events],
        )
    )
    # AWS keeps the events of a group that cannot have entities, and says so with this word.
    entity = None if request.entity is None else _RejectedEntityInfo("UnsupportedLogGroupType")
    return _PutLogEventsResult(answer.sequence_token, _rejected(answer), entity)


def _get_log_events(request: _GetLogEventsRequest, context: Context) -> _GetLogEventsResult:
    """Reads a page of one stream."""
    page = context.chain.log_events.get(
        StreamQuestion(
            log_stream=request.log_stream_name,
            log_group=request.log_group_name,
            group_identifier=request.log_group_identifier,
            start_ms=request.start_time,
            end_ms=request.end_time,
            limit=request.limit,
            is_from_head=request.start_from_head,
            token=request.next_token,
        )
    )
    events = tuple(
        _OutputLogEvent(each.at_ms, each.message.decode(), each.ingested_ms) for each in page.events
    )
    return _GetLogEventsResult(events, page.forward_token, page.backward_token)


def _filter_log_events(request: _FilterLogEventsRequest, context: Context) -> _FilterLogEventsResult:
    """Searches a group's events, the earliest first."""
    if not request.start_from_head:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED,
            "Trailbell searches from the earliest event on: leave startFromHead out, and narrow the search "
            "with startTime.",
        )
    found = context.chain.log_events.search(
        EventSearch(
            log_group=request.log_group_name,
            group_identifier=request.log_group_identifier,
            stream_names=request.log_stream_names,
            stream_prefix=request.log_stream_name_prefix,
            start_ms=request.start_time,
            end_ms=request.end_time + 1,
            pattern=request.filter_pattern,
            limit=request.limit,
            token=request.next_token,
        )
    )
    events = tuple(
        _FilteredLogEvent(each.stream, each.at_ms, each.message.decode(), each.ingested_ms, each.id)
        for each in found.events
    )
    return _FilterLogEventsResult(events, (), found.next_token)


def _rejected(answer: PutAnswer) -> _RejectedLogEventsInfo | None:
    rejected = _RejectedLogEventsInfo(answer.too_new_start, answer.too_old_end, answer.expired_end)
    return None if rejected == _RejectedLogEventsInfo() else rejected


def _utf8(message: str) -> bytes:
    try:
        return message.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair is no text to anybody else: what is kept must be.
        return message.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "logs", "PutLogEvents", _put_log_events, "Keeps log events and runs the metric filters.", is_hot=True
    ),
    Operation("logs", "GetLogEvents", _get_log_events, "Reads a page of one log stream."),
    Operation("logs", "FilterLogEvents", _filter_log_events, "Searches the events of a log group."),
)
