"""The demands of AWS's models, in AWS's words."""

from typing import Any

import pytest

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._models import operation_model
from trailbell.aws_api._validation import validate

LONG = "a" * 600


def refusal(service: str, operation: str, **parameters: Any) -> RequestRefusedError:
    with pytest.raises(RequestRefusedError) as caught:
        validate(operation_model(service, operation), parameters)
    return caught.value


def transformation(**more: Any) -> dict[str, Any]:
    return {"metricName": "m", "metricNamespace": "n", "metricValue": "1", **more}


def metric_filter(**more: Any) -> dict[str, Any]:
    given = {"logGroupName": "trail", "filterName": "f", "filterPattern": ""}
    return given | {"metricTransformations": [transformation()]} | more


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        (
            {"filterName": LONG},
            f"Value '{LONG}' at 'filterName' failed to satisfy constraint: "
            "Member must have length less than or equal to 512",
        ),
        (
            {"filterName": "a:b"},
            "Value 'a:b' at 'filterName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [^:*]*",
        ),
        (
            {"filterPattern": None},
            "Value null at 'filterPattern' failed to satisfy constraint: Member must not be null",
        ),
        (
            {"metricTransformations": []},
            "Value '[]' at 'metricTransformations' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            {"metricTransformations": [None]},
            "Value null at 'metricTransformations.1.member' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            {"metricTransformations": [transformation(), transformation(defaultValue=1.0)]},
            "Value '[MetricTransformation(metricName=m, metricNamespace=n, metricValue=1, defaultValue=null, "
            "unit=null, dimensions=null), MetricTransformation(metricName=m, metricNamespace=n, "
            "metricValue=1, defaultValue=1.0, unit=null, dimensions=null)]' at 'metricTransformations' "
            "failed to satisfy constraint: Member must have length less than or equal to 1",
        ),
        (
            {"metricTransformations": [transformation(metricName="a$")]},
            "Value 'a$' at 'metricTransformations.1.member.metricName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [^:*$]*",
        ),
        (
            {"metricTransformations": [{"metricName": "m", "metricNamespace": "n"}]},
            "Value null at 'metricTransformations.1.member.metricValue' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            {"metricTransformations": [transformation(dimensions={"k": "v" * 256})]},
            f"Value '{{k={'v' * 256}}}' at 'metricTransformations.1.member.dimensions' failed to satisfy "
            "constraint: Map value must satisfy constraint: "
            "[Member must have length less than or equal to 255]",
        ),
    ],
)
def test_a_metric_filter_is_refused_in_the_words_of_logs(parameters: dict[str, Any], fault: str) -> None:
    given = {name: value for name, value in metric_filter(**parameters).items() if value is not None}
    refused = refusal("logs", "PutMetricFilter", **given)

    assert RefusalKind.INVALID_PARAMETER is refused.kind
    assert f"1 validation error detected: {fault}" == refused.message


@pytest.mark.parametrize("name", ["A.B-c_d/1#2:x", "a:b", ""])
def test_the_namespace_of_a_metric_filter_may_hold_what_aws_takes(name: str) -> None:
    parameters = metric_filter(metricTransformations=[transformation(metricNamespace=name)])

    assert parameters == validate(operation_model("logs", "PutMetricFilter"), parameters)


@pytest.mark.parametrize("operation", ["CreateLogGroup", "DeleteMetricFilter", "CreateLogStream"])
@pytest.mark.parametrize("member", ["logGroupName", "logStreamName"])
def test_names_of_groups_and_streams_that_are_too_long_have_a_text_of_their_own(
    operation: str, member: str
) -> None:
    refused = refusal("logs", operation, **{member: LONG})

    expected = "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
    assert (RefusalKind.INVALID_PARAMETER, expected) == (refused.kind, refused.message)


def test_all_faults_are_named_at_once() -> None:
    refused = refusal("cloudwatch", "SetAlarmState", AlarmName="", StateValue="FINE")

    assert RefusalKind.VALIDATION is refused.kind
    assert (
        "3 validation errors detected: "
        "Value '' at 'alarmName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        "Value 'FINE' at 'stateValue' failed to satisfy constraint: "
        "Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]; "
        "Value null at 'stateReason' failed to satisfy constraint: Member must not be null"
    ) == refused.message


