"""Terms, expressions and words: what the parser reads and refuses, and what of a message they match."""

import pickle
import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.message_strategies import delimited_patterns, lines, terms_patterns, text_patterns
from support.pattern_strategies import messages, patterns
from trailbell.patterns import (
    DelimitedPattern,
    EllipsisField,
    EveryEvent,
    FilterPattern,
    NumberLiteral,
    Operator,
    Pattern,
    PatternError,
    RegexLiteral,
    RegexPattern,
    Term,
    TermKind,
    TermsPattern,
    TextLiteral,
    WordField,
    WordTest,
    compile_patterns,
    format_pattern,
    matches,
    parse_pattern,
)

INVALID = "Invalid metric filter pattern"
A_IS_1 = WordTest(Operator.EQUAL, NumberLiteral("1"))


def _refused(text: str) -> tuple[str, str]:
    """Returns the message and the part of the pattern that is marked."""
    with pytest.raises(PatternError) as caught:
        parse_pattern(text)
    return caught.value.message, text[caught.value.start : caught.value.end]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("ERROR", (Term("ERROR"),)),
        ("  a\tb\n", (Term("a"), Term("b"))),
        ("a.b_1 café", (Term("a.b_1"), Term("café"))),
        ("a-b", (Term("a"), Term("b", TermKind.EXCLUDED))),
        ("a?b", (Term("a"), Term("b", TermKind.OPTIONAL))),
        ('"a"-b', (Term("a"), Term("b", TermKind.EXCLUDED))),
        ('- "x y"', (Term("x y", TermKind.EXCLUDED),)),
        ("? x", (Term("x", TermKind.OPTIONAL),)),
        (r'"a\"b\\c\d*"', (Term('a"b\\c\\d*'),)),
        ('"{" "%" "["', (Term("{"), Term("%"), Term("["))),
    ],
)
def test_terms_are_words_and_phrases_with_or_without_a_prefix(text: str, terms: tuple[Term, ...]) -> None:
    assert TermsPattern(terms) == parse_pattern(text)


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("ERR*", "Invalid character(s) in term '*'", "*"),
        ("ERROR: x", "Invalid character(s) in term ':'", ":"),
        ("a (b)", "Invalid character(s) in term '('", "("),
        ("a\\b", "Invalid character(s) in term '\\'", "\\"),
        ("`a`", "Invalid character(s) in term '`'", "`"),
        ("a %b%", "Invalid character(s) in term '%'", "%"),
        ("a [b]", "Invalid character(s) in term '['", "["),
        ("}", "Invalid character(s) in term '}'", "}"),
        ('a ""', "Invalid character(s) in term '\"\"'", '""'),
        ('a "b', "Invalid character(s) in term '\"b'", '"b'),
        ('"ERROR"WARN', INVALID, "W"),
        ('WARN"ERROR"', INVALID, '"'),
        ('"a""b"', INVALID, '"'),
        ("-", INVALID, "-"),
        ("a ?", INVALID, "?"),
        ("--x", INVALID, "--"),
        ("a -?x", INVALID, "-?"),
    ],
)
def test_what_is_no_term_is_refused_where_it_stands(text: str, message: str, marked: str) -> None:
    assert (message, marked) == _refused(text)


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("%abc", "If a filter pattern starts with '%' it must end with '%'", "c"),
        ("%", "If a filter pattern starts with '%' it must end with '%'", "%"),
        ("%%", "Invalid character(s) in term '%%'", "%%"),
        ("%a!b%", "Invalid character(s) in term '%a!'", "%a!"),
        (r"%\(a\)%", r"Invalid character(s) in term '%\('", r"%\("),
        ("%é%", "Invalid character(s) in term '%é'", "%é"),
        ("%a% %b%", "Invalid character(s) in term ' '", " "),
        ("%a%b%", "Invalid character(s) in term 'b'", "b"),
        ("%a%%b%", "Invalid character(s) in term '%'", "%"),
        (r"%\p%", "Failed to compile regular expression.", r"%\p%"),
        ("%a++%", "Failed to compile regular expression.", "%a++%"),
    ],
)
def test_an_expression_that_is_none_or_not_alone_is_refused(text: str, message: str, marked: str) -> None:
    assert (message, marked) == _refused(text)


