"""An event explained: the verdicts are the matcher's, and those marked settle the whole."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.message_strategies import delimited_patterns, lines, regex_patterns, terms_patterns
from support.pattern_cases import CASES, Case, by_id
from support.pattern_strategies import bare_json_patterns, messages
from trailbell.patterns import (
    Clause,
    DelimitedPattern,
    Pattern,
    WordField,
    explain_match,
    matches,
    parse_pattern,
)

VALID = [case for case in CASES if isinstance(case.match, bool)]


def follows(clause: Clause) -> bool | None:
    """The verdict on a clause from what is marked as deciding alone; None where that is not enough."""
    if not clause.decides:
        return None
    if not clause.joint:
        return clause.holds
    known = [follows(inner) for inner in clause.clauses]
    settling = clause.joint == "any"
    if settling in known:
        return settling
    asked = [verdict for verdict, inner in zip(known, clause.clauses, strict=True) if not inner.is_ignored]
    return None if None in asked else not settling


def alone(pattern: DelimitedPattern) -> Iterator[DelimitedPattern]:
    """The pattern with one of its tests at a time, in their order."""
    bare = tuple(WordField(field.name) if isinstance(field, WordField) else field for field in pattern.fields)
    for at, field in enumerate(pattern.fields):
        for tests in field.alternatives if isinstance(field, WordField) else ():
            for test in tests:
                kept = WordField(getattr(field, "name", ""), ((test,),))
                yield DelimitedPattern((*bare[:at], kept, *bare[at + 1 :]))


def groups(clause: Clause) -> Iterator[Clause]:
    yield clause
    for inner in clause.clauses:
        yield from groups(inner)


@pytest.mark.parametrize("case", by_id(VALID))
def test_a_case_is_explained_as_it_is_decided(case: Case) -> None:
    told = explain_match(parse_pattern(case.pattern), case.message)

    assert case.match == told.matches
    assert told.reason.startswith(
        "The pattern matches, because " if case.match else "The pattern does not match, because "
    )


@given(bare_json_patterns(), messages())
def test_each_clause_of_a_json_pattern_holds_where_it_matches_alone(pattern: Pattern, message: bytes) -> None:
    told = explain_match(pattern, message)

    assert matches(pattern, message) == told.matches == told.clause.holds
    for clause in groups(told.clause):
        assert matches(parse_pattern(f"{{{clause.text}}}"), message) == clause.holds
    assert told.matches is follows(told.clause)


@given(terms_patterns(), lines())
def test_each_term_holds_where_it_matches_alone(pattern: Pattern, line: str) -> None:
    told = explain_match(pattern, line)

    assert matches(pattern, line) == told.matches
    for leaf in told.clause.leaves():
        assert matches(parse_pattern(leaf.text), line) == leaf.holds
    assert told.matches is follows(told.clause)


@given(delimited_patterns(), lines())
def test_each_test_of_a_word_holds_where_it_matches_alone(pattern: Pattern, line: str) -> None:
    assert isinstance(pattern, DelimitedPattern)
    told = explain_match(pattern, line)
    count, *tests = told.clause.leaves()

    assert matches(pattern, line) == told.matches
    assert [matches(single, line) for single in alone(pattern)] == [test.holds for test in tests]
    bare = DelimitedPattern(
        tuple(WordField(field.name) if isinstance(field, WordField) else field for field in pattern.fields)
    )
    assert matches(bare, line) == count.holds
    assert told.matches is follows(told.clause)


@given(regex_patterns(), lines())
def test_an_expression_is_one_clause(pattern: Pattern, line: str) -> None:
    told = explain_match(pattern, line)

    assert matches(pattern, line) == told.matches == told.clause.holds
    assert () == told.clause.clauses


@given(st.one_of(bare_json_patterns(), terms_patterns(), delimited_patterns(), regex_patterns()), messages())
def test_nothing_in_an_event_moves_the_line_of_a_terminal(pattern: Pattern, message: bytes) -> None:
    told = explain_match(pattern, message)

    assert told.reason.isprintable()
    for clause in groups(told.clause):
        assert f"{clause.words}{clause.met}{clause.note}".isprintable()


def leaf_of(pattern: str, message: str) -> Clause:
    return explain_match(parse_pattern(pattern), message).clause


@pytest.mark.parametrize(
    ("pattern", "message", "met", "note"),
    [
        ("{ $.a = x }", '{"a":"y"}', '"y"', ""),
        ("{ $.a = x }", "{}", "missing", ""),
        ("{ $.a != x }", "{}", "missing", "!= is false where the field is missing"),
        ("{ $.a = x }", "no", "no JSON object", ""),
        ("{ $.a != x }", "[]", "no JSON object", ""),
        ("{ $.a = x }", '{"a":null}', "null", "null is seen by IS NULL alone"),
        ("{ $.a = true }", '{"a":true}', "true", "a boolean is seen by IS TRUE and IS FALSE alone"),
        ("{ $.a != x }", '{"a":{"b":1}}', "an object of 1 member", "no comparison sees an object or array"),
        ("{ $.a != x }", '{"a":[1,2]}', "an array of 2 elements", "no comparison sees an object or array"),
        ("{ $.a > 1 }", '{"a":"2"}', '"2"', "text has no order, only numbers do"),
        ("{ $.a IS TRUE }", '{"a":"true"}', '"true"', "it is text, which IS never sees"),
        ("{ $.a = 1 }", '{"a":1.0}', "1.0", ""),
        ("{ $.a = 1 }", '{"a":"1.0"}', '"1.0"', "text equals a number only as that is typed"),
        ("{ $.a = 1 }", '{"a":"2"}', '"2"', ""),
        ('{ $.a = "1" }', '{"a":"1.0"}', '"1.0"', ""),
        ("{ $.a[*] = x }", '{"a":[1,"y",null]}', '1, "y", null', ""),
        ("{ $.a[*] = x }", '{"a":[1,2,3,4,5,6,7]}', "1, 2, 3, 4, 5 and 2 more", ""),
        ("{ $.a[*] = x }", '{"a":5}', "no value", ""),
        ("{ $.a = x }", '{"a":"\\u001b[2J"}', '"\N{REPLACEMENT CHARACTER}[2J"', ""),
        ("ERROR", "INFO", "not found", ""),
        ("-ERROR", "ERROR", "found", ""),
    ],
)
def test_a_clause_says_what_it_met(pattern: str, message: str, met: str, note: str) -> None:
    leaf = leaf_of(pattern, message)

    assert (met, note) == (leaf.met, leaf.note)


def test_an_optional_term_beside_others_has_no_say() -> None:
    told = explain_match(parse_pattern("?x ERROR"), "ERROR")
    ignored, required = told.clause.clauses

    assert told.matches
    assert (True, False) == (ignored.is_ignored, ignored.decides)
    assert required.decides


def test_only_what_settles_the_verdict_is_marked() -> None:
    pattern = parse_pattern("{ $.a = 1 || $.b = 2 && $.c != 3 }")

    told = explain_match(pattern, '{"a":5,"b":2}')

    assert "The pattern does not match, because none of these holds: $.a equals 1 (5); " in told.reason
    assert {"$.a = 1", "$.c != 3"} == {leaf.text for leaf in told.clause.leaves() if leaf.decides}


def test_what_is_met_is_cut_however_large_it_is() -> None:
    text, number = "x" * 100_000, "7" * 100_000
    event = msgspec.json.encode({"a": text, "c": list(range(100_000))}).decode()

    assert len(leaf_of("{ $.a = y }", event).met) < 200
    assert leaf_of("{ $.a = y }", event).met.endswith('"… (100,000 characters)')
    assert "an array of 100,000 elements" == leaf_of("{ $.c = y }", event).met
    assert leaf_of("{ $.a = y }", f'{{"a":{number}}}').met.endswith("… (100,000 characters)")
    assert len(leaf_of("%y%", text).met) < 250
    assert len(leaf_of("[a = y]", text).met) < 250
