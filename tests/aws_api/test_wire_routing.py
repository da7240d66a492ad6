"""Which operation a request calls, and who may call without a signature."""

import json
from collections.abc import Iterator
from typing import Any

import cbor2
import httpx2
import pytest

from support.aws_raw import FORM, SIGNATURE, json_call, logs_call, query_call, xml_error
from support.aws_toys import Toys, serving


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


@pytest.mark.parametrize("signature", [None, "", "Bearer x", "AWS4-HMAC-SHA256 Credential=a"])
def test_an_unsigned_call_is_refused_and_one_signed_by_halves_too(
    url: str, toys: Toys, signature: str | None
) -> None:
    form = "Action=CreateTopic&Version=2010-03-31&Name=t"
    headers = {"content-type": FORM} | ({} if signature is None else {"authorization": signature})
    answer = httpx2.post(url, content=form, headers=headers)
    target = headers | {
        "x-amz-target": "Logs_20140328.CreateLogGroup",
        "content-type": "application/x-amz-json-1.1",
    }
    in_json = httpx2.post(url, content=b"{}", headers=target)

    status, code = (403, "MissingAuthenticationToken") if signature is None else (400, "IncompleteSignature")
    assert [] == toys.calls
    assert (status, code) == (answer.status_code, xml_error(answer)["Code"])
    assert (status, f"{code}Exception") == (in_json.status_code, in_json.json()["__type"])


@pytest.mark.parametrize(
    "link",
    [
        "/?Action=ConfirmSubscription&TopicArn=t&Token=2336",
        "/?Action=ConfirmSubscription&Version=2010-03-31&TopicArn=t&Token=2336",
        "/?Action=Unsubscribe&SubscriptionArn=s",
    ],
)
def test_the_links_of_messages_need_no_signature(url: str, toys: Toys, link: str) -> None:
    answer = httpx2.get(url + link)

    assert 200 == answer.status_code
    assert [False] == [context.is_signed for context in toys.contexts]


@pytest.mark.parametrize(
    "extra", ["&X-Amz-Signature=0a", "&X-Amz-Credential=x", "&AWSAccessKeyId=A&Signature=x"]
)
def test_a_link_signed_by_halves_is_not_taken_for_unsigned(url: str, toys: Toys, extra: str) -> None:
    answer = httpx2.get(f"{url}/?Action=Unsubscribe&SubscriptionArn=s{extra}")

    assert [] == toys.calls
    assert "IncompleteSignature" == xml_error(answer)["Code"]


def test_a_presigned_address_is_refused_as_any_page_may_link_to_it(url: str, toys: Toys) -> None:
    signed = httpx2.QueryParams(
        {
            "Action": "GetTopicAttributes",
            "TopicArn": "t",
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": "AKIDEXAMPLE/20261123/us-east-1/sns/aws4_request",
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Signature": "0a",
        }
    )
    answer = httpx2.get(f"{url}/?{signed}")

    assert [] == toys.calls
    assert "IncompleteSignature" == xml_error(answer)["Code"]


@pytest.mark.parametrize(
    ("form", "service"),
    [
        ("Version=2010-03-31", "sns"),
        ("Action=DescribeInstances&Version=2016-11-15", "ec2"),
        ("Action=Nothing&Version=2010-08-01", "monitoring"),
        ("Action=CreateLogGroup&Version=2014-03-28", "logs"),
    ],
)
def test_a_form_that_names_no_operation_is_refused(url: str, form: str, service: str) -> None:
    answer = query_call(url, form, service)

    assert (400, "InvalidAction") == (answer.status_code, xml_error(answer)["Code"])


@pytest.mark.parametrize(
    "target",
    ["Logs_20140328.Nothing", "Logs_20140328.", "DynamoDB_20120810.ListTables", "x", "..", "Logs_20140328"],
)
def test_a_target_that_names_no_operation_is_refused(url: str, target: str) -> None:
    answer = json_call(url, target, b"{}")

    assert (400, "UnknownOperationException") == (answer.status_code, answer.json()["__type"])


@pytest.mark.parametrize("path", ["GraniteServiceVersion20100801/operation/No", "x/operation/SetAlarmState"])
def test_a_path_that_names_no_operation_is_refused(url: str, path: str) -> None:
    answer = httpx2.post(
        f"{url}/service/{path}", content=b"", headers={"authorization": SIGNATURE.format("monitoring")}
    )

    assert (400, "UnknownOperationException") == (answer.status_code, cbor2.loads(answer.content)["__type"])


def test_the_region_and_service_of_a_signature_do_not_matter_beside_a_target(url: str, toys: Toys) -> None:
    body = json.dumps({"logGroupName": "trail"}).encode()
    signature = SIGNATURE.format("logs").replace("us-east-1", "eu-west-3")
    answer: Any = logs_call(url, "CreateLogGroup", body, authorization=signature)

    assert 200 == answer.status_code
