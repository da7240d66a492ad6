"""A topic's policy gets one statement more and keeps all that it has."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.remediation._topic_policy import merged_policy

TOPIC = "arn:aws:sns:eu-west-1:111122223333:bell"
STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.text()},
        optional={"Sid": st.sampled_from(["TrailbellAlarms", "TrailbellAlarms2", "a"])},
    ),
    max_size=4,
)


@given(STATEMENTS, st.dictionaries(st.sampled_from(["Version", "Id"]), st.text()))
def test_everything_is_kept_and_alarms_of_the_account_may_publish(
    statements: list[dict[str, Any]], rest: dict[str, str]
) -> None:
    merged = merged_policy(json.dumps({**rest, "Statement": statements}), TOPIC)
    assert merged is not None
    document = json.loads(merged)
    *kept, added = document.pop("Statement")

    assert (statements, rest) == (kept, document)
    assert added["Sid"] not in [each.get("Sid") for each in statements]
    assert {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    } == {name: value for name, value in added.items() if name != "Sid"}


def test_one_statement_that_is_no_list_is_kept_too() -> None:
    merged = merged_policy('{"Statement": {"Effect": "Deny"}}', TOPIC)

    assert merged is not None
    assert {"Effect": "Deny"} == json.loads(merged)["Statement"][0]


def test_a_policy_is_filled_up_to_what_sns_takes_and_not_beyond() -> None:
    def policy(size: int, statements: int = 1) -> str:
        return json.dumps({"Id": "x" * size, "Statement": [{"Effect": "Deny"}] * statements})

    merged = merged_policy(policy(0), TOPIC)
    assert merged is not None
    room = 30_720 - len(merged)

    assert merged_policy(policy(room), TOPIC) is not None
    assert merged_policy(policy(room + 1), TOPIC) is None
    assert merged_policy(policy(0, 99), TOPIC) is not None
    assert merged_policy(policy(0, 100), TOPIC) is None


def test_an_id_that_is_no_text_is_kept_too() -> None:
    assert merged_policy('{"Statement": [{"Sid": ["a"]}]}', TOPIC) is not None


@pytest.mark.parametrize(
    "policy", ["", "nonsense", "[]", '{"Statement": ["x"]}', '{"Statement": 7}', "[" * 99_999]
)
def test_what_is_no_policy_is_not_merged_with(policy: str) -> None:
    assert merged_policy(policy, TOPIC) is None
