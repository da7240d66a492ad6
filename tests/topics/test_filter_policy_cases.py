"""Every case of the filter-policy file, for both scopes."""

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from trailbell.topics import (
    FilterPolicyError,
    FilterPolicyScope,
    MessageAttribute,
    parse_filter_policy,
)


class Case(msgspec.Struct, frozen=True):
    """One line of the case file; ``match`` is "invalid" where the policy itself is refused."""

    id: str
    policy: Any
    scope: FilterPolicyScope
    attributes: dict[str, dict[str, str]] | None
    body: str | None
    match: bool | str
    why: str
    error: str | None = None

    @property
    def message_attributes(self) -> dict[str, MessageAttribute]:
        return {
            name: MessageAttribute(
                data_type=attribute["DataType"],
                string_value=attribute.get("StringValue"),
                binary_value=base64.b64decode(attribute["BinaryValue"])
                if "BinaryValue" in attribute
                else None,
            )
            for name, attribute in (self.attributes or {}).items()
        }


_FILE = Path(__file__).parents[1] / "cases" / "sns-filter-policy-cases.jsonl"
CASES = msgspec.json.Decoder(Case).decode_lines(_FILE.read_bytes())


def _by_id(cases: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.id) for case in cases]


def test_no_case_is_left_out() -> None:
    assert {True: 58, False: 51, "invalid": 36} == Counter(case.match for case in CASES)


@pytest.mark.parametrize("case", _by_id([case for case in CASES if case.match != "invalid"]))
def test_a_message_is_let_through_as_the_case_says(case: Case) -> None:
    policy = parse_filter_policy(json.dumps(case.policy), case.scope)

    assert case.match == policy.matches(case.message_attributes, case.body or ""), case.why


@pytest.mark.parametrize("case", _by_id([case for case in CASES if case.match == "invalid"]))
def test_an_invalid_policy_is_refused_in_the_words_of_the_case(case: Case) -> None:
    with pytest.raises(FilterPolicyError) as caught:
        parse_filter_policy(json.dumps(case.policy), case.scope)

    assert (case.error or caught.value.message) == caught.value.message, case.why
