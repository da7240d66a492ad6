import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.record_facts import facts, facts_strategy
from trailbell.cloudtrail import Principal, PrincipalKind, RecordFacts
from trailbell.evidence import Evidence, evidence_of, sentence, shown

_ALICE = Principal(PrincipalKind.USER, "arn:aws:iam::111122223333:user/alice")
_DANA = Principal(PrincipalKind.IDENTITY_CENTER, "544894e8-0000-1111-2222-333344445555")
_OTHER = Principal(PrincipalKind.ACCOUNT, "444455556666")
_ANONYMOUS = Principal(PrincipalKind.ANONYMOUS, "anonymous")
_UNKNOWN = Principal(PrincipalKind.UNKNOWN, "unknown")
_EVE = Principal(PrincipalKind.USER, "eve\u202e\r\n\x1b[31m")

_SENTENCES: dict[str, tuple[list[RecordFacts], str]] = {
    "nothing": ([], "no calls"),
    "one call": (
        [facts()],
        "1 call by arn:aws:iam::111122223333:role/deploy; "
        "s3:GetObject 1; AccessDenied 1; from 198.51.100.7 (1)",
    ),
    "a leader with more than half": (
        [
            *[facts()] * 37,
            *[facts(0, _ALICE, call="ec2:RunInstances", error_code="", address="203.0.113.9")] * 3,
            facts(0, _DANA),
        ],
        "41 calls by 3 principals, most by arn:aws:iam::111122223333:role/deploy (37); "
        "s3:GetObject 38, ec2:RunInstances 3; AccessDenied 38; "
        "from 198.51.100.7 (38) and 1 other address",
    ),
    "a leader with less": (
        [*[facts(0, _DANA)] * 2, facts(), facts(0, _ALICE)],
        "4 calls by 3 principals, led by Identity Center user 544894e8-0000-1111-2222-333344445555 (2); "
        "s3:GetObject 4; AccessDenied 4; from 198.51.100.7 (4)",
    ),
    "more than is listed": (
        [facts(call=f"s3:Call{number % 5}", error_code=f"Error{number % 4}") for number in range(1000)]
        + [facts(address=f"192.0.2.{number}", error_code="Error0") for number in range(2)],
        "1,002 calls by arn:aws:iam::111122223333:role/deploy; "
        "s3:Call0 200, s3:Call1 200, s3:Call2 200 and 3 other calls; "
        "Error0 252, Error1 250, Error2 250 and 1 other error; "
        "from 198.51.100.7 (1,000) and 2 other addresses",
    ),
    "nothing but callers": (
        [facts(0, _OTHER, call="", error_code="", address="")] * 2,
        "2 calls by account 444455556666",
    ),
    "unsigned": (
        [facts(0, _ANONYMOUS, error_code="")],
        "1 call by anonymous callers; s3:GetObject 1; from 198.51.100.7 (1)",
    ),
    "no identity": (
        [facts(0, _UNKNOWN, error_code="")],
        "1 call by unknown callers; s3:GetObject 1; from 198.51.100.7 (1)",
    ),
    "hostile": (
        [facts(0, _EVE, call="s3:\u2028Get", error_code="\x00", address="1.2\u200b")],
        "1 call by eve\\u202e\\x0d\\x0a\\x1b[31m; s3:\\u2028Get 1; \\x00 1; from 1.2\\u200b (1)",
    ),
}


@pytest.mark.parametrize(("records", "expected"), _SENTENCES.values(), ids=_SENTENCES)
def test_evidence_is_one_plain_sentence(records: list[RecordFacts], expected: str) -> None:
    assert expected == sentence(evidence_of(records))


def test_counts_that_may_be_short_are_said_to_be() -> None:
    users = [Principal(PrincipalKind.USER, f"user-{number}") for number in range(4)]
    records = [
        facts(0, user, call=f"s3:{user.key}", address=user.key, error_code="")
        for user in [*users, *[users[0]] * 8]
    ]

    expected = (
        "12 calls by many principals, most by user-0 (at least 8); "
        "s3:user-0 at least 8 and many other calls; from user-0 (at least 8) and many other addresses"
    )
    assert expected == sentence(evidence_of(records, maximum_keys=2))


def test_where_no_key_stands_out_there_are_many() -> None:
    users = [Principal(PrincipalKind.USER, f"user-{number}") for number in range(4)]
    records = [facts(0, user, call="", address=user.key, error_code="") for user in users]

    assert sentence(evidence_of(records, maximum_keys=2)) == "4 calls by many principals; from many addresses"


@given(st.lists(facts_strategy(), max_size=12).map(evidence_of))
def test_a_sentence_is_one_printable_line(evidence: Evidence) -> None:
    assert sentence(evidence).isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param(
            "arn:aws:iam::111122223333:user/zoë 🔔", "arn:aws:iam::111122223333:user/zoë 🔔", id="plain"
        ),
        pytest.param("a\r\nb\tc", "a\\x0d\\x0ab\\x09c", id="line breaks"),
        pytest.param("\x00\x1b[2J\x7f\x9b", "\\x00\\x1b[2J\\x7f\\x9b", id="terminal sequences"),
        pytest.param("\u202e\u2066\u200f", "\\u202e\\u2066\\u200f", id="bidirectional overrides"),
        pytest.param("a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\xad", id="invisible characters"),
        pytest.param("\u2028\u2029\u0085", "\\u2028\\u2029\\x85", id="line separators"),
        pytest.param("a\u00a0\u2003b c", "a\\xa0\\u2003b c", id="odd spaces"),
        pytest.param("\ud800", "\\ud800", id="half a surrogate pair"),
        pytest.param("\U000e0041", "\\U000e0041", id="a tag character"),
        pytest.param("\ue000", "\\ue000", id="a private character"),
        pytest.param("a\\x1b", "a\\x1b", id="a backslash stays"),
    ],
)
def test_text_out_of_a_log_is_shown_without_doing_harm(text: str, expected: str) -> None:
    assert expected == shown(text)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abc\n", 6, "abc…"),
        ("ab\n", 6, "ab\\x0a"),
        ("\n\n", 6, "\\x0a…"),
        ("\n\n", 4, "…"),
        ("abc", 1, "…"),
        ("a", 1, "a"),
        ("x" * 300, 256, "x" * 255 + "…"),
    ],
)
def test_long_text_is_cut_at_a_whole_character_or_escape(text: str, limit: int, expected: str) -> None:
    assert expected == shown(text, limit)


@given(st.text(st.characters(codec=None), max_size=40), st.integers(1, 60))
def test_whatever_is_shown_is_printable_bounded_and_shown_again_the_same(text: str, limit: int) -> None:
    once = shown(text, limit)

    assert len(once) <= limit
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in once)
    assert once == shown(once, limit)
