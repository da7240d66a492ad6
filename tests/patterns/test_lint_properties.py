"""Whatever the pattern: what lint says about meaning is true of any event, and suggestions can be used."""

import json

from hypothesis import given
from hypothesis import strategies as st

from support.message_strategies import delimited_patterns, lines, terms_patterns
from support.pattern_strategies import bare_json_patterns, json_messages
from trailbell.patterns import Finding, Pattern, format_pattern, lint, matches, mended, parse_pattern


def check(pattern: Pattern, message: bytes | str) -> None:
    text = format_pattern(pattern)
    matched = matches(pattern, message)
    for finding in lint(text):
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.message.isprintable()
        if finding.rule == "never-true":
            assert not matched
        if finding.rule == "always-true":
            assert matched
        if finding.suggestion is not None:
            suggested = parse_pattern(finding.suggestion)
            if finding.keeps_meaning:
                assert matches(suggested, message) == matched
        check_events(finding, text)


def check_events(finding: Finding, text: str) -> None:
    for event in finding.events:
        if finding.readings:
            first, second = finding.readings
            assert [True, False] == [matches(parse_pattern(each), event) for each in (first, second)]
        else:
            assert finding.suggestion is not None
            assert [True, False] == [
                matches(parse_pattern(each), event) for each in (finding.suggestion, text)
            ]


@given(bare_json_patterns(), json_messages())
def test_what_is_said_of_a_json_pattern_is_true(pattern: Pattern, message: bytes) -> None:
    check(pattern, message)


@given(st.one_of(terms_patterns(), delimited_patterns()), lines())
def test_what_is_said_of_other_patterns_is_true(pattern: Pattern, line: str) -> None:
    check(pattern, line)


FIELDS = ["eventName", "eventSource", "errorCode", "userIdentity.type", "userIdentity.invokedBy", "readOnly"]
VALUES = ["Root", "root", "AccessDenied", "*Operation", "CreateVPC", "s3.amazonaws.com", "ec2*", "true", "*"]


@st.composite
def cloudtrail_patterns(draw: st.DrawFn) -> str:
    """Patterns over few fields and values, with and without parentheses."""
    count = draw(st.integers(1, 5))
    text = ""
    for at in range(count):
        operator = draw(st.sampled_from(["=", "=", "!="]))
        field, value = draw(st.sampled_from(FIELDS)), draw(st.sampled_from(VALUES))
        test = f"$.{field} NOT EXISTS" if draw(st.integers(0, 5)) == 0 else f"$.{field} {operator} {value}"
        test = f"({test})" if draw(st.booleans()) else test
        text = test if not at else f"{text}{draw(st.sampled_from([' && ', ' || ', '||']))}{test}"
        text = f"({text})" if draw(st.integers(0, 3)) == 0 else text
    return f"{{ {text} }}"


@st.composite
def records(draw: st.DrawFn) -> str:
    """Events with some of the fields."""
    values = st.sampled_from([value.strip("*") for value in VALUES])
    event = draw(st.dictionaries(st.sampled_from(["eventName", "eventSource", "errorCode"]), values))
    identity = draw(st.dictionaries(st.sampled_from(["type", "invokedBy"]), values))
    return json.dumps({**event, "userIdentity": identity, "readOnly": draw(st.booleans())})


@given(cloudtrail_patterns(), records())
def test_what_is_said_of_patterns_for_records_is_true(text: str, record: str) -> None:
    pattern = parse_pattern(text)
    for finding in lint(text):
        if finding.suggestion is not None and finding.keeps_meaning:
            assert matches(parse_pattern(finding.suggestion), record) == matches(pattern, record)
        check_events(finding, text)


@given(cloudtrail_patterns())
def test_following_all_suggestions_comes_to_an_end(text: str) -> None:
    last, _ = mended(text)

    assert [] == [finding.rule for finding in lint(last) if finding.suggestion is not None]
