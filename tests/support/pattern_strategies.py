"""Random filter patterns, and random messages that they have a fair chance to match."""

import json
from collections.abc import Sequence

from hypothesis import strategies as st

from trailbell.patterns import (
    Comparison,
    Condition,
    EveryEvent,
    IndexStep,
    IsTest,
    JsonPattern,
    Keyword,
    NameStep,
    NotExists,
    NumberLiteral,
    Operator,
    Pattern,
    RegexLiteral,
    Selector,
    Step,
    TextLiteral,
    Value,
    WildcardSpelling,
    WildcardStep,
    all_of,
    any_of,
    format_pattern,
)

__all__ = ["bare_json_patterns", "json_messages", "messages", "patterns"]

# Few names and few texts, so that patterns and messages meet.
_NAMES = ["a", "b", "eventName", "errorCode", "eventSource", "userIdentity", "type", "1"]
_ODD_NAMES = ["a.b", "é", "x-y_z", "", 'say "hi"', "back\\slash", "tab\t", "'", "[0]", "\ud800", "in between"]
_TEXTS = ["AccessDenied", "AccessDeniedException", "ConsoleLogin", "Root", "", "a", "ab", "aXbXa", "1", "1.0"]
_ODD_TEXTS = [
    "404",
    "1000.0",
    "Infinity",
    "1.0E7",
    "é",
    "*",
    "a*b",
    "\\",
    '"',
    "\n",
    "\0",
    "\ud83d\ude00",
    "01",
]
_WILDCARDS = [
    "*",
    "AccessDenied*",
    "*Login",
    "*o*",
    "a*b",
    "*a*b*",
    "4*",
    "*.0",
    "**",
    "*E*",
    "1*",
    "a*a*a*b",
]
_NUMBERS = [
    "0",
    "1",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "1E+3",
    "404",
    "0.1",
    "1e-3",
    "007",
    "1.5",
    "1e400",
    "-5e-400",
]
_NUMBERS += ["9007199254740993", "1e2147483647", "10000000", "12345678901234567890"]
_WORDS = [
    "Root",
    "ConsoleLogin",
    "IS",
    "NOT",
    "s3.amazonaws.com",
    "us-east-1",
    "1.2.3",
    "4xx",
    "-",
    "1e",
    "é",
]
_REGEXES = ["Access", "^a", "b$", "[0-9]+", "^.$", "\\x41", "a{,2}b", "o|D", "\\.", "^$", "E"]
_EVENT_NUMBERS = ["0", "-0", "1", "-1", "1.0", "1e0", "1e3", "1000", "404", "0.1", "0.10", "0.001", "1.5"]
_EVENT_NUMBERS += ["1e309", "-1e309", "1e-400", "-0.0", "9007199254740993", "9007199254740993.0", "1E7"]
_EVENT_NUMBERS += [
    "12345678901234567890",
    "9" * 40,
    "9" * 4400,
    "10000000.0",
    "5e-4",
    "1.7976931348623159e308",
]
_NOT_JSON = [
    "",
    "NaN",
    "-Infinity",
    "01",
    "+1",
    "1.",
    "tru",
    "'a'",
    '"\\x"',
    '"\\ud800',
    "[1,]",
    "{]",
    "\x00",
]


class _Budget:
    """What one pattern may still hold of the things it may hold few of."""

    def __init__(self) -> None:
        self.wildcards = 3
        self.regexes = 2


def _holds_half_a_pair(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


_names = st.sampled_from(_NAMES * 20 + _ODD_NAMES)
_later_steps: st.SearchStrategy[Step] = st.one_of(
    _names.map(NameStep), _names.map(NameStep), st.integers(0, 2).map(IndexStep)
)


@st.composite
def _selectors(draw: st.DrawFn, budget: _Budget) -> Selector:
    length = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 10]))
    steps: list[Step] = [NameStep(draw(_names))]
    steps += draw(st.lists(_later_steps, min_size=length, max_size=length))
    if budget.wildcards and draw(st.integers(0, 9)) == 0:
        budget.wildcards -= 1
        at = draw(st.integers(0, len(steps)))
        spellings = list(WildcardSpelling) if at else [WildcardSpelling.DOT]
        steps.insert(at, WildcardStep(draw(st.sampled_from(spellings))))
    return Selector(tuple(steps))


@st.composite
def _quoted_texts(draw: st.DrawFn) -> TextLiteral:
    text = draw(
        st.one_of(
            st.sampled_from(_TEXTS),
            st.sampled_from(_ODD_TEXTS),
            st.sampled_from(_WILDCARDS),
            st.text('ab*\\"%}é', max_size=6),
        )
    )
    stars = [at for at, character in enumerate(text) if character == "*"]
    plain = draw(st.sets(st.sampled_from(stars))) if stars else set()
    return TextLiteral(text, quoted=True, plain_stars=tuple(sorted(plain)))


