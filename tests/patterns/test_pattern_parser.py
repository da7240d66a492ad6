"""What the parser reads, what it refuses, and how it says so."""

import pickle

import pytest

from trailbell.patterns import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    IsTest,
    JsonPattern,
    Keyword,
    NameStep,
    NotExists,
    NumberLiteral,
    Operator,
    PatternError,
    RegexLiteral,
    Selector,
    TextLiteral,
    Value,
    compile_patterns,
    matches,
    parse_pattern,
    parse_selector,
    selectors,
)

INVALID = "Invalid metric filter pattern"


def _condition(text: str) -> Condition:
    pattern = parse_pattern(text)
    assert isinstance(pattern, JsonPattern)
    return pattern.condition


def _error(text: str) -> PatternError:
    with pytest.raises(PatternError) as caught:
        parse_pattern(text)
    return caught.value


def _equals(name: str, value: Value) -> Comparison:
    return Comparison(Selector((NameStep(name),)), Operator.EQUAL, value)


def test_and_binds_tighter_than_or() -> None:
    a, b, c = (_equals(name, NumberLiteral("1")) for name in "abc")

    assert AnyOf((a, AllOf((b, c)))) == _condition("{ $.a = 1 || $.b = 1 && $.c = 1 }")
    assert AllOf((AnyOf((a, b)), c)) == _condition("{ ($.a = 1 || $.b = 1) && $.c = 1 }")
    assert AnyOf((AllOf((a, b)), c)) == _condition("{ $.a = 1 && $.b = 1 || $.c = 1 }")


def test_parentheses_that_change_nothing_leave_no_trace() -> None:
    plain = _condition("{ $.a = 1 && $.b = 1 && $.c = 1 || $.d = 1 }")

    assert plain == _condition("{ (($.a = 1 && ($.b = 1)) && $.c = 1) || (($.d = 1)) }")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", NumberLiteral("1")),
        ("+1.50e-3", NumberLiteral("+1.50e-3")),
        ("1e+3", NumberLiteral("1e+3")),
        ("1.2.3", TextLiteral("1.2.3", quoted=False)),
        ("12-3", TextLiteral("12-3", quoted=False)),
        ("4xx", TextLiteral("4xx", quoted=False)),
        ("4*", TextLiteral("4*", quoted=False)),
        ("1.", TextLiteral("1.", quoted=False)),
        ("-", TextLiteral("-", quoted=False)),
        ("TRUE", TextLiteral("TRUE", quoted=False)),
        ("IS", TextLiteral("IS", quoted=False)),
        ("Zürich", TextLiteral("Zürich", quoted=False)),
        ('"null"', TextLiteral("null", quoted=True)),
        ('"1"', TextLiteral("1", quoted=True)),
        ('"}"', TextLiteral("}", quoted=True)),
        ('"a || b"', TextLiteral("a || b", quoted=True)),
        (r'"\"\\\*\n"', TextLiteral('"\\*\\n', quoted=True, plain_stars=(2,))),
        ("%a|b%", RegexLiteral("a|b")),
    ],
)
def test_values_are_read_as_numbers_text_or_expressions(written: str, value: Value) -> None:
    assert _equals("a", value) == _condition(f"{{ $.a = {written} }}")
    assert _equals("a", value) == _condition(f"{{($.a={written})}}")


@pytest.mark.parametrize(
    ("written", "test"),
    [
        ("$.a IS NULL", IsTest(Selector((NameStep("a"),)), Keyword.NULL)),
        ("$.a is True", IsTest(Selector((NameStep("a"),)), Keyword.TRUE)),
        ("$.a Is fALSE", IsTest(Selector((NameStep("a"),)), Keyword.FALSE)),
        ("$.a\n not\texists", NotExists(Selector((NameStep("a"),)))),
    ],
)
def test_keywords_may_be_written_in_any_case(written: str, test: Condition) -> None:
    assert test == _condition(f"{{ {written} }}")


def test_selectors_are_listed_once_in_order_of_appearance() -> None:
    pattern = parse_pattern("{ $.b = 1 && ($.a[0] = 2 || $.b > 3) }")

    assert [str(selector) for selector in selectors(pattern)] == ["$.b", "$.a[0]"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("$.a.b[0]", "$.a.b[0]"),
        ("$.*", "$.*"),
        ("$.a[*].b", "$.a[*].b"),
        ("$.['a'].['b c']", "$.a.['b c']"),
        ("$.['']", "$.['']"),
        (r"$.aws\.x", "$.['aws.x']"),
        ("$.é-1_x", "$.é-1_x"),
    ],
)
def test_a_selector_is_read_by_itself(written: str, canonical: str) -> None:
    assert canonical == str(parse_selector(written))


