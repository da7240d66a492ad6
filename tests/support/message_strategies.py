"""Random patterns of terms, expressions and words, and random lines of text that they may match."""

from hypothesis import strategies as st

from trailbell.patterns import (
    DelimitedPattern,
    EllipsisField,
    NumberLiteral,
    Operator,
    Pattern,
    RegexLiteral,
    RegexPattern,
    Term,
    TermKind,
    TermsPattern,
    TextLiteral,
    Value,
    WordField,
    WordTest,
    format_pattern,
)

__all__ = ["delimited_patterns", "lines", "regex_patterns", "terms_patterns", "text_patterns"]

_WORDS = ["ERROR", "WARN", "a", "b", "1", "1.0", "404", "4", "-", "é", "x.y", "1e3", "GET", "01"]
_PHRASES = [
    "two words",
    " ",
    "[ERROR]",
    'say "hi"',
    "back\\slash",
    "ends\\",
    "a*b",
    "tab\t",
    "%",
    "\U0001f600",
]
_WILDCARDS = ["*", "4*", "*R", "*R*", "a*b", "*-*"]
_REGEXES = ["ERR", "^a", "b$", "[0-9]+", "^$", "\\s", "o|E", "4.4", "\\x22"]
_NUMBERS = ["1", "404", "+1", "1.0", "1e3", "-5", "0.5"]
_NAMES = ["a", "b", "status_code", "x-1", "_", "é"]
_PIECES = [*_WORDS, *_PHRASES, '"', "[", "]", "[a b]", '"GET / HTTP"', '""', "[]", "\n", "\t", "  ", "\x00"]


def terms_patterns() -> st.SearchStrategy[Pattern]:
    """Draws patterns of terms."""
    texts = st.sampled_from(_WORDS + _PHRASES) | st.text(min_size=1, max_size=4)
    terms = st.builds(Term, texts, st.sampled_from(TermKind))
    return _short(st.lists(terms, min_size=1, max_size=5).map(lambda drawn: TermsPattern(tuple(drawn))))


def regex_patterns() -> st.SearchStrategy[Pattern]:
    """Draws patterns that are one regular expression."""
    return st.sampled_from(_REGEXES).map(lambda text: RegexPattern(RegexLiteral(text)))


@st.composite
def delimited_patterns(draw: st.DrawFn) -> Pattern:
    """Draws space-delimited patterns."""
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=4))
    regexes = [2]
    fields = [draw(_fields(name, regexes)) for name in names]
    for _ in range(draw(st.integers(0, 2))):
        fields.insert(draw(st.integers(0, len(fields))), WordField())
    # One field without a name cannot be written: "[]" has no field at all.
    drawn: list[WordField | EllipsisField] = [*fields] if fields != [WordField()] else []
    if draw(st.integers(0, 2)) == 0:
        drawn.insert(draw(st.integers(0, len(drawn))), EllipsisField())
    return DelimitedPattern(tuple(drawn))


def text_patterns() -> st.SearchStrategy[Pattern]:
    """Draws patterns that look at a message as text."""
    return st.one_of(terms_patterns(), regex_patterns(), delimited_patterns())


def lines() -> st.SearchStrategy[str]:
    """Draws lines of text, with quotes and brackets that close or do not."""
    gaps = st.sampled_from([" ", " ", " ", "", "  ", "\t"])
    pieces = st.lists(st.tuples(st.sampled_from(_PIECES), gaps), max_size=8)
    return pieces.map(lambda drawn: "".join(piece + gap for piece, gap in drawn))


@st.composite
def _fields(draw: st.DrawFn, name: str, regexes: list[int]) -> WordField:
    alternatives = [
        tuple(draw(_tests(regexes)) for _ in range(draw(st.sampled_from([1, 1, 2]))))
        for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2])))
    ]
    return WordField(name, tuple(alternatives))


@st.composite
def _tests(draw: st.DrawFn, regexes: list[int]) -> WordTest:
    operator = draw(st.sampled_from([Operator.EQUAL] * 4 + [Operator.NOT_EQUAL] * 3 + list(Operator)))
    return WordTest(operator, draw(_values(operator, regexes)))


@st.composite
def _values(draw: st.DrawFn, operator: Operator, regexes: list[int]) -> Value:
    if operator.is_ordering or draw(st.integers(0, 3)) == 0:
        return NumberLiteral(draw(st.sampled_from(_NUMBERS)))
    if regexes[0] and draw(st.integers(0, 5)) == 0:
        regexes[0] -= 1
        return RegexLiteral(draw(st.sampled_from(_REGEXES)))
    if draw(st.booleans()):
        return TextLiteral(draw(st.sampled_from(["ERROR", "WARN", "4xx", "x.y", *_WILDCARDS])), quoted=False)
    return TextLiteral(draw(st.sampled_from(_WORDS + _PHRASES + _WILDCARDS + [""])), quoted=True)


def _short(drawn: st.SearchStrategy[Pattern]) -> st.SearchStrategy[Pattern]:
    return drawn.filter(lambda pattern: len(format_pattern(pattern)) <= 1024)
