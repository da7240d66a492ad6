"""Bodies that no client sends: every one is answered in AWS's form, and none reaches an operation."""

import gzip
import json
from collections.abc import Iterator

import cbor2
import httpx2
import pytest

from support.aws_raw import cbor_call, logs_call, query_call, xml_error
from support.aws_toys import HOSTILE_TEXT, Toys, serving

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(TOYS) as address:
        yield address


TOYS = Toys()


@pytest.fixture(autouse=True)
def toys() -> Toys:
    TOYS.calls.clear()
    TOYS.contexts.clear()
    return TOYS


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "The body of the request is not valid JSON."),
        (b"\xff\xfe", "The body of the request is not valid JSON."),
        (b'{"logGroupName": NaN}', "The body of the request is not valid JSON."),
        (b'{"logGroupName": NaN, "a": "\\ud800"}', "The body of the request is not valid JSON."),
        (b'{"logGroupName": "\\uZZZZ"}', "The body of the request is not valid JSON."),
        (b"[]", "The body of the request must be one map of parameters."),
        (b'"text"', "The body of the request must be one map of parameters."),
        (b'{"logGroupName": 1}', "NUMBER_VALUE cannot be converted to String"),
        (b'{"logGroupName": true}', "TRUE_VALUE cannot be converted to String"),
        (b'{"logGroupName": []}', "Start of list found where not expected."),
        (b'{"logGroupName": {}}', "Start of structure or map found where not expected."),
        (b'{"tags": "x"}', "STRING_VALUE found where a structure or map is expected."),
        (b'{"tags": []}', "Start of list found where not expected."),
        (b'{"deletionProtectionEnabled": "yes"}', "STRING_VALUE cannot be converted to Boolean"),
    ],
)
def test_json_that_does_not_fit_is_refused_as_aws_words_it(
    url: str, toys: Toys, body: bytes, message: str
) -> None:
    answer = logs_call(url, "CreateLogGroup", body)

    assert [] == toys.calls
    assert 400 == answer.status_code
    assert "application/x-amz-json-1.1" == answer.headers["content-type"]
    assert {"__type": "SerializationException", "message": message} == answer.json()


def test_a_text_for_a_number_is_refused_as_aws_words_it(url: str) -> None:
    body = {
        "logGroupName": "trail",
        "filterName": "f",
        "filterPattern": "",
        "metricTransformations": [
            {"metricName": "m", "metricNamespace": "n", "metricValue": "1", "defaultValue": "zero"}
        ],
    }
    answer = logs_call(url, "PutMetricFilter", json.dumps(body).encode())

    assert {
        "__type": "SerializationException",
        "message": "STRING_VALUE cannot be converted to Double",
    } == answer.json()


@pytest.mark.parametrize("depth", [2_000, 500_000])
@pytest.mark.parametrize("operation", ["CreateLogGroup", "PutLogEvents"])
@pytest.mark.parametrize("tail", [b"", b'"\\ud800"'])
def test_endless_nesting_is_refused(url: str, operation: str, depth: int, tail: bytes) -> None:
    answer = logs_call(url, operation, b'{"x":' + b"[" * depth + tail)

    assert 400 == answer.status_code
    assert "SerializationException" == answer.json()["__type"]


@pytest.mark.parametrize("escaped", [b"\\ud83d", b"\\udc00 and more", b"\\ud83d\\ud83d\\ude00"])
def test_half_a_surrogate_pair_becomes_a_replacement_character(url: str, toys: Toys, escaped: bytes) -> None:
    body = (
        b'{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"a '
        + escaped
        + b'"}]}'
    )
    answer = logs_call(url, "PutLogEvents", body)

    assert 200 == answer.status_code
    [event] = toys.last["logEvents"]
    assert "a \ufffd" in event["message"]
    assert not any("\ud800" <= character <= "\udfff" for character in event["message"])


def test_members_that_aws_does_not_know_and_nulls_are_ignored(url: str, toys: Toys) -> None:
    body = b'{"logGroupName": "trail", "kmsKeyId": null, "Foo": {"a": [1]}}'
    answer = logs_call(url, "CreateLogGroup", body)

    assert (200, b"") == (answer.status_code, answer.content)
    assert {"logGroupName": "trail"} == toys.last