@pytest.mark.parametrize(
    "written",
    ["$.a[" + "9" * 5000 + "]", "", "$", "a", "$.a ", " $.a", "$.a = 1", "$.a $.b", '"$.a"', "$.a[-1]"],
)
def test_a_selector_by_itself_is_nothing_but_one_selector(written: str) -> None:
    with pytest.raises(PatternError):
        parse_selector(written)


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("{", "If a filter pattern starts with '{' it must end with '}'", "{"),
        ("{ $.a = 1 } x", "If a filter pattern starts with '{' it must end with '}'", "x"),
        ("[a", "If a filter pattern starts with '[' it must end with ']'", "a"),
        ("%", "If a filter pattern starts with '%' it must end with '%'", "%"),
        ("{}", INVALID, "}"),
        ("{ }", INVALID, "}"),
        ("{ $.a == 1 }", INVALID, "="),
        ("{ $.a = }", INVALID, "}"),
        ("{ $.a }", INVALID, "}"),
        ("{ $.a = 1 && }", INVALID, "}"),
        ("{ $.a = 1 && && $.b = 1 }", INVALID, "&&"),
        ("{ ($.a = 1 }", INVALID, "}"),
        ("{ $.a = 1) }", INVALID, ")"),
        ("{ () }", INVALID, ")"),
        ("{ ($.a) = 1 }", INVALID, ")"),
        ("{ $.a = $.b }", INVALID, "$.b"),
        ("{ $.a = 1 $.b = 1 }", INVALID, "$.b"),
        ('{ "a" = 1 }', INVALID, '"a"'),
        ("{ $.a = 1 AND $.b = 1 }", "Invalid character(s) in term 'AND'", "AND"),
        ("{ $.a = null }", "Invalid character(s) in term 'null'", "null"),
        ("{ $.a != NULL }", "Invalid character(s) in term 'NULL'", "NULL"),
        ("{ $.a EXISTS }", "Invalid character(s) in term 'EXISTS'", "EXISTS"),
        ("{ $.a NOT EXIST }", "Invalid character(s) in term 'EXIST'", "EXIST"),
        ("{ $.a IS NOT NULL }", "Invalid character(s) in term 'NOT'", "NOT"),
        ("{ $.a \u0131s NULL }", "Invalid character(s) in term '\u0131s'", "\u0131s"),
        ('{ $.a > "0" }', "Invalid character(s) in term '\"0\"'", '"0"'),
        ("{ $.a >= abc }", "Invalid character(s) in term 'abc'", "abc"),
        ("{ $.a < %1% }", "Invalid character(s) in term '%1%'", "%1%"),
        ("{ $.a = a:b }", "Invalid character(s) in term ':'", ":"),
        ("{ $.a = 10.0.0.0/8 }", "Invalid character(s) in term '/'", "/"),
        ("{ $.a = 1, $.b = 2 }", "Invalid character(s) in term ','", ","),
        ("{ $.a = 'x' }", "Invalid character(s) in term '''", "'"),
        ("{ $.a = 1 & $.b = 1 }", "Invalid character(s) in term '&'", "&"),
        ("{ $.a = 1 } }", "Invalid character(s) in term '}'", "}"),
        ('{ $.a = "x }', "Invalid character(s) in term '\"x '", '"x '),
        ("{ $.a = 1e2147483648 }", INVALID, "1e2147483648"),
        ("{ $.a = 1e-" + "9" * 900 + " }", INVALID, "1e-" + "9" * 900),
        ("{ $ .a = 1 }", "Invalid character(s) in term '$ '", "$ "),
        ("{ $['a'] = 1 }", "Invalid character(s) in term '$['", "$["),
        ("{ $[0] = 1 }", "Invalid character(s) in term '$['", "$["),
        ('{ $."a" = 1 }', "Invalid character(s) in term '$.\"'", '$."'),
        ('{ $.["a"] = 1 }', "Invalid character(s) in term '$.[\"'", '$.["'),
        ("{ $.a[-1] = 1 }", "Invalid character(s) in term '[-'", "[-"),
        ("{ $.a['b'] = 1 }", "Invalid character(s) in term '[''", "['"),
        ("{ $.a@b = 1 }", "Invalid character(s) in term '@'", "@"),
        ("{ $.a. = 1 }", "Invalid character(s) in term '. '", ". "),
        ("{ $.a = %x! % }", "Invalid character(s) in term '%x!'", "%x!"),
        (r"{ $.a = %\(% }", r"Invalid character(s) in term '%\('", r"%\("),
        ("{ $.a = %é% }", "Invalid character(s) in term '%é'", "%é"),
        ("{ $.a = %% }", "Invalid character(s) in term '%%'", "%%"),
        ("{ $.a = %abc }", "Invalid character(s) in term '%abc '", "%abc "),
        ("{ $.a = %[z-a]% }", "Failed to compile regular expression.", "%[z-a]%"),
        ("{ $.a = %a++% }", "Failed to compile regular expression.", "%a++%"),
        (r"{ $.a = %\pL% }", "Failed to compile regular expression.", r"%\pL%"),
        (r"{ $.a = %\1% }", "Failed to compile regular expression.", r"%\1%"),
        ("{ $.a = %a{3,2}% }", "Failed to compile regular expression.", "%a{3,2}%"),
        ("{ $.a = %a{99999999999}% }", "Failed to compile regular expression.", "%a{99999999999}%"),
        ("{ $.a = %a\\% }", "Failed to compile regular expression.", "%a\\%"),
    ],
)
def test_an_error_names_the_fault_and_its_place(text: str, message: str, marked: str) -> None:
    error = _error(text)

    assert (message, marked) == (error.message, text[error.start : error.end])
    assert error.message == str(error)
    assert error.pattern == text
    assert error.expected


