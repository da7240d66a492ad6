"""What must stand in a message before a pattern can match it."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.message_strategies import delimited_patterns, lines, terms_patterns
from support.pattern_strategies import bare_json_patterns, messages
from trailbell.patterns import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    IndexStep,
    IsTest,
    JsonPattern,
    Keyword,
    NameStep,
    NotExists,
    Operator,
    Pattern,
    Selector,
    Step,
    Term,
    TermKind,
    TermsPattern,
    Test,
    TextLiteral,
    all_of,
    any_of,
    matches,
    parse_pattern,
    parse_selector,
)
from trailbell.patterns._literals import required_literals

NAMED = {
    # Texts, exact and with wildcards.
    "{ $.eventName = ConsoleLogin }": {b'"ConsoleLogin"'},
    '{ $.errorCode = "AccessDenied*" }': {b'"AccessDenied'},
    '{ $.errorCode = "*UnauthorizedOperation" }': {b'UnauthorizedOperation"'},
    '{ $.eventName = "*Policy*" }': {b"Policy"},
    '{ $.eventName = "Put*PolicyVersion*" }': {b"PolicyVersion"},
    r'{ $.eventName = "a\*bc" }': {b'"a*bc"'},
    # JSON may write a slash, a quote, a backslash and what is not ASCII in more than one way.
    '{ $.userAgent = "console/signin" }': {b'"console'},
    '{ $.userAgent = "*/aws-sdk/*" }': {b"aws-sdk"},
    r'{ $.a = "so \"hello\" to" }': {b"hello"},
    r'{ $.a = "back\\slash" }': {b'slash"'},
    '{ $.a = "überall" }': {b'berall"'},
    '{ $.a = "tab\tbed" }': {b'"tab'},
    '{ $.a = "/" }': {b'"a"'},
    # The beginning of an ARN is in every record of the account.
    '{ $.a = "arn:aws:iam::123456789012:role/Deploy" }': {b'Deploy"'},
    '{ $.a = "arn:aws:s3:::bucket/*" }': {b'"arn:aws:s3:::bucket'},
    '{ $.a = "arn:aws:s3:::bucket/a" }': {b'"arn:aws:s3:::bucket'},
    # A number with the same text is spelt without quotes, or otherwise; then the name must do.
    "{ $.accountNumber = 404 }": {b'"accountNumber"'},
    '{ $.accountNumber = "404" }': {b"404"},
    '{ $.accountNumber = "-404" }': {b"-404"},
    '{ $.accountNumber = "1.0" }': {b'"accountNumber"'},
    '{ $.accountNumber = "1.0E7" }': {b'"accountNumber"'},
    '{ $.accountNumber = "0000" }': {b'"accountNumber"'},
    '{ $.accountNumber = "Infinity" }': {b'"accountNumber"'},
    '{ $.accountNumber = "4040*" }': {b'"accountNumber"'},
    '{ $.sourceIPAddress = "203.0.113.7" }': {b'"203.0.113.7"'},
    "{ $.sourceIPAddress = 10.20.* }": {b'"10.20.'},
    # Tests without a text need the field itself.
    '{ $.errorCode = "*" }': {b'"errorCode"'},
    "{ $.errorCode != Throttling }": {b'"errorCode"'},
    "{ $.errorCode = %Denied|Unauthorized% }": {b'"errorCode"'},
    "{ $.errorCode IS NULL }": {b'"errorCode"'},
    "{ $.additionalEventData.MFAUsed IS TRUE }": {b'"MFAUsed"'},
    "{ $.count > 1000 }": {b'"count"'},
    "{ $.items[0].size = 1 }": {b'"size"'},
    "{ $.items[0] = 1 }": {b'"items"'},
    "{ $.items[*].size = 1 }": {b'"size"'},
    "{ $.items.* = 1 }": {b'"items"'},
    "{ $.items[*].size != 1 }": {b'"items"'},
    "{ $.userIdentity.invokedBy.type IS TRUE }": {b'"invokedBy"'},
    "{ $.items.['a/b'] = 1 }": {b'"items"'},
    # Of conditions that all must hold, the rarest; of alternatives, all.
    "{ $.eventSource = s3.amazonaws.com && $.eventName = PutObject }": {b'"PutObject"'},
    "{ $.eventName = CopyObject && $.eventSource = s3.amazonaws.com && $.errorCode NOT EXISTS }": {
        b'"CopyObject"'
    },
    "{ $.eventSource = s3.amazonaws.com && ($.eventName = Aaaa || $.eventName = Bbbb) }": {
        b'"Aaaa"',
        b'"Bbbb"',
    },
    "{ $.eventName = Aaaa || $.eventName = Bbbb && $.errorCode = Denied }": {b'"Aaaa"', b'"Denied"'},
    "{ $.userIdentity.type = Root && $.eventType != AwsServiceEvent }": {b'"Root"'},
    "{ $.a != x && $.errorCode = *Denied* && $.b NOT EXISTS }": {b"Denied"},
    "{ ($.eventName = A1 || $.eventName = B1) && $.bucketName = secrets }": {b'"A1"', b'"B1"'},
    # Terms are sought as they are, whatever their characters.
    "ERROR": {b"ERROR"},
    '"two words" ERROR -WARN ?INFO': {b"two words"},
    "?ERROR ?WARN": {b"ERROR", b"WARN"},
    '"é/\\""': {'é/"'.encode()},
    '"first\nsecond line"': {b"second line"},
    '"\x00abc\x00de"': {b"abc"},
    # Words stand in the message as they are.
    "[ip, user, ..., status = 404*]": {b"404"},
    "[first = ERROR || first = WARNING, ...]": {b"ERROR", b"WARNING"},
    "[first = *ERR* && first = *ERROR*, second = x, ...]": {b"ERROR"},
    '[first = "a/b\\"c", ...]': {b'a/b"c'},
    '[first = "\x00naïveté", ...]': {b"vet"},
}

UNNAMED = (
    "",
    "{ $.a NOT EXISTS }",
    "{ $.eventName = ConsoleLogin || $.a NOT EXISTS }",
    "{ $.eventName = * }",
    "{ $.eventName != ConsoleLogin }",
    "{ $.* = 1 }",
    "{ $.*.size != 1 }",
    "{ $.['a/b'] = 1 }",
    "{ $.['é'] IS NULL }",
    "{ $.['\"'] IS NULL }",
    '{ $.eventName = "" }',
    '{ $.eventName = "a*" }',
    '{ $.eventName = "///" }',
    "-ERROR",
    "ab",
    "?ERROR ?ab",
    '"\n\n\n"',
    "%ERROR%",
    "[]",
    "[a, b]",
    "[..., status = 404]",
    "[status != ERROR]",
    "[status = %ERROR%]",
    "[status = ERROR || status != WARN]",
)

SURROGATE = JsonPattern(
    Comparison(
        Selector((NameStep("field"),)), Operator.EQUAL, TextLiteral("\ud83dlong\udc00longest", quoted=True)
    )
)


_SPELT_NUMBERS = [
    "0",
    "1",
    "-1",
    "1.0",
    "1e0",
    "10e-1",
    "404",
    "4.04e2",
    "404.0",
    "1000",
    "1e3",
    "1e7",
    "1E309",
]
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _tests_in(condition: Condition) -> list[Test]:
    if isinstance(condition, AllOf | AnyOf):
        return [test for term in condition.terms for test in _tests_in(term)]
    return [condition]


# What is hard to name a literal of: other than the shared patterns' values, most of these are long enough.
_HARD_TEXTS = ["1.0E7", "1000.0", "404", "-404", "Infinity", "1*.0", "*.0", "4*", "1000*", "1.2.3.*", "a/bcd"]
_HARD_TEXTS += [
    "*/ab",
    "*abc",
    "ab/*/cd",
    "***",
    "",
    "tab\tbed",
    'say "hi"',
    "back\\slash",
    "étéabc",
    "arn:a/b",
]

_hard_values = st.one_of(
    st.sampled_from(_HARD_TEXTS), st.text('ab1.0E*/"\\\té-', min_size=3, max_size=8)
).map(lambda text: TextLiteral(text, quoted=True))
_hard_selectors = st.sampled_from(("$.field", "$.abc[*].deep", "$.abc.*", "$.abc[0]", "$.abc.eventName")).map(
    parse_selector
)
_hard_tests = st.one_of(
    st.builds(Comparison, _hard_selectors, st.just(Operator.EQUAL), _hard_values),
    st.builds(Comparison, _hard_selectors, st.just(Operator.EQUAL), _hard_values),
    st.builds(Comparison, _hard_selectors, st.just(Operator.NOT_EQUAL), _hard_values),
    st.builds(IsTest, _hard_selectors, st.sampled_from(Keyword)),
)
_hard_patterns = st.one_of(
    _hard_tests,
    _hard_tests,
    *(st.lists(_hard_tests, min_size=2, max_size=3).map(join) for join in (all_of, any_of)),
).map(JsonPattern)


@st.composite
def _fitting_messages(draw: st.DrawFn, pattern: JsonPattern) -> bytes:
    """Draws messages made of the fields that a pattern looks at, spelt without any escape of four digits."""
    members = []
    for test in _tests_in(pattern.condition):
        if not isinstance(test, NotExists) and draw(st.integers(0, 5)):
            value = draw(_fitting_values(test))
            for step in reversed(test.selector.steps):
                value = draw(_around(step, value))
            # A selector begins with a name, or with a wildcard for which any name will do.
            members.append(value[1:-1] if value[0] == "{" else f'"z":{value}')
    return f"{{{','.join(filter(None, members))}}}".encode("utf-8", "replace")


@st.composite
def _around(draw: st.DrawFn, step: Step, value: str) -> str:
    if isinstance(step, NameStep):
        return f"{{{draw(_spelt(step.name))}:{value}}}"
    if isinstance(step, IndexStep):
        return f"[{'null,' * step.index}{value}]"
    return draw(st.sampled_from((f"[{value}]", f'{{"z":{value}}}', "[]", "{}", "null", "1")))


@st.composite
def _fitting_values(draw: st.DrawFn, test: Test) -> str:
    """Writes a value as JSON: the text of the test in several spellings, or anything at all."""
    if isinstance(test, Comparison) and draw(st.integers(0, 3)):
        text = test.value.text
        if isinstance(test.value, TextLiteral):
            text = "".join(piece + draw(st.sampled_from(("", "0", "x"))) for piece in test.value.pieces[:-1])
            text += test.value.pieces[-1]
        numbers = [text, *_SPELT_NUMBERS] if _JSON_NUMBER.fullmatch(text) else _SPELT_NUMBERS
        return draw(st.one_of(_spelt(text), st.sampled_from(numbers)))
    return draw(st.sampled_from(("null", "true", "false", "[null]", "[]", "{}", '"x"', *_SPELT_NUMBERS)))


@st.composite
def _spelt(draw: st.DrawFn, text: str) -> str:
    spelt = json.dumps(text, ensure_ascii=False)
    return spelt.replace("/", "\\/") if draw(st.booleans()) else spelt


def _text(pattern: Pattern) -> bytes:
    literals = required_literals(pattern)
    assert literals is not None
    (literal,) = literals
    return literal


@pytest.mark.parametrize("pattern", NAMED)
def test_a_message_must_hold_one_of_these(pattern: str) -> None:
    assert frozenset(NAMED[pattern]) == required_literals(parse_pattern(pattern))


@pytest.mark.parametrize("pattern", UNNAMED)
def test_a_pattern_may_need_nothing_in_particular(pattern: str) -> None:
    assert required_literals(parse_pattern(pattern)) is None


def test_half_a_surrogate_pair_is_no_part_of_a_literal() -> None:
    assert b'longest"' == _text(SURROGATE)


def test_optional_terms_beside_others_are_no_literals() -> None:
    terms = (Term("optional", TermKind.OPTIONAL), Term("required"), Term("excluded", TermKind.EXCLUDED))

    assert b"required" == _text(TermsPattern(terms))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ('{ $.field = "1.0E7" }', '{"field":10000000.0}'),
        ('{ $.field = "1.0E7" }', '{"field":1e7}'),
        ('{ $.field = "1000.0" }', '{"field":1e3}'),
        ('{ $.field = "404" }', '{"field":404}'),
        ('{ $.field = "-404" }', '{"field":-404}'),
        ('{ $.field = "404" }', '{"field":"404"}'),
        ("{ $.field = 404 }", '{"field":4.04e2}'),
        ("{ $.field = 4* }", '{"field":404}'),
        ("{ $.field = 1000* }", '{"field":1e3}'),
        ("{ $.field = 1*.0 }", '{"field":1e3}'),
        ('{ $.field = "Infinity" }', '{"field":1e309}'),
        ('{ $.field = "*Infinit*" }', '{"field":-1e309}'),
        ("{ $.field = %^1[.]0E7$% }", '{"field":10000000.0}'),
        ("{ $.field[*].deep != 1 }", '{"field":3}'),
        ("{ $.field.* != 1 }", '{"field":null}'),
        ('{ $.field = "a/bcd" }', '{"field":"a\\/bcd"}'),
        ('{ $.field = "abc\tdef" }', '{"field":"abc\\tdef"}'),
        ('{ $.field = "abcd" }', '{"field":"x","field" :\r\n"abcd"}'),
    ],
)
def test_whatever_spelling_matches_holds_a_literal(pattern: str, message: str) -> None:
    parsed = parse_pattern(pattern)
    literals = required_literals(parsed)

    assert matches(parsed, message)
    assert literals is not None
    assert any(literal in message.encode() for literal in literals)


@given(
    st.data(),
    st.one_of(_hard_patterns, _hard_patterns, bare_json_patterns()),
    st.lists(messages(), max_size=2),
)
@settings(max_examples=300, deadline=None)
def test_every_json_message_that_matches_holds_a_literal_or_an_escape(
    data: st.DataObject, pattern: JsonPattern, texts: list[bytes]
) -> None:
    literals = required_literals(pattern)
    if literals is not None:
        fitting = data.draw(st.lists(_fitting_messages(pattern), min_size=4, max_size=8))
        _no_match_lacks_all([*literals, b"\\u"], pattern, [*texts, *fitting])


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (parse_pattern('{ $.errorCode = "AccessDenied" }'), b'{"errorCode":"\\u0041ccessDenied"}'),
        (SURROGATE, b'{"field":"\\ud83dlong\\udc00longest"}'),
    ],
)
def test_an_escape_may_hide_a_literal(pattern: Pattern, message: bytes) -> None:
    assert matches(pattern, message)
    assert _text(pattern) not in message or b"\\u" in message


@given(st.one_of(terms_patterns(), delimited_patterns()), st.lists(lines() | st.text(), max_size=6))
@settings(max_examples=200, deadline=None)
@example(TermsPattern((Term("a\nbcd"),)), ["xa\nbcdx", "\\u"])
@example(TermsPattern((Term("\ud800bc"),)), ["\ud800bc"])
def test_every_text_that_matches_holds_a_literal(pattern: Pattern, texts: list[str]) -> None:
    literals = required_literals(pattern)
    if literals is not None:
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        _no_match_lacks_all([*literals], pattern, [*encoded, *[text + b"\xff" for text in encoded]])


@given(st.one_of(bare_json_patterns(), terms_patterns(), delimited_patterns()))
@settings(max_examples=200, deadline=None)
def test_literals_are_long_enough_and_can_be_searched_for(pattern: Pattern) -> None:
    literals = required_literals(pattern)

    assert literals is None or literals
    assert all(len(literal) >= 3 and not set(literal) & {0, 10} for literal in literals or ())


def _no_match_lacks_all(literals: list[bytes], pattern: Pattern, texts: list[bytes]) -> None:
    lacking = [text for text in texts if not any(literal in text for literal in literals)]

    assert not [text for text in lacking if matches(pattern, text)]