@st.composite
def _values(draw: st.DrawFn, operator: Operator, budget: _Budget) -> Value:
    if operator.is_ordering:
        return NumberLiteral(draw(st.sampled_from(_NUMBERS)))
    if budget.regexes and draw(st.integers(0, 5)) == 0:
        budget.regexes -= 1
        return RegexLiteral(draw(st.sampled_from(_REGEXES)))
    bare = st.sampled_from(_WORDS) | st.sampled_from(_WILDCARDS)
    return draw(
        st.one_of(
            _quoted_texts(),
            _quoted_texts(),
            bare.map(lambda text: TextLiteral(text, quoted=False)),
            st.sampled_from(_NUMBERS).map(NumberLiteral),
        )
    )


@st.composite
def _tests(draw: st.DrawFn, budget: _Budget) -> Condition:
    selector = draw(_selectors(budget))
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return NotExists(selector)
    if kind == 1:
        return IsTest(selector, draw(st.sampled_from(Keyword)))
    operator = draw(st.sampled_from([Operator.EQUAL] * 4 + [Operator.NOT_EQUAL] * 2 + list(Operator)))
    return Comparison(selector, operator, draw(_values(operator, budget)))


@st.composite
def _conditions(draw: st.DrawFn, budget: _Budget, depth: int) -> Condition:
    if depth == 0 or draw(st.booleans()):
        return draw(_tests(budget))
    join = all_of if draw(st.booleans()) else any_of
    return join([draw(_conditions(budget, depth - 1)) for _ in range(draw(st.integers(2, 3)))])


@st.composite
def _json_patterns(draw: st.DrawFn) -> Pattern:
    return JsonPattern(draw(_conditions(_Budget(), 3)))


def bare_json_patterns() -> st.SearchStrategy[Pattern]:
    """Draw JSON patterns that are short enough to be patterns."""
    return _json_patterns().filter(lambda pattern: len(format_pattern(pattern)) <= 1024)


def patterns() -> st.SearchStrategy[Pattern]:
    """Draw patterns, the empty one now and then."""
    return st.one_of(*[bare_json_patterns()] * 5, st.just(EveryEvent()))


@st.composite
def _json_strings(draw: st.DrawFn, texts: Sequence[str]) -> str:
    """Writes a string as JSON, with some of its characters escaped that need not be."""
    text = draw(st.sampled_from(texts))
    if draw(st.integers(0, 3)) == 0:
        units = text.encode("utf-16-be", "surrogatepass")
        return '"' + "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"'
    return json.dumps(text, ensure_ascii=_holds_half_a_pair(text) or draw(st.booleans()))


_blanks = st.sampled_from(["", "", "", " ", "\n", "\t \r\n"])
_scalars = st.one_of(
    _json_strings(_TEXTS),
    _json_strings(_TEXTS + _ODD_TEXTS + ["\ud800", "\udc00x", "x\ud83d", "404 Not Found"]),
    st.sampled_from(_EVENT_NUMBERS),
    st.sampled_from(["null", "true", "false", "[null]", "[null, 2]", "[]", "{}"]),
)


@st.composite
def _arrays(draw: st.DrawFn, children: st.SearchStrategy[str]) -> str:
    return "[" + ",".join(draw(_blanks) + child for child in draw(st.lists(children, max_size=3))) + "]"


@st.composite
def _objects(draw: st.DrawFn, children: st.SearchStrategy[str]) -> str:
    # Names are drawn with repetition: the last of two equal ones wins.
    members = draw(
        st.lists(st.tuples(_json_strings(_NAMES * 4 + _ODD_NAMES + ["unread"]), children), max_size=7)
    )
    blank = draw(_blanks)
    return "{" + ",".join(f"{blank}{name}{blank}:{blank}{value}{blank}" for name, value in members) + "}"


_nested = st.recursive(_scalars, lambda children: _objects(children) | _arrays(children), max_leaves=8)


def json_messages() -> st.SearchStrategy[bytes]:
    """Draw JSON objects in every spelling JSON allows."""
    return _objects(_nested).map(lambda text: text.encode())


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    message = draw(json_messages())
    at = draw(st.integers(0, len(message)))
    inserted = draw(
        st.sampled_from([b"\xff", b"\xed\xa0\x80", b"x", b"\x0b", b"\xef\xbb\xbf", b"{", b'"', b"\\"])
    )
    return draw(st.sampled_from([message[:at] + inserted + message[at:], message[:at], message + message]))


@st.composite
def _with_odd_member(draw: st.DrawFn) -> bytes:
    """Puts something that is not JSON, or only just, where a pattern may or may not look."""
    value = draw(st.sampled_from(_NOT_JSON) | _scalars)
    # Near the recursion limit the answer depends on the caller's own depth, so the depths keep away from it.
    depth = draw(st.sampled_from([0, 0, 1, 5, 60, 5000]))
    opening, closing = draw(st.sampled_from([("[", "]"), ('{"a":', "}")]))
    name = draw(st.sampled_from(_NAMES))
    return f'{{"{name}":{opening * depth}{value}{closing * depth},"b":1}}'.encode()


def messages() -> st.SearchStrategy[bytes]:
    """Draw messages: mostly JSON objects, some other JSON, some damaged, some nested without end."""
    others = st.sampled_from([b"", b"null", b"[]", b'"a"', b"1", b"2026-09-14 INFO {}", b"{} ", b"\n{}\n"])
    return st.one_of(
        json_messages(), json_messages(), json_messages(), _damaged(), _with_odd_member(), others
    )