def test_an_expression_alone_is_a_pattern() -> None:
    assert RegexPattern(RegexLiteral("gra|ey")) == parse_pattern(" %gra|ey% ")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("[]", ()),
        ("[ ]", ()),
        ("[...]", (EllipsisField(),)),
        ("[,]", (WordField(), WordField())),
        ("[a]", (WordField("a"),)),
        ("[a,...,b]", (WordField("a"), EllipsisField(), WordField("b"))),
        ("[a=1]", (WordField("a", ((A_IS_1,),)),)),
        ("[ a = 1 || a = 1 && a=1 , ]", (WordField("a", ((A_IS_1,), (A_IS_1, A_IS_1))), WordField())),
        (
            "[a-1_é = x]",
            (WordField("a-1_é", ((WordTest(Operator.EQUAL, TextLiteral("x", quoted=False)),),)),),
        ),
        (
            '[a != "],["]',
            (WordField("a", ((WordTest(Operator.NOT_EQUAL, TextLiteral("],[", quoted=True)),),)),),
        ),
        ("[a = %[],]%]", (WordField("a", ((WordTest(Operator.EQUAL, RegexLiteral("[],]")),),)),)),
    ],
)
def test_fields_stand_between_brackets_and_commas(text: str, fields: tuple[WordField, ...]) -> None:
    assert DelimitedPattern(fields) == parse_pattern(text)


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("[a, b", "If a filter pattern starts with '[' it must end with ']'", "b"),
        ("[a, a]", "Duplicate field 'a'", "a"),
        ("[..., a, ...]", "Duplicate field '...'", "..."),
        ("[a = 1 || b = 2]", "Multiple variables used in a single filter. Var1 : a, Var2 : b", "b"),
        (
            "[s = 4* && bytes > 1]",
            "Multiple variables used in a single filter. Var1 : s, Var2 : bytes",
            "bytes",
        ),
        ("[1a]", "Invalid character(s) in term '1a'", "1a"),
        ("[12]", "Invalid character(s) in term '12'", "12"),
        ("[a.b]", "Invalid character(s) in term 'a.b'", "a.b"),
        ("[a == 1]", INVALID, "="),
        ("[a > b]", INVALID, "b"),
        ('[a >= "1"]', INVALID, '"1"'),
        ("[a = ]", INVALID, "]"),
        ("[a b]", INVALID, "b"),
        ("[a = 1 b]", INVALID, "b"),
        ("[a = 1 &&]", INVALID, "]"),
        ("[a = 1 && a]", INVALID, "]"),
        ("[... a]", INVALID, "a"),
        ('["a"]', INVALID, '"a"'),
        ("[(a = 1)]", "Invalid character(s) in term '('", "("),
        ("[$a]", "Invalid character(s) in term '$'", "$"),
        ("[a = x/y]", "Invalid character(s) in term '/'", "/"),
        ("[a = 1] b]", "Invalid character(s) in term ']'", "]"),
        ("[a = 1e2147483648]", INVALID, "1e2147483648"),
        (
            "[a = %x% || a = %y% || a = %z%]",
            "Your input has exceeded the maximum of 2 regular expressions per filter pattern.",
            "%z%",
        ),
    ],
)
def test_what_is_no_field_is_refused_where_it_stands(text: str, message: str, marked: str) -> None:
    assert (message, marked) == _refused(text)


