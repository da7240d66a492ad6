import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.cloudtrail import Principal, PrincipalKind, principal_of

_CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "principals.jsonl").read_text("utf-8").splitlines()
]

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner)
)
_MEMBERS = st.sampled_from(
    [
        *("type", "arn", "accountId", "principalId", "userName", "invokedBy"),
        *("sessionContext", "sessionIssuer", "onBehalfOf", "userId", "identityProvider"),
    ]
)
_TYPES = st.sampled_from(["Root", "IAMUser", "AssumedRole", "AWSAccount", "SAMLUser", "IdentityCenterUser"])
_IDENTITIES = st.dictionaries(
    _MEMBERS,
    _TYPES | _VALUES | st.dictionaries(_MEMBERS, _VALUES | st.dictionaries(_MEMBERS, _VALUES), max_size=3),
)


@pytest.mark.parametrize("case", _CASES, ids=[case["why"] for case in _CASES])
def test_an_identity_gives_its_principal(case: dict[str, Any]) -> None:
    expected = Principal(PrincipalKind(case["kind"]), case["key"], case["session"])

    assert expected == principal_of(case["identity"])


def test_every_kind_of_principal_has_a_case() -> None:
    kinds = {case["kind"] for case in _CASES}

    assert set(PrincipalKind) == kinds


def test_two_sessions_of_a_role_are_one_principal() -> None:
    arn = "arn:aws:sts::111122223333:assumed-role/deploy/"
    first = principal_of({"type": "AssumedRole", "arn": arn + "monday"})
    second = principal_of({"type": "AssumedRole", "arn": arn + "tuesday"})

    assert (first.kind, first.key) == (second.kind, second.key)


@given(_VALUES | _IDENTITIES)
def test_any_json_value_gives_a_principal_with_a_bounded_key(identity: Any) -> None:
    principal = principal_of(identity)

    assert 0 < len(principal.key) <= 1024
    assert len(principal.session) <= 1024


def test_a_number_too_long_for_python_to_print_does_not_raise() -> None:
    principal = principal_of({"type": "AWSAccount", "accountId": 10**5000})

    assert Principal(PrincipalKind.ACCOUNT, "unknown") == principal
