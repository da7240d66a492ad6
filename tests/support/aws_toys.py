"""A few AWS operations with canned answers, served by a real web server, for tests of the wire."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Annotated, Any, cast

import msgspec
from starlette.applications import Starlette
from starlette.routing import Route

from trailbell.aws_api import AwsApi, CamelStruct, Context, Operation, PascalStruct
from trailbell.chain import Chain
from trailbell.web import WebServer, bind

__all__ = ["CANNED_ALARM_NAME", "HOSTILE_TEXT", "Toys", "context_for", "serving"]

CANNED_ALARM_NAME = "root"
HOSTILE_TEXT = "<b>&\"'</b>]]>\x00\x1b\ufffe\r\n\t\U0001f600 "
_CONFIGURED = 1789365467551


class _CreateLogGroup(CamelStruct, frozen=True):
    log_group_name: str
    tags: dict[str, str] = msgspec.field(default_factory=dict)


class _MetricTransformation(CamelStruct, frozen=True):
    metric_name: str
    metric_namespace: str
    metric_value: str
    default_value: float | None = None


class _PutMetricFilter(CamelStruct, frozen=True):
    log_group_name: str
    filter_name: str
    filter_pattern: str
    metric_transformations: tuple[_MetricTransformation, ...]


class _InputLogEvent(CamelStruct, frozen=True):
    timestamp: Annotated[int, msgspec.Meta(ge=0)]
    message: Annotated[str, msgspec.Meta(min_length=1)]


class _PutLogEvents(CamelStruct, frozen=True):
    log_group_name: Annotated[
        str, msgspec.Meta(min_length=1, max_length=512, pattern=r"\A[\.\-_/#A-Za-z0-9]+\Z")
    ]
    log_stream_name: Annotated[str, msgspec.Meta(min_length=1, max_length=512, pattern=r"\A[^:*]*\Z")]
    log_events: Annotated[tuple[_InputLogEvent, ...], msgspec.Meta(min_length=1, max_length=10_000)]


class _PutLogEventsResult(CamelStruct, frozen=True):
    next_sequence_token: str


class _SetAlarmState(PascalStruct, frozen=True):
    alarm_name: str
    state_value: str
    state_reason: str
    state_reason_data: str | None = None


class _DescribeAlarms(PascalStruct, frozen=True):
    alarm_names: tuple[str, ...] | None = None


class _MetricAlarm(PascalStruct, frozen=True):
    alarm_name: str
    threshold: float
    period: int
    ok_actions: tuple[str, ...] = msgspec.field(name="OKActions")
    actions_enabled: bool
    alarm_configuration_updated_timestamp: int
    state_reason: str
    unit: str | None = None


class _DescribeAlarmsResult(PascalStruct, frozen=True):
    metric_alarms: tuple[_MetricAlarm, ...]
    composite_alarms: tuple[str, ...]


class _GetMetricStatistics(PascalStruct, frozen=True):
    namespace: str
    metric_name: str
    start_time: int
    end_time: int
    period: int
    statistics: tuple[str, ...] = ()


class _Datapoint(PascalStruct, frozen=True):
    timestamp: int
    sum: float


class _GetMetricStatisticsResult(PascalStruct, frozen=True):
    label: str
    datapoints: tuple[_Datapoint, ...]


class _Dimension(PascalStruct, frozen=True):
    name: str
    value: str


class _MetricDatum(PascalStruct, frozen=True):
    metric_name: str
    dimensions: tuple[_Dimension, ...] = ()
    timestamp: int | None = None
    value: float | None = None
    values: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()
    storage_resolution: int | None = None


class _PutMetricData(PascalStruct, frozen=True):
    namespace: str
    metric_data: tuple[_MetricDatum, ...] = ()


class _DeleteAlarms(PascalStruct, frozen=True):
    alarm_names: tuple[str, ...]


class _CreateTopic(PascalStruct, frozen=True):
    name: str
    attributes: dict[str, str] = msgspec.field(default_factory=dict)


class _TopicArn(PascalStruct, frozen=True):
    topic_arn: str


class _MessageAttribute(PascalStruct, frozen=True):
    data_type: str
    string_value: str | None = None
    binary_value: bytes | None = None


class _Publish(PascalStruct, frozen=True):
    message: str
    topic_arn: str | None = None
    subject: str | None = None
    message_attributes: dict[str, _MessageAttribute] = msgspec.field(default_factory=dict)


class _MessageId(PascalStruct, frozen=True):
    message_id: str


class _GetTopicAttributes(PascalStruct, frozen=True):
    topic_arn: str


class _TopicAttributes(PascalStruct, frozen=True):
    attributes: dict[str, str]


class _ConfirmSubscription(PascalStruct, frozen=True):
    topic_arn: str
    token: str


class _SubscriptionArn(PascalStruct, frozen=True):
    subscription_arn: str


class _Unsubscribe(PascalStruct, frozen=True):
    subscription_arn: str


class Toys:
    """The operations; what they were called with is in `calls`, what the next raises in `failure`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.contexts: list[Context] = []
        self.failure: Exception | None = None

    @property
    def last(self) -> dict[str, Any]:
        return self.calls[-1][1]

    def operations(self) -> tuple[Operation, ...]:
        alarm = _MetricAlarm(CANNED_ALARM_NAME, 1.0, 300, (), True, _CONFIGURED, HOSTILE_TEXT)
        table: list[tuple[str, str, type[msgspec.Struct], msgspec.Struct | None]] = [
            ("logs", "CreateLogGroup", _CreateLogGroup, None),
            ("logs", "PutMetricFilter", _PutMetricFilter, None),
            ("logs", "PutLogEvents", _PutLogEvents, _PutLogEventsResult("495")),
            ("cloudwatch", "SetAlarmState", _SetAlarmState, None),
            ("cloudwatch", "DescribeAlarms", _DescribeAlarms, _DescribeAlarmsResult((alarm,), ())),
            ("cloudwatch", "DeleteAlarms", _DeleteAlarms, None),
            ("cloudwatch", "PutMetricData", _PutMetricData, None),
            (
                "cloudwatch",
                "GetMetricStatistics",
                _GetMetricStatistics,
                _GetMetricStatisticsResult("RootUsage", (_Datapoint(1789365300000, 1.0),)),
            ),
            ("sns", "CreateTopic", _CreateTopic, _TopicArn("arn:aws:sns:us-east-1:000000000000:t1")),
            ("sns", "Publish", _Publish, _MessageId("an-id")),
            (
                "sns",
                "GetTopicAttributes",
                _GetTopicAttributes,
                _TopicAttributes({"DisplayName": "", "<": HOSTILE_TEXT}),
            ),
            ("sns", "ConfirmSubscription", _ConfirmSubscription, _SubscriptionArn("arn:sub")),
            ("sns", "Unsubscribe", _Unsubscribe, None),
        ]
        return tuple(
            Operation(
                service, name, self._function(name, kind, result), "A toy.", is_hot=name == "PutLogEvents"
            )
            for service, name, kind, result in table
        )

    def _function(
        self, name: str, kind: type[msgspec.Struct], result: msgspec.Struct | None
    ) -> Callable[[Any, Context], Any]:
        def function(request: Any, context: Context) -> msgspec.Struct | None:
            self.calls.append((name, msgspec.to_builtins(request, builtin_types=(bytes,))))
            self.contexts.append(context)
            failure, self.failure = self.failure, None
            if failure is not None:
                raise failure
            return result

        function.__annotations__["request"] = kind
        return function


def context_for(request_id: str, is_signed: bool, host: str) -> Context:
    """A context without a running system behind it."""
    return Context(
        chain=cast("Chain", None),
        account_id="000000000000",
        region="us-east-1",
        now_ms=0,
        request_id=request_id,
        base_url=f"http://{host}",
        is_signed=is_signed,
    )


@contextlib.contextmanager
def serving(toys: Toys, max_body_bytes: int = 4 * 1024 * 1024) -> Iterator[str]:
    """Serves the operations on a free port, and gives the address."""
    api = AwsApi(toys.operations(), context_for, max_body_bytes)
    app = Starlette(
        routes=[
            Route("/", api.__call__, methods=["GET", "POST"]),
            Route("/service/{service}/operation/{operation}", api.__call__, methods=["POST"]),
        ]
    )
    opened = bind("127.0.0.1", 0)
    host, port = opened.getsockname()
    server = WebServer(app, opened)
    server.start()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()
