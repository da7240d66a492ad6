"""The fast way of reading a request and the slow one give the same, also for what is refused."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from support.aws_toys import Toys, context_for
from trailbell.aws_api import AwsApi

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0a1b"
)
HEADERS = {
    "x-amz-target": "Logs_20140328.PutLogEvents",
    "content-type": "application/x-amz-json-1.1",
    "authorization": SIGNATURE,
}
EVENT = {"timestamp": 1, "message": "m"}
REQUEST = {"logGroupName": "trail", "logStreamName": "s", "logEvents": [EVENT]}


class Twin:
    def __init__(self, *, is_hot: bool) -> None:
        self.toys = Toys()
        operations = [msgspec.structs.replace(each, is_hot=is_hot) for each in self.toys.operations()]
        api = AwsApi(operations, context_for)
        self._client = TestClient(Starlette(routes=[Route("/", api.__call__, methods=["POST"])]))

    def call(self, body: bytes) -> tuple[int, Any, list[Any]]:
        self.toys.calls.clear()
        answer = self._client.post("/", content=body, headers=HEADERS)
        return answer.status_code, answer.json(), list(self.toys.calls)


HOT, SLOW = Twin(is_hot=True), Twin(is_hot=False)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"sequenceToken": None},
        {"entity": None},
        {"Unknown": 1},
        {"logGroupName": ""},
        {"logGroupName": "a" * 513},
        {"logGroupName": "a b"},
        {"logGroupName": "trail\n"},
        {"logGroupName": 1},
        {"logGroupName": None},
        {"logStreamName": "a:b"},
        {"logEvents": []},
        {"logEvents": [EVENT] * 10_001},
        {"logEvents": [None]},
        {"logEvents": [{"timestamp": -1, "message": "m"}]},
        {"logEvents": [{"timestamp": 1.0, "message": "m"}]},
        {"logEvents": [{"timestamp": 1.5, "message": "m"}]},
        {"logEvents": [{"timestamp": "1", "message": "m"}]},
        {"logEvents": [{"timestamp": 1, "message": ""}]},
        {"logEvents": [{"message": "m"}]},
        {"logEvents": [EVENT | {"more": 1}]},
        {"logEvents": [EVENT | {"message": "\ud800"}]},
        {"entity": {"keyAttributes": {"a": "b", "c": "d"}}},
    ],
    ids=lambda change: json.dumps(change)[:60],
)
def test_the_fast_way_answers_as_the_slow_one(change: dict[str, Any]) -> None:
    body = json.dumps(REQUEST | change).encode()

    assert SLOW.call(body) == HOT.call(body)


TEXTS = st.text(max_size=5) | st.sampled_from(["trail", "s", "\ud83d", ""])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {"timestamp": st.integers(0, 9) | JSON_VALUES, "message": TEXTS | JSON_VALUES},
        optional={"more": JSON_VALUES},
    ),
    max_size=3,
)


@given(
    request=st.fixed_dictionaries(
        {},
        optional={
            "logGroupName": st.just("trail") | JSON_VALUES,
            "logStreamName": st.just("s") | JSON_VALUES,
            "logEvents": EVENTS | JSON_VALUES,
            "other": JSON_VALUES,
        },
    )
)
@settings(max_examples=100)
def test_the_fast_way_answers_as_the_slow_one_to_anything(request: dict[str, Any]) -> None:
    body = json.dumps(request).encode()

    assert SLOW.call(body) == HOT.call(body)