def test_an_error_says_what_was_expected_and_survives_pickling() -> None:
    with pytest.raises(PatternError) as caught:
        parse_pattern('ERROR -"timed out" (x)')
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes

    assert copy.explain().splitlines() == [
        'ERROR -"timed out" (x)',
        "                   ^",
        "Invalid character(s) in term '('",
        'expected double quotes around text with more than letters, digits, "_" and "."',
    ]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('"ERROR"   -"x"', "ERROR -x"),
        ("a-b?c", "a -b ?c"),
        ('? "two words"', '?"two words"'),
        (r'"\\\"" "c:\dir"', r'"\\\"" "c:\dir"'),
        (" %a|b% ", "%a|b%"),
        ("[ ]", "[]"),
        (r'"\*\*"', r'"\*\*"'),
        ("[a=1&&a!=2||a=%x%,,...]", "[a = 1 && a != 2 || a = %x%, , ...]"),
    ],
)
def test_the_canonical_text_has_blanks_where_they_help(text: str, canonical: str) -> None:
    assert canonical == format_pattern(parse_pattern(text))


@pytest.mark.parametrize("count", ["{500}y{501}", "{,1001}", "{1000,}z{1}", "{0,400}[ab]{0,601}"])
def test_counts_that_would_take_forever_are_refused(count: str) -> None:
    with pytest.raises(PatternError, match="Failed to compile") as caught:
        parse_pattern(f"%x{count}%")

    assert "compiles" in caught.value.expected
    parse_pattern("%x{500}y{0,500}%")


@pytest.mark.parametrize(
    "text",
    [
        "a" + "-b" * 511,
        "[" + ",".join(["a=1"] + [""] * 1000) + "]",
        "?a" * 512,
        '"' + r"\*" * 511 + '"',
        "{" + "&&".join([r"$.a\.b=1"] * 102) + "}",
        "{" + "&&".join(["$.a[0]IS NULL"] * 68) + "}",
        "{" + "&&".join(["$.*NOT EXISTS"] * 3 + ["$.['a'] IS TRUE"] * 55) + "}",
    ],
)
def test_the_longest_patterns_still_print_to_ones_that_can_be_parsed(text: str) -> None:
    pattern = parse_pattern(text)

    assert len(format_pattern(pattern)) <= 1024
    assert pattern == parse_pattern(format_pattern(pattern))


@given(text_patterns())
def test_a_printed_tree_parses_to_the_same_tree(pattern: Pattern) -> None:
    assert pattern == parse_pattern(format_pattern(pattern))


@given(terms_patterns(), lines())
@example(TermsPattern((Term("a", TermKind.OPTIONAL), Term("b", TermKind.EXCLUDED))), "x")
def test_terms_follow_the_three_rules(pattern: Pattern, line: str) -> None:
    assert isinstance(pattern, TermsPattern)
    by_kind = {kind: [term.text for term in pattern.terms if term.kind is kind] for kind in TermKind}
    if by_kind[TermKind.REQUIRED] or by_kind[TermKind.EXCLUDED]:
        expected = all(text in line for text in by_kind[TermKind.REQUIRED])
        expected = expected and all(text not in line for text in by_kind[TermKind.EXCLUDED])
    else:
        expected = any(text in line for text in by_kind[TermKind.OPTIONAL])

    assert expected == matches(pattern, line)


def _words(line: str) -> list[tuple[str, int, int]]:
    """Cuts words character by character, as section 5.1 tells it."""
    words, at = [], 0
    while at < len(line):
        if line[at] in " \t\n\r\f\v":
            at += 1
            continue
        closer = {'"': '"', "[": "]"}.get(line[at])
        if closer is not None and closer in line[at + 1 :]:
            end = line.index(closer, at + 1)
            words.append((line[at + 1 : end], at, end + 1))
            at = end + 1
            continue
        end = at
        while end < len(line) and line[end] not in " \t\n\r\f\v":
            end += 1
        words.append((line[at:end], at, end))
        at = end
    return words