def test_the_elements_of_a_list_of_texts_have_one_fault_together() -> None:
    refused = refusal("cloudwatch", "DeleteAlarms", AlarmNames=["a", "", "b" * 256])

    assert (
        f"1 validation error detected: Value '[a, , {'b' * 256}]' at 'alarmNames' failed to satisfy "
        "constraint: Member must satisfy constraint: [Member must have length less than or equal to 255, "
        "Member must have length greater than or equal to 1]"
    ) == refused.message


def test_numbers_are_bounded_by_value() -> None:
    refused = refusal("logs", "DescribeMetricFilters", limit=51)

    assert (
        "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 50"
    ) == refused.message


def test_a_metric_namespace_may_begin_with_a_colon() -> None:
    assert validate(operation_model("cloudwatch", "PutMetricData"), {"Namespace": ":x"})


def test_a_statistic_that_is_none_is_left_to_the_operation() -> None:
    parameters = {
        "Namespace": "n",
        "MetricName": "m",
        "StartTime": 0,
        "EndTime": 1,
        "Period": 60,
        "Statistics": ["Mode"],
    }

    assert parameters == validate(operation_model("cloudwatch", "GetMetricStatistics"), parameters)


@pytest.mark.parametrize("tag", ["team", "Größe 1_.:/=+-@", "名前"])
def test_letters_of_all_alphabets_may_stand_in_tags(tag: str) -> None:
    parameters = {"logGroupName": "g", "tags": {tag: tag}}

    assert parameters == validate(operation_model("logs", "CreateLogGroup"), parameters)


def test_the_keys_of_a_map_have_one_fault_together() -> None:
    refused = refusal("logs", "CreateLogGroup", logGroupName="g", tags={"a?": "", "b!": ""})

    assert "at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [" in refused.message
    assert refused.message.startswith("1 validation error")


@pytest.mark.parametrize(
    ("operation", "parameters", "kind", "message"),
    [
        (
            "Unsubscribe",
            {},
            RefusalKind.INVALID_PARAMETER,
            "Invalid parameter: SubscriptionArn Reason: no value for required parameter",
        ),
        (
            "Publish",
            {"Message": "m", "MessageAttributes": {"N": {}}},
            RefusalKind.VALIDATION,
            "1 validation error detected: Value null at 'messageAttributes.N.member.dataType' failed to "
            "satisfy constraint: Member must not be null",
        ),
        (
            "PublishBatch",
            {
                "TopicArn": "t",
                "PublishBatchRequestEntries": [
                    {"Id": "a", "Message": "m", "MessageAttributes": {"N": {"StringValue": "v"}}}
                ],
            },
            RefusalKind.VALIDATION,
            "1 validation error detected: Value null at "
            "'publishBatchRequestEntries.1.member.messageAttributes.N.member.dataType' failed to "
            "satisfy constraint: Member must not be null",
        ),
        (
            "CreateTopic",
            {"Name": "t", "Tags": [{"Key": "k" * 129, "Value": ""}]},
            RefusalKind.VALIDATION,
            f"1 validation error detected: Value '{'k' * 129}' at 'tags.1.member.key' failed to satisfy "
            "constraint: Member must have length less than or equal to 128",
        ),
    ],
)
def test_sns_has_a_kind_for_what_is_missing_and_one_for_the_rest(
    operation: str, parameters: dict[str, Any], kind: RefusalKind, message: str
) -> None:
    refused = refusal("sns", operation, **parameters)

    assert (kind, message) == (refused.kind, refused.message)


@pytest.mark.parametrize(
    ("operation", "parameters", "filled"),
    [
        ("Publish", {"TopicArn": "t"}, {"Message": ""}),
        ("PublishBatch", {"TopicArn": "t"}, {"PublishBatchRequestEntries": []}),
    ],
)
def test_what_has_a_text_of_its_own_when_missing_is_left_to_the_operation(
    operation: str, parameters: dict[str, Any], filled: dict[str, Any]
) -> None:
    assert parameters | filled == validate(operation_model("sns", operation), parameters)


def test_a_refused_text_of_a_megabyte_does_not_come_back_whole() -> None:
    refused = refusal("logs", "PutMetricFilter", **metric_filter(filterPattern="x" * 1_000_000))

    assert len(refused.message) < 5_000
