"""CloudWatch Logs: log streams."""

from trailbell.aws_api._operation import CamelStruct, Context, Operation
from trailbell.store import StoredStream, StreamOrder, StreamQuery

__all__ = ["OPERATIONS"]


class _LogStreamName(CamelStruct, frozen=True):
    """A log stream by its name and its group's."""

    log_group_name: str
    log_stream_name: str


class _DescribeLogStreamsRequest(CamelStruct, frozen=True):
    """Which streams of a group are asked for, and in which order."""

    log_group_name: str = ""
    log_group_identifier: str = ""
    log_stream_name_prefix: str = ""
    order_by: StreamOrder = StreamOrder.NAME
    descending: bool = False
    limit: int = 50
    next_token: str | None = None


class _LogStream(CamelStruct, frozen=True):
    """A log stream as it is described; ``stored_bytes`` is always 0, as it is on AWS."""

    log_stream_name: str
    arn: str
    creation_time: int
    stored_bytes: int
    first_event_timestamp: int | None = None
    last_event_timestamp: int | None = None
    last_ingestion_time: int | None = None
    upload_sequence_token: str | None = None


class _DescribeLogStreamsResult(CamelStruct, frozen=True):
    """A page of streams."""

    log_streams: tuple[_LogStream, ...]
    next_token: str | None = None


def _create_log_stream(request: _LogStreamName, context: Context) -> None:
    """Makes a log stream."""
    context.chain.log_events.streams.create(request.log_group_name, request.log_stream_name)


def _delete_log_stream(request: _LogStreamName, context: Context) -> None:
    """Deletes a log stream with its events."""
    context.chain.log_events.streams.delete(request.log_group_name, request.log_stream_name)


def _describe_log_streams(request: _DescribeLogStreamsRequest, context: Context) -> _DescribeLogStreamsResult:
    """Lists the streams of a group."""
    query = StreamQuery(
        prefix=request.log_stream_name_prefix,
        order=request.order_by,
        is_descending=request.descending,
        limit=request.limit,
    )
    page = context.chain.log_events.streams.page(
        request.log_group_name, request.log_group_identifier, query, request.next_token
    )
    group_arn = context.chain.log_groups.arn(page.log_group)
    return _DescribeLogStreamsResult(
        tuple(_described(each, group_arn) for each in page.streams), page.next_token
    )


def _described(stream: StoredStream, group_arn: str) -> _LogStream:
    ingested_ms = stream.last_ingestion_ms
    return _LogStream(
        log_stream_name=stream.name,
        arn=f"{group_arn}:log-stream:{stream.name}",
        creation_time=stream.created_ms,
        stored_bytes=0,
        first_event_timestamp=stream.first_event_ms,
        last_event_timestamp=stream.last_event_ms,
        last_ingestion_time=ingested_ms,
        upload_sequence_token=None if ingested_ms is None else f"{ingested_ms:056d}",
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("logs", "CreateLogStream", _create_log_stream, "Makes a log stream."),
    Operation("logs", "DeleteLogStream", _delete_log_stream, "Deletes a log stream with its events."),
    Operation("logs", "DescribeLogStreams", _describe_log_streams, "Lists the streams of a log group."),
)
