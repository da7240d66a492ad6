"""What is written reads back as the same with botocore's own parsers, whatever it is."""

import datetime
from typing import Any

import pytest
from botocore.loaders import Loader  # type: ignore[import-untyped]
from botocore.model import ServiceModel  # type: ignore[import-untyped]
from botocore.parsers import create_parser  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.aws_api._models import operation_model
from trailbell.aws_api._shapes import Shape, ShapeKind
from trailbell.aws_api._writing import write_cbor, write_json
from trailbell.aws_api._xml import write_xml_result

OPERATIONS = [
    ("cloudwatch", "DescribeAlarms"),
    ("cloudwatch", "DescribeAlarmHistory"),
    ("cloudwatch", "GetMetricData"),
    ("cloudwatch", "GetMetricStatistics"),
    ("cloudwatch", "ListMetrics"),
    ("logs", "DescribeMetricFilters"),
    ("logs", "FilterLogEvents"),
    ("logs", "TestMetricFilter"),
    ("sns", "GetTopicAttributes"),
    ("sns", "ListSubscriptionsByTopic"),
    ("sns", "PublishBatch"),
    ("cloudtrail", "LookupEvents"),
    ("sts", "GetCallerIdentity"),
]
PROTOCOLS_OF = {"cloudwatch": ["json", "query", "smithy-rpc-v2-cbor"], "sns": ["query"], "sts": ["query"]}
CASES = [(*each, protocol) for each in OPERATIONS for protocol in PROTOCOLS_OF.get(each[0], ["json"])]

# XML 1.0 cannot hold the rest; what becomes of it is tested elsewhere.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r"
    ),
    max_size=12,
)
# Exactly one member of these must be there.
UNIONS = frozenset({"EvaluationCriteria", "EvaluationWindow"})
SCALARS = {
    ShapeKind.STRING: TEXTS,
    ShapeKind.INTEGER: st.integers(-(2**31), 2**31 - 1),
    ShapeKind.LONG: st.integers(-(2**63), 2**63 - 1),
    ShapeKind.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    ShapeKind.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    ShapeKind.BOOLEAN: st.booleans(),
    ShapeKind.BLOB: st.binary(max_size=9),
    ShapeKind.TIMESTAMP: st.integers(0, 4_102_444_800_000),
}


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.kind is ShapeKind.STRUCTURE:
        members = {
            name: values_of(member) for name, member in shape.members.items() if member.name not in UNIONS
        }
        return st.fixed_dictionaries({}, optional=members)
    if shape.element is None:
        return SCALARS[shape.kind]
    if shape.kind is ShapeKind.LIST:
        return st.lists(values_of(shape.element), max_size=2)
    return st.dictionaries(TEXTS, values_of(shape.element), max_size=3)


def as_read(shape: Shape, value: Any) -> Any:
    if shape.kind is ShapeKind.STRUCTURE:
        return {name: as_read(shape.members[name], member) for name, member in value.items()}
    if shape.kind is ShapeKind.TIMESTAMP:
        return datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(milliseconds=value)
    if shape.element is None:
        return value
    if shape.kind is ShapeKind.LIST:
        return [as_read(shape.element, each) for each in value]
    return {key: as_read(shape.element, each) for key, each in value.items()}


def written(service: str, operation: str, protocol: str, result: dict[str, Any]) -> bytes:
    output = operation_model(service, operation).output
    assert output is not None
    if protocol == "query":
        return write_xml_result(operation, "http://example.com/", output, result, "an-id")
    return (write_json if protocol == "json" else write_cbor)(output, result)


@pytest.mark.parametrize(("service", "operation", "protocol"), CASES)
@given(data=st.data())
@settings(max_examples=25)
def test_a_result_reads_back_as_it_was(
    service: str, operation: str, protocol: str, data: st.DataObject
) -> None:
    output = operation_model(service, operation).output
    assert output is not None
    result = data.draw(values_of(output))
    botocore_model = ServiceModel(LOADER.load_service_model(service, "service-2"), service)
    response = {
        "body": written(service, operation, protocol, result),
        "headers": {"smithy-protocol": "rpc-v2-cbor"},
        "status_code": 200,
    }
    parsed = create_parser(protocol).parse(response, botocore_model.operation_model(operation).output_shape)
    parsed.pop("ResponseMetadata")

    assert as_read(output, result) == parsed


LOADER = Loader()


def test_an_operation_without_output_has_no_result_element() -> None:
    expected = (
        b'<DeleteTopicResponse xmlns="http://x/"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>'
        b"</DeleteTopicResponse>\n"
    )

    assert expected == write_xml_result("DeleteTopic", "http://x/", None, {}, "id")


def test_members_stand_in_the_order_of_the_model_and_empty_lists_are_there() -> None:
    result = {"MetricAlarms": [{"Dimensions": [], "Threshold": 1, "OKActions": [], "AlarmName": "a"}]}

    assert (
        b"<DescribeAlarmsResult><MetricAlarms><member><AlarmName>a</AlarmName><OKActions></OKActions>"
        b"<Dimensions></Dimensions><Threshold>1.0</Threshold></member></MetricAlarms></DescribeAlarmsResult>"
    ) in written("cloudwatch", "DescribeAlarms", "query", result)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_beyond_all_bounds_have_words(number: float) -> None:
    word = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[repr(number)].encode()
    result = {"Datapoints": [{"Sum": number}]}

    assert b'{"Datapoints":[{"Sum":"' + word + b'"}]}' == written(
        "cloudwatch", "GetMetricStatistics", "json", result
    )
    assert b"<Sum>" + word + b"</Sum>" in written("cloudwatch", "GetMetricStatistics", "query", result)


@pytest.mark.parametrize("protocol", ["json", "query", "smithy-rpc-v2-cbor"])
def test_a_member_that_aws_does_not_have_is_never_written(protocol: str) -> None:
    with pytest.raises(KeyError):
        written("cloudwatch", "DescribeAlarms", protocol, {"Invented": 1})
