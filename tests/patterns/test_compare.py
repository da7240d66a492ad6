"""What patterns match over all events: relations, events that show them, and what stays unknown."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.brute_force import EVENTS, PatternMaker
from support.pattern_strategies import patterns
from trailbell.patterns import FilterPattern, Pattern, Relation, compare, matches, parse_pattern
from trailbell.patterns._coverage import SearchResult, find_event

DENIED = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'


@pytest.mark.parametrize(
    ("reference", "candidate", "relation"),
    [
        ("{ $.a = 1 && $.b = 2 || $.c = 3 }", "{ $.c = 3 || ($.b = 2 && $.a = 1) }", "equivalent"),
        ("{ $.a = x }", '{ $.a = "x" }', "equivalent"),
        ("{ $.a[*] = x }", "{ $.a.* = x }", "equivalent"),
        ('{ $.a = "*" }', '{ $.a != "" || $.a = "" }', "equivalent"),
        ("{ $.a > 1 || $.a <= 1 }", '{ $.a > 1 || $.a <= 1 || $.a != "*" }', "equivalent"),
        ("{ $.a = 1 }", "{ $.a = 1.0 }", "incomparable"),
        ("{ $.a = 10 }", '{ $.a = "10" }', "stricter"),
        ("{ $.a > 1 }", "{ $.a >= 2 }", "stricter"),
        ("{ $.a > 9007199254740992 }", "{ $.a >= 9007199254740993 }", "equivalent"),
        ("{ $.a > 0.1 }", "{ $.a > 0.10000000000000001 }", "equivalent"),
        ("{ $.a > 99 && $.a = 4* }", "{ $.a > 499 && $.a = 4* }", "stricter"),
        ("{ $.a != x }", "{ $.a NOT EXISTS || $.a != x }", "looser"),
        ("{ $.a.b NOT EXISTS }", "{ $.a NOT EXISTS }", "stricter"),
        ("{ $.a IS NULL }", "{ $.a IS NULL && $.a[0] NOT EXISTS }", "stricter"),
        ("{ $.a[0] IS NULL && $.a[0][0] NOT EXISTS }", "{ $.a IS NULL && $.a[0] IS NULL }", "equivalent"),
        ("{ $.a[1] = x }", "{ $.a[1] = x && $.a[0] NOT EXISTS }", "stricter"),
        ("{ $.a[*] != x }", "{ $.a[*] != x && $.a NOT EXISTS }", "stricter"),
        ("{ $.a[*] = x && $.a[1] NOT EXISTS && $.a[0] != x }", "{ $.a.b = x && $.a.b != x }", "equivalent"),
        ("{ $.a[*] = x && $.a[1] NOT EXISTS }", "{ $.a[0] = x && $.a[1] NOT EXISTS }", "stricter"),
        ("{ $.a[*] NOT EXISTS }", "{ $.a[0] NOT EXISTS }", "looser"),
        ("{ $.a = %^x% }", "{ $.a = x* }", "equivalent"),
        ("{ $.a = %[0-9]% }", "{ $.a = %^.*\\d% }", "stricter"),
        ("", "{ $.a NOT EXISTS || $.a IS NULL }", "stricter"),
        ("{ $.a = 1 }", "", "looser"),
        ("", " ", "equivalent"),
        ("ERROR", "ERROR WARN", "stricter"),
        ("?a ?b", "b", "stricter"),
        ("-x", "%^[^x]*$%", "equivalent"),
        ("a -b", "a ?c -b", "equivalent"),
        ("%a.*b%", "a b", "looser"),
        ("{ $.a = 1 }", "ERROR", "incomparable"),
        ("[a, b = 1]", "[a, b=1]", "equivalent"),
    ],
)
def test_patterns_are_compared_by_what_they_match(reference: str, candidate: str, relation: str) -> None:
    assert relation == compare(reference, candidate).relation
    turned = {"stricter": "looser", "looser": "stricter"}
    assert turned.get(relation, relation) == compare(candidate, reference).relation


@pytest.mark.parametrize(
    ("reference", "candidate", "reason"),
    [
        ("{ $.a = 1 }", "a", "patterns of different kinds: a JSON object and text"),
        ("[a, b = 1]", "a", "patterns of different kinds: space-delimited words and text"),
        (
            "{ $.a = %[[:alpha:]]% }",
            "{ $.a = %[[:alpha:]]x% }",
            "a class such as [:alpha:] in a regular expression",
        ),
        (
            "{ $.a > 99 && $.a = 4* }",
            "{ $.a > 299 && $.a = 4* }",
            "a number asked for by an ordering and by its text",
        ),
        ("{ $.a > 1e5000 }", "{ $.a > 1e5001 }", "a number of more than 4000 digits"),
        ("{ $.a[20000] = 1 }", "{ $.a[20001] = 1 }", "an array of more than 10000 elements"),
        ("{ $" + ".a" * 101 + " = 1 }", "{ $.a = 1 }", "a selector of more than 100 steps"),
        ('{ $.a = "\ud800" }', "{ $.a = 1 }", "half a surrogate pair"),
    ],
)
def test_what_cannot_be_decided_is_unknown_and_says_why(reference: str, candidate: str, reason: str) -> None:
    coverage = compare(reference, candidate)

    assert (Relation.UNKNOWN, reason) == (coverage.relation, coverage.reason)


def test_a_pattern_beyond_the_means_is_still_equivalent_to_itself() -> None:
    pattern = "{ $.a = %[[:alpha:]]% || $.b > 1e5000 }"

    assert Relation.EQUIVALENT == compare(pattern, pattern).relation


def test_what_lies_beyond_the_means_does_not_matter_where_an_event_is_found_without_it() -> None:
    coverage = compare("{ $.a = %[[:alpha:]]% || $.b = x }", "{ $.a = %[[:alpha:]]% || $.b = y }")

    assert Relation.INCOMPARABLE == coverage.relation


def test_a_search_beyond_its_budget_is_unknown() -> None:
    reference, candidate = "{ $.a = %^[ab]{9}c$% && $.a != x }", "{ $.a = %^[abc]{9}.*% }"
    coverage = compare(reference, candidate, budget=5)

    assert Relation.UNKNOWN == coverage.relation
    assert "the search was given up after 5 steps" == coverage.reason
    assert Relation.LOOSER == compare(reference, candidate).relation


def test_candidates_count_together() -> None:
    reference = "{ $.eventName = A || $.eventName = B }"

    assert Relation.STRICTER == compare(reference, "{ $.eventName = A }").relation
    assert Relation.EQUIVALENT == compare(reference, "{ $.eventName = A }", "{ $.eventName = B }").relation
    assert Relation.LOOSER == compare(reference, "{ $.eventName = A }", "{ $.eventName = * }").relation


def test_no_candidate_at_all_matches_nothing() -> None:
    assert Relation.STRICTER == compare("{ $.a = 1 }").relation
    assert Relation.EQUIVALENT == compare("{ $.a = 1 && $.a = 2 }").relation


def test_patterns_may_be_parsed_already() -> None:
    denied = FilterPattern(DENIED)

    assert compare(DENIED, "{ $.errorCode = * }") == compare(denied, FilterPattern("{ $.errorCode = * }"))


def test_the_calls_of_lambda_are_plausible_with_the_version_that_cloudtrail_writes() -> None:
    of_lambda = "{ $.eventSource = lambda.amazonaws.com && $.eventName = CreateFunction%s }"
    coverage = compare(of_lambda % "20150331", of_lambda % "")

    assert "only_candidate: lambda.amazonaws.com writes the call CreateFunction as CreateFunction20*" == (
        coverage.reason
    )
    assert coverage.only_reference is not None


def test_an_event_is_found_that_all_of_some_patterns_match_and_none_of_others() -> None:
    wanted = [parse_pattern(DENIED), parse_pattern("{ $.eventName = Decrypt }")]
    unwanted = [
        parse_pattern("{ $.errorCode = AccessDenied }"),
        parse_pattern("{ $.userIdentity.type = IAMUser }"),
    ]
    search = find_event(wanted, unwanted)

    assert (SearchResult.FOUND, True, "") == (search.result, search.plausible, search.reason)
    assert search.event is not None
    assert "kms.amazonaws.com" == search.event["eventSource"]
    assert {"IAMUser", "AccessDenied"}.isdisjoint(
        {search.event["userIdentity"]["type"], search.event["errorCode"]}
    )


@pytest.mark.parametrize(
    ("matching", "failing", "reason"),
    [
        ("{ $.eventName = Nonsense }", "{ $.a = 1 }", "ec2.amazonaws.com has no call Nonsense that is known"),
        ("{ $.eventSource = nowhere.amazonaws.com }", "{ $.a = 1 }", "nowhere.amazonaws.com is no source"),
        ("{ $.eventName NOT EXISTS }", "{ $.a = 1 }", "every record has $.eventName"),
        ("{ $.userIdentity.type = Rooot }", "{ $.a = 1 }", "$.userIdentity.type never has this value"),
        (
            "{ $.userIdentity.type = Root && $.userIdentity.arn NOT EXISTS }",
            "{ $.a = 1 }",
            "$.userIdentity of type Root always has principalId",
        ),
        ("{ $.readOnly = * }", "{ $.a = 1 }", "$.readOnly holds a boolean"),
        ('{ $.errorCode = "no such thing" }', "{ $.a = 1 }", "$.errorCode: no error code has this form"),
        ("{ $.colour = red }", "{ $.a = 1 }", "CloudTrail writes no field $.colour"),
        ("", "{ $.a = 1 || $.a NOT EXISTS || $.a IS NULL || $.a != 1 }", "CloudTrail writes no field $.a"),
    ],
)
def test_an_event_that_cloudtrail_would_hardly_write_says_why(
    matching: str, failing: str, reason: str
) -> None:
    search = find_event([parse_pattern(matching)], [parse_pattern(failing)])

    assert (SearchResult.FOUND, False) == (search.result, search.plausible)
    assert search.reason.startswith(reason)


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_small_patterns_relate_as_all_small_events_say(seed: int) -> None:
    maker = PatternMaker(seed)
    first, second = maker.pattern(), maker.pattern()
    search = find_event([first], [second])
    shown = [event for event in EVENTS if matches(first, event) and not matches(second, event)]

    # More than these events can be told apart, so something may be found where these show nothing.
    assert SearchResult.FOUND == search.result if shown else search.result is not SearchResult.UNKNOWN
    assert search.message is None or (matches(first, search.message) and not matches(second, search.message))


@given(patterns(), patterns(), patterns())
@settings(max_examples=60)
def test_an_event_found_for_any_patterns_does_what_it_should(
    first: Pattern, second: Pattern, third: Pattern
) -> None:
    search = find_event([first, second], [third], budget=5_000)

    assert "please report" not in search.reason
    if search.message is not None:
        found = [matches(pattern, search.message) for pattern in (first, second, third)]

        assert [True, True, False] == found


def test_the_answer_is_the_same_in_every_process() -> None:
    program = (
        "from trailbell.patterns import compare\n"
        "print(compare("
        "'{ ($.x = *a* || $.x = %b+c%) && $.y[*] != 1 && $.z > 2 && $.errorCode = *n* }',"
        " '{ $.x = abc && $.y[*] = 2 || $.userIdentity.userName != dev }'))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(3)
    }

    assert 1 == len(answers)
    assert "incomparable" in answers.pop()


def test_the_event_is_json_whatever_numbers_it_holds() -> None:
    search = find_event(
        [parse_pattern("{ $.a != x && $.a != 1 }")], [parse_pattern("{ $.a >= 0 || $.a < 0 }")]
    )

    assert search.message is not None
    assert json.loads(search.message)


@pytest.mark.parametrize(
    "narrowing",
    [
        "$.awsRegion = us-east-1",
        "$.recipientAccountId = 111122223333",
        "$.userAgent = aws-cli*",
        "$.eventTime = 2026-01-15*",
        '$.userIdentity.accountId = "111122223333"',
    ],
)
def test_what_is_missed_for_a_member_that_every_record_has_could_happen(narrowing: str) -> None:
    reference = '$.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS'
    coverage = compare(f"{{ {reference} }}", f"{{ {reference} && {narrowing} }}")

    assert (Relation.STRICTER, True, "") == (coverage.relation, coverage.plausible, coverage.reason)
