import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.record_facts import NOON_MS, facts, facts_strategy
from trailbell.cloudtrail import Principal, PrincipalKind
from trailbell.evidence import Evidence, UnreadableEvidenceError, decode, encode, evidence_of, to_json

_ALICE = Principal(PrincipalKind.USER, "arn:aws:iam::111122223333:user/alice")
_SOME = evidence_of(
    [
        facts(0),
        facts(1, address="203.0.113.9"),
        facts(2, _ALICE, call="ec2:RunInstances", error_code="", event_time_ms=NOON_MS + 2250),
    ]
)
_SOME_JSON = {
    "total": 3,
    "first": "2026-09-14T12:00:00Z",
    "last": "2026-09-14T12:00:02.250Z",
    "principals": [
        {"key": "arn:aws:iam::111122223333:role/deploy", "kind": "role", "count": 2},
        {"key": "arn:aws:iam::111122223333:user/alice", "kind": "user", "count": 1},
    ],
    "calls": [{"key": "s3:GetObject", "count": 2}, {"key": "ec2:RunInstances", "count": 1}],
    "errors": [{"key": "AccessDenied", "count": 2}],
    "addresses": [{"key": "198.51.100.7", "count": 2}, {"key": "203.0.113.9", "count": 1}],
    "accounts": [{"key": "111122223333", "count": 3}],
    "regions": [{"key": "eu-west-1", "count": 3}],
    "examples": ["event-0000", "event-0001", "event-0002"],
    "approximate": False,
}


@given(st.lists(facts_strategy(), max_size=20).map(evidence_of))
def test_what_is_encoded_is_decoded(evidence: Evidence) -> None:
    assert evidence == decode(encode(evidence))


def test_the_encoded_form_begins_with_its_version() -> None:
    assert (encode(_SOME)[0], len(encode(_SOME)) < 500) == (1, True)


@pytest.mark.parametrize(
    ("content", "version"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\x02" + encode(_SOME)[1:], 2, id="a later version"),
        pytest.param(encode(_SOME)[:-1], 1, id="cut"),
        pytest.param(encode(_SOME) + b"\x00", 1, id="followed by something"),
        pytest.param(b"\x01" + msgspec.msgpack.encode(["three"]), 1, id="another shape"),
        pytest.param(b"\x01\xff\xff", 1, id="garbage"),
    ],
)
def test_bytes_that_are_no_evidence_are_refused_with_their_version(
    content: bytes, version: int | None
) -> None:
    with pytest.raises(UnreadableEvidenceError, match="use the one that wrote the data") as caught:
        decode(content)

    assert version == caught.value.version


def test_the_json_form_has_just_the_members_agreed_on() -> None:
    assert (_SOME_JSON, list(_SOME_JSON)) == (to_json(_SOME), list(to_json(_SOME)))


def test_no_records_have_no_times() -> None:
    document = to_json(Evidence.empty())

    assert (
        document["total"],
        document["first"],
        document["last"],
        document["principals"],
        document["examples"],
    ) == (0, None, None, [], [])


def test_a_cut_list_is_all_that_changes_and_what_is_missing_is_counted() -> None:
    expected = {
        **_SOME_JSON,
        "principals": _SOME_JSON["principals"][:1],  # type: ignore[index]
        "calls": _SOME_JSON["calls"][:1],  # type: ignore[index]
        "addresses": _SOME_JSON["addresses"][:1],  # type: ignore[index]
        "omitted": {"principals": 1, "calls": 1, "addresses": 1},
    }

    assert expected == to_json(_SOME, top=1)


def test_a_limit_that_cuts_nothing_adds_nothing() -> None:
    assert to_json(_SOME, top=2) == _SOME_JSON


def test_an_error_bound_is_told_only_for_the_dimensions_it_concerns() -> None:
    records = [facts(number, address=f"192.0.2.{number}") for number in range(3)] + [facts(3), facts(4)]
    document = to_json(evidence_of(records, maximum_keys=2))

    assert (
        document["approximate"],
        document["error_bound"],
        document["addresses"],
    ) == (True, {"addresses": 1}, [{"key": "198.51.100.7", "count": 1}])


def test_an_id_that_came_with_two_times_is_one_example() -> None:
    evidence = evidence_of([facts(0, event_id="x"), facts(1, event_id="x"), facts(2, event_id="y")])

    assert to_json(evidence)["examples"] == ["x", "y"]


@given(st.lists(facts_strategy(), max_size=20).map(evidence_of), st.none() | st.integers(0, 9))
def test_the_json_form_is_json_sorted_by_count(evidence: Evidence, top: int | None) -> None:
    document = json.loads(json.dumps(to_json(evidence, top)))
    for name in ("principals", "calls", "errors", "addresses", "accounts", "regions"):
        ranks = [(-one["count"], one["key"]) for one in document[name]]

        assert sorted(ranks) == ranks
