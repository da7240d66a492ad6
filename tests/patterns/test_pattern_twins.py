"""The compiled evaluator answers as the plain one does, whatever the patterns and the message."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.pattern_strategies import messages, patterns
from trailbell.patterns import Pattern, compile_patterns, matches, parse_pattern

# Patterns for each way the compiled evaluator can take, together in one set.
ASSORTED = [
    parse_pattern(text)
    for text in (
        "",
        '{ $.eventName = "ConsoleLogin" }',
        '{ $.eventName = "1" || $.eventName = ConsoleLogin && $.a != 1 }',
        "{ $.eventName = 1 }",
        '{ $.errorCode = "AccessDenied*" && $.a != "*b" }',
        "{ $.errorCode != 5 }",
        "{ $.errorCode NOT EXISTS }",
        "{ $.errorCode NOT EXISTS || $.errorCode = 5 }",
        "{ $.errorCode IS NULL || $.errorCode IS TRUE }",
        "{ $.userIdentity.type = Root && $.userIdentity.invokedBy NOT EXISTS }",
        "{ $.userIdentity NOT EXISTS }",
        "{ $.userIdentity IS NULL }",
        "{ $.userIdentity != x }",
        "{ $.a[0] = 1 || $.a[0].b = 1 }",
        "{ $.b[*] != 1 }",
        "{ $.b NOT EXISTS }",
        "{ $.b.['a.b'] > 0 }",
        '{ $.a = "*" }',
        '{ $.a = "1*" || $.a = "Infinity" || $.a = "*.0" || $.a = "" }',
        "{ $.a >= 0 }",
        "{ $.a = %^[0-9.E]+$% }",
        "{ $.deep.b.c.d.e.f.g.h.i.j = 1 }",
    )
]
EVERY_CHILD = parse_pattern("{ $.* = 1 }")

MESSAGES = [
    "{}",
    '{"eventName":"ConsoleLogin"}',
    '{"eventName":"\\u0043onsoleLogin","a":2}',
    '{"eventName":1}',
    '{"eventName":1.0,"a":"x"}',
    '{"eventName":true}',
    '{"eventName":["ConsoleLogin"]}',
    '{"eventName":{"a":1}}',
    '{"eventName":null}',
    '{"eventName":1e309}',
    '{"errorCode":"\\u0041ccessDenied","a":"a"}',
    '{"errorCode":"AccessDenied","a":1e309}',
    '{"errorCode":"AccessDenied","a":1}',
    '{"errorCode":null}',
    '{"errorCode":true}',
    '{"errorCode":[null]}',
    '{"errorCode":5.0}',
    '{"errorCode":-1e999}',
    '{"userIdentity":{"type":"Root"}}',
    '{"userIdentity":{"type":"Root","invokedBy":null}}',
    '{"userIdentity":{"type":"Root"},"userIdentity":{}}',
    '{"userIdentity":{"type":"Root"},"userIdentity":3}',
    '{"userIdentity":"Root"}',
    '{"userIdentity":[null,{"type":"Root"}]}',
    '{"userIdentity":null}',
    '{"a":[1]}',
    '{"a":[{"b":1}]}',
    '{"a":[1e309]}',
    '{"a":1.0}',
    '{"a":1.5E7}',
    '{"a":' + "7" * 5000 + "}",
    '{"a":"\\ud800"}',
    '{"unread":"\\ud800","a":1}',
    '{"unread":1e309,"a":1}',
    '{"unread":' + "7" * 5000 + ',"a":1}',
    '{"unread":NaN,"a":1}',
    '{"a":NaN}',
    '{"b":[1,2]}',
    '{"b":[2]}',
    '{"b":[]}',
    '{"b":{"a.b":1}}',
    '{"b":1}',
    '{"b":"x"}',
    '{"deep":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":1}}}}}}}}}}',
    '\ufeff{"a":1}',
    '{"a":1}\x00',
    ' {"a":1}\r\n',
    '[{"a":1}]',
    "nothing",
    "",
    '{"a":' * 5000 + "1" + "}" * 5000,
]


def _agree(patterns: list[Pattern], message: bytes) -> None:
    compiled = compile_patterns(patterns)
    expected = tuple(number for number, pattern in enumerate(patterns) if matches(pattern, message))

    assert expected == compiled.matching(message)


@given(st.lists(patterns(), max_size=6), st.lists(messages(), min_size=1, max_size=4))
@settings(max_examples=120, deadline=None)
@example(ASSORTED, [message.encode() for message in MESSAGES])
@example([*ASSORTED, EVERY_CHILD], [message.encode() for message in MESSAGES])
@example(ASSORTED, [b'{"unread":"\xff","a":1}', b'{"\xff":1}', b'{"a":"\xed\xa0\x80"}'])
def test_compiled_patterns_agree_with_the_plain_evaluator(drawn: list[Pattern], texts: list[bytes]) -> None:
    for message in texts:
        _agree(drawn, message)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_pattern_alone_answers_as_it_does_among_others(message: str) -> None:
    encoded = message.encode()
    together = compile_patterns(ASSORTED)
    alone = [compile_patterns([pattern]) for pattern in ASSORTED]

    assert together.matching(encoded) == tuple(
        number for number, one in enumerate(alone) if one.matching(encoded)
    )