@pytest.mark.parametrize(
    ("text", "read"),
    [("NaN", "nan"), ("1e3", "1000.0"), ("Infinity", "inf"), ("-Infinity", "-inf"), (".5", "0.5")],
)
def test_numbers_of_a_form_may_be_written_as_java_does(url: str, toys: Toys, text: str, read: str) -> None:
    form = "Action=PutMetricData&Version=2010-08-01&Namespace=x&MetricData.member.1.MetricName=m"
    answer = query_call(url, f"{form}&MetricData.member.1.Value={text}")

    assert 200 == answer.status_code
    [datum] = toys.last["MetricData"]
    assert read == repr(datum["Value"])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("Period=soon", "The value 'soon' of the parameter Period is not an Integer."),
        ("Period=99999999999", "The value '99999999999' of the parameter Period is not an Integer."),
        ("Period=", "The value '' of the parameter Period is not an Integer."),
        ("StartTime=yesterday", "The value 'yesterday' of the parameter StartTime is not a timestamp"),
        ("Statistics=Sum", "The parameter Statistics is not one value; it has members."),
        ("Statistics.member.one=Sum", "The members of Statistics must be numbered, not named 'one'."),
        ("Statistics.member.1.x=Sum", "The parameter Statistics.member.1 is one value, and has no members."),
        ("Namespace." + ".".join("x" * 40) + "=1", "The parameter Namespace is nested too deeply."),
    ],
)
def test_a_form_that_does_not_fit_is_refused_in_xml(url: str, toys: Toys, fields: str, message: str) -> None:
    answer = query_call(url, f"Action=GetMetricStatistics&Version=2010-08-01&{fields}")

    error = xml_error(answer)
    assert [] == toys.calls
    assert (400, "text/xml") == (answer.status_code, answer.headers["content-type"])
    assert ("Sender", "MalformedInput") == (error["Type"], error["Code"])
    assert message in error["Message"]
    assert answer.headers["x-amzn-requestid"] == error["RequestId"]


def test_a_form_of_very_many_fields_is_refused(url: str) -> None:
    answer = query_call(url, "Action=DescribeAlarms&Version=2010-08-01" + "&a=" * 50_000)

    assert "The request has more than 40000 fields." == xml_error(answer)["Message"]


def test_bytes_that_are_no_text_are_replaced_in_a_form(url: str, toys: Toys) -> None:
    query_call(url, "Action=CreateTopic&Version=2010-03-31&Name=a%ff%ed%a0%80", "sns")

    assert "\ufffd" in toys.last["Name"]


@pytest.mark.parametrize("service", ["monitoring", "sns"])
def test_hostile_text_comes_back_as_well_formed_xml(url: str, service: str) -> None:
    form = httpx2.QueryParams({"Action": HOSTILE_TEXT + "<x>", "Version": "2010-03-31"})
    answer = query_call(url, str(form), service)

    error = xml_error(answer)
    assert "InvalidAction" == error["Code"]
    assert "<b>&\"'</b>]]>\ufffd\ufffd\ufffd\r\n\t\U0001f600 <x>" in error["Message"]


CALL = {"AlarmName": "nope", "StateValue": "OK", "StateReason": "x"}


@pytest.mark.parametrize(
    "body",
    [
        bytes.fromhex(
            "a369416c61726d4e616d65646e6f70656a537461746556616c7565624f4b6b5374617465526561736f6e6178"
        ),
        cbor2.dumps(CALL, indefinite_containers=True),
        b"\xbf" + b"".join(cbor2.dumps(name) + cbor2.dumps(text) for name, text in CALL.items()) + b"\xff",
        b"\xa3\x7f\x65Alarm\x64Name\xff\x64nope" + cbor2.dumps({**CALL, "AlarmName": 0})[1:][11:],
    ],
    ids=["as observed", "indefinite", "indefinite by hand", "text in pieces"],
)
def test_cbor_may_have_definite_and_indefinite_forms(url: str, toys: Toys, body: bytes) -> None:
    answer = cbor_call(url, "SetAlarmState", body)

    assert 200 == answer.status_code, answer.content
    assert "rpc-v2-cbor" == answer.headers["smithy-protocol"]
    assert CALL == toys.last


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"\x01", 1.0),
        (b"\x39\x01\x2b", -300.0),
        (b"\xf9\x3e\x00", 1.5),
        (b"\xfa\x3f\xc0\x00\x00", 1.5),
        (b"\xfb\x3f\xf8" + b"\x00" * 6, 1.5),
        (b"\xf9\x7c\x00", float("inf")),
    ],
    ids=["integer", "negative", "half", "single", "double", "half infinity"],
)
def test_a_double_in_cbor_may_be_any_number(url: str, toys: Toys, written: bytes, read: float) -> None:
    head = cbor2.dumps({"Namespace": "x", "MetricData": [0]})[:-1]
    datum = cbor2.dumps({"MetricName": "m", "Value": 0})[:-1] + written
    answer = cbor_call(url, "PutMetricData", head + datum)

    assert 200 == answer.status_code, answer.content
    assert [{"MetricName": "m", "Value": read}] == list(toys.last["MetricData"])