def test_an_error_shows_the_place_with_carets() -> None:
    explanation = _error("{ $.a = 1\n && $.b > “2” }").explain()

    assert explanation.splitlines() == [
        "{ $.a = 1  && $.b > “2” }",
        "                    ^",
        "Invalid character(s) in term '“'",
        'expected double quotes around text that holds more than letters, digits, "_", ".", "-" and "*"',
    ]


def test_carets_stand_under_the_fault_behind_wide_and_joined_characters() -> None:
    explanation = _error('{ $.a = "日本e\u0301\x1b" & }').explain()

    assert explanation.splitlines()[:2] == [
        '{ $.a = "日本e\u0301\ufffd" & }',
        " " * 17 + "^",
    ]


def test_an_error_survives_the_way_from_another_process() -> None:
    error = _error("{ $.a = }")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert (type(error), error.explain()) == (type(copy), copy.explain())


def test_a_pattern_may_have_1024_characters_and_no_more() -> None:
    longest = '{ $.a = "' + "x" * 1012 + '" }'
    error = _error(longest + " ")

    assert len(longest) == 1024
    assert matches(parse_pattern(longest), '{"a":"' + "x" * 1012 + '"}')
    assert (error.start, error.end) == (1024, 1025)
    assert "Member must have length less than or equal to 1024" in error.message


def test_a_selector_may_have_one_wildcard() -> None:
    error = _error("{ $.a[*].b.* = 1 }")

    assert error.pattern[error.start : error.end] == "$.a[*].b.*"
    assert error.message == (
        "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per "
        "json selector."
    )


def test_a_pattern_may_have_three_selectors_with_a_wildcard() -> None:
    parse_pattern("{ $.a[*] = 1 && $.b.* = 1 && $.* = 1 && $.c = * }")
    error = _error("{ $.a[*] = 1 && $.b.* = 1 && $.* = 1 && $.d[*] = 1 }")

    assert error.pattern[error.start : error.end] == "$.d[*]"


def test_a_pattern_may_have_two_regular_expressions() -> None:
    parse_pattern("{ $.a = %x% && $.b != %y% }")
    error = _error("{ $.a = %x% && $.b != %y% && $.c = %z% }")

    assert error.pattern[error.start : error.end] == "%z%"
    assert error.message == "Your input has exceeded the maximum of 2 regular expressions per filter pattern."


def test_parentheses_may_be_nested_as_deep_as_the_length_allows() -> None:
    pattern = parse_pattern("{" + "(" * 508 + "$.a=1" + ")" * 508 + "}")

    assert pattern == parse_pattern("{ $.a = 1 }")


def test_parentheses_without_end_are_an_error_like_any_other() -> None:
    assert _error("{" + "(" * 1022 + "}").message == INVALID
    assert _error("{" + "(" * 500 + "$.a=1" + ")" * 499 + "}").message == INVALID


def test_conditions_may_be_nested_as_deep_as_the_length_allows() -> None:
    depth = 112
    text = "{" + "$.a=1&&($.a=0||(" * (depth // 2) + "$.a=1" + ")" * depth + "}"
    pattern = parse_pattern(text)
    compiled = compile_patterns([pattern])

    assert len(text) <= 1024
    assert matches(pattern, '{"a":1}')
    assert compiled.matching(b'{"a":1}') == (0,)


def test_paths_may_be_as_long_as_the_length_allows() -> None:
    pattern = parse_pattern("{$" + ".a" * 509 + "=1}")
    compiled = compile_patterns([pattern])
    event = ('{"a":' * 509 + "1" + "}" * 509).encode()

    assert matches(pattern, event)
    assert compiled.matching(event) == (0,)


def test_a_comparison_of_order_with_text_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="compares with a number only"):
        Comparison(Selector((NameStep("a"),)), Operator.LESS, TextLiteral("1", quoted=True))


@pytest.mark.parametrize("join", [AllOf, AnyOf])
def test_a_joint_of_fewer_than_two_conditions_cannot_be_built(join: type[AllOf | AnyOf]) -> None:
    one = _equals("a", NumberLiteral("1"))

    with pytest.raises(ValueError, match="two or more"):
        join((one,))
    with pytest.raises(ValueError, match="two or more"):
        join((join((one, one)), one))
