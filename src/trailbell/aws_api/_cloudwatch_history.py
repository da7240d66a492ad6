"""CloudWatch: the history of alarms."""

from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.store import HistoryItem, HistoryQuery

__all__ = ["OPERATIONS"]


class _DescribeAlarmHistoryRequest(PascalStruct, frozen=True):
    """Which history is asked for."""

    alarm_name: str = ""
    alarm_types: tuple[str, ...] = ()
    history_item_type: str = ""
    start_date: int | None = None
    end_date: int | None = None
    max_records: int = 100
    next_token: str | None = None
    scan_by: str = "TimestampDescending"


class _AlarmHistoryItem(PascalStruct, frozen=True):
    """Something that happened to an alarm."""

    alarm_name: str
    alarm_type: str
    timestamp: int
    history_item_type: str
    history_summary: str
    history_data: str


class _DescribeAlarmHistoryResult(PascalStruct, frozen=True):
    """A page of history."""

    alarm_history_items: tuple[_AlarmHistoryItem, ...]
    next_token: str | None = None


def _describe_alarm_history(
    request: _DescribeAlarmHistoryRequest, context: Context
) -> _DescribeAlarmHistoryResult:
    """Lists what happened to alarms."""
    page = context.chain.alarms.history(
        HistoryQuery(
            alarm_name=request.alarm_name,
            item_type=request.history_item_type,
            start_ms=request.start_date,
            end_ms=request.end_date,
            is_ascending=request.scan_by == "TimestampAscending",
            limit=request.max_records,
        ),
        request.alarm_types,
        request.next_token,
    )
    return _DescribeAlarmHistoryResult(tuple(_described(each) for each in page.items), page.next_token)


def _described(item: HistoryItem) -> _AlarmHistoryItem:
    return _AlarmHistoryItem(
        item.alarm_name, item.alarm_type, item.at_ms, item.item_type, item.summary, item.data
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "cloudwatch",
        "DescribeAlarmHistory",
        _describe_alarm_history,
        "Lists what happened to alarms, also to deleted ones.",
    ),
)