@pytest.mark.parametrize("written", [b"\x1a\x6a\xa7\x7f\x50", b"\xfb" + bytes.fromhex("41daa9dfd4000000")])
def test_an_instant_in_cbor_may_be_an_integer_or_a_double(url: str, toys: Toys, written: bytes) -> None:
    head = cbor2.dumps({"Namespace": "x", "MetricData": [0]})[:-1]
    datum = cbor2.dumps({"MetricName": "m", "Timestamp": 0})[:-1] + b"\xc1" + written
    cbor_call(url, "PutMetricData", head + datum)

    assert 1789362000000 == toys.last["MetricData"][0]["Timestamp"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xa1", "it is cut short"),
        (b"\xbb" + b"\xff" * 8, "it is cut short"),
        (b"\x9b" + b"\xff" * 8, "it is cut short"),
        (b"\xbf\x61a", "it is cut short"),
        (b"\x9f" * 100_000, "it is nested too deeply"),
        (b"\xa1\x61a" * 100_000, "it is nested too deeply"),
        (b"\xa1\x01\x01", "the key of a map is not a text"),
        (b"\xa1\x61a\x61\xff", "a text is not UTF-8"),
        (b"\xa1\x61a\xd8\x1d\x00", "only tag 1 is known"),
        (b"\xa1\x61a\xc1\x61b", "only tag 1 is known"),
        (b"\xa1\x61a\xf8\x20", "a simple value is not known"),
        (b"\xa1\x61a\x1f", "a number has no length"),
        (b"\xa1\x61a\x7f\x41b\xff", "a string in pieces holds something else"),
        (b"\xa0\x00", "something follows the first item"),
    ],
)
def test_cbor_that_is_none_is_refused_in_cbor(url: str, body: bytes, reason: str) -> None:
    answer = cbor_call(url, "SetAlarmState", body, **{"x-amzn-query-mode": "true"})

    error = cbor2.loads(answer.content)
    assert (400, "application/cbor") == (answer.status_code, answer.headers["content-type"])
    assert "rpc-v2-cbor" == answer.headers["smithy-protocol"]
    assert "MalformedInput;Sender" == answer.headers["x-amzn-query-error"]
    assert "SerializationException" == error["__type"]
    assert reason in error["message"]


@pytest.mark.parametrize("mode", ["", "true"])
def test_codes_of_the_query_protocol_are_for_those_who_ask(url: str, toys: Toys, mode: str) -> None:
    headers = {"x-amzn-query-mode": mode} if mode else {}
    answer = cbor_call(url, "DeleteAlarms", b"\xa0", **headers)

    assert [] == toys.calls
    assert ("ValidationError;Sender" if mode else None) == answer.headers.get("x-amzn-query-error")
    assert "com.amazon.coral.validate#ValidationException" == cbor2.loads(answer.content)["__type"]


def test_gzip_is_unpacked_within_bounds(url: str, toys: Toys) -> None:
    body = gzip.compress(b'{"logGroupName": "trail"}')
    answer = logs_call(url, "CreateLogGroup", body, content_encoding="gzip")

    assert 200 == answer.status_code
    assert {"logGroupName": "trail"} == toys.last


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        (gzip.compress(b" " * 64 * MEBIBYTE, mtime=0), "gzip", "holds more than may be read at once"),
        (gzip.compress(b"{}", mtime=0)[:-9], "gzip", "cannot be decompressed"),
        (b"{}", "gzip", "The body is not compressed with gzip"),
        (b"", "gzip", "The body is not compressed with gzip"),
        (b"{}", "br", "must be gzip or identity"),
        (b"{}", "gzip, gzip", "must be gzip or identity"),
    ],
)
def test_bodies_that_cannot_be_unpacked_are_refused(
    url: str, toys: Toys, body: bytes, encoding: str, message: str
) -> None:
    answer = logs_call(url, "CreateLogGroup", body, content_encoding=encoding)

    assert [] == toys.calls
    assert "SerializationException" == answer.json()["__type"]
    assert message in answer.json()["message"]


def test_a_body_beyond_the_bound_is_refused(url: str) -> None:
    answer = logs_call(url, "CreateLogGroup", b" " * (5 * MEBIBYTE))

    assert (413, "RequestEntityTooLargeException") == (answer.status_code, answer.json()["__type"])