def _assigned(pattern: DelimitedPattern, line: str) -> list[tuple[WordField, str, str]] | None:
    """Gives words to fields as section 5.2 tells it: (field, name, word), or None where there are too few."""
    words, fields = _words(line), list(pattern.fields)
    named = [field for field in fields if isinstance(field, WordField)]
    if len(words) < len(named):
        return None
    texts = [word for word, _, _ in words]
    if EllipsisField() in fields or not fields:
        at = fields.index(EllipsisField()) if fields else 0
        rest = len(words) - len(named)
        slots = [*named[:at], *[WordField()] * rest, *named[at:]]
    else:
        slots = named
        if line[words[len(named) - 1][2] :].strip(" \t\n\r\f\v"):
            texts[len(named) - 1] = line[words[len(named) - 1][1] :]
    return [
        (slot, slot.name or str(at), text)
        for at, (slot, text) in enumerate(zip(slots, texts, strict=False), 1)
    ]


def _holds(test: WordTest, word: str) -> bool:
    if isinstance(test.value, RegexLiteral):
        found = re.search(test.value.text.replace("$", r"\Z"), word) is not None
        return found == (test.operator is Operator.EQUAL)
    if isinstance(test.value, TextLiteral):
        found = (
            re.fullmatch(".*".join(map(re.escape, test.value.text.split("*"))), word, re.DOTALL) is not None
        )
        return found == (test.operator is Operator.EQUAL)
    is_number = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", word)
    if is_number is None:
        return test.operator is Operator.NOT_EQUAL
    number, literal = Decimal(word), Decimal(test.value.text)
    return {
        Operator.EQUAL: number == literal,
        Operator.NOT_EQUAL: number != literal,
        Operator.LESS: number < literal,
        Operator.LESS_OR_EQUAL: number <= literal,
        Operator.GREATER: number > literal,
        Operator.GREATER_OR_EQUAL: number >= literal,
    }[test.operator]


@given(delimited_patterns(), lines())
def test_words_are_cut_given_and_tested_as_the_rules_say(pattern: Pattern, line: str) -> None:
    assert isinstance(pattern, DelimitedPattern)
    assigned = _assigned(pattern, line)
    expected = None
    if assigned is not None and all(
        not field.alternatives
        or any(all(_holds(test, word) for test in tests) for tests in field.alternatives)
        for field, _, word in assigned
    ):
        expected = {f"${name}": word for _, name, word in assigned}

    assert expected == FilterPattern(format_pattern(pattern)).extract(line)


@given(st.lists(text_patterns() | patterns(), max_size=6), lines().map(str.encode) | messages())
def test_a_set_of_all_syntaxes_agrees_with_each_pattern_alone(drawn: list[Pattern], message: bytes) -> None:
    expected = tuple(number for number, pattern in enumerate(drawn) if matches(pattern, message))
    compiled = compile_patterns(drawn)

    assert expected == compiled.matching(message)
    assert expected == compiled.match(compiled.decode(message), message)


@given(text_patterns() | patterns(), lines().map(str.encode) | messages())
def test_values_are_extracted_exactly_where_a_pattern_matches(pattern: Pattern, message: bytes) -> None:
    face = FilterPattern(format_pattern(pattern))

    assert matches(pattern, message) == face.matches(message)
    assert face.matches(message) == (face.extract(message) is not None)


@pytest.mark.parametrize(
    "message", [b"\xff ERROR \xfe", b"\xed\xa0\x80 ERROR x", "\ud800 ERROR x", b"\0 ERROR \0"]
)
def test_bytes_that_are_no_text_hide_nothing(message: bytes | str) -> None:
    assert [True] * 4 == [
        FilterPattern(text).matches(message) for text in ("ERROR", "%ERR%", "[a, b = ERROR, c]", "")
    ]


def test_a_pattern_of_words_names_its_fields() -> None:
    assert ("$ip", "$status") == FilterPattern("[ip, , ..., status = 4*]").fields
    assert () == FilterPattern("ERROR -x").fields
    assert () == FilterPattern("%x%").fields


def test_terms_look_at_a_mapping_as_compact_json() -> None:
    assert FilterPattern(r'"\"a\":[1,\"é\"]"').matches({"a": [1, "é"]})
    assert EveryEvent() == FilterPattern(" ").pattern
