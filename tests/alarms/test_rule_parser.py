"""What rules of composite alarms parse to, how they print, and what is said of those that are none."""

import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trailbell.alarms._alarm import AlarmDefinitionError, AlarmState
from trailbell.alarms._rule_errors import AlarmRuleError
from trailbell.alarms._rule_parser import parse_rule
from trailbell.alarms._rule_printer import print_rule
from trailbell.alarms._rule_tokens import RuleTokenKind, tokenize_rule
from trailbell.alarms._rule_tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Negation,
    RuleConstant,
    RuleNode,
    StateTest,
    referenced_alarms,
)

TRUE, FALSE = RuleConstant(value=True), RuleConstant(value=False)
ANY_OPERAND = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA"
ANY_NAME = (
    "'NOT', 'AND', 'OR', 'AT_LEAST', NUMBER, PERCENTAGE NUMBER, TRUE or FALSE, ALARM, OK, or "
    "INSUFFICIENT_DATA, unquoted alarm name, quoted alarm name"
)
TYPICAL = "ALARM(a) AND NOT (OK(b) OR AT_LEAST(50%, NOT INSUFFICIENT_DATA, (c, d)))"


def alarm(name: str) -> StateTest:
    return StateTest(AlarmState.ALARM, name)


def at_least(
    threshold: int,
    *alarms: str,
    state: AlarmState = AlarmState.ALARM,
    is_percent: bool = False,
    is_negated: bool = False,
) -> AtLeast:
    return AtLeast(threshold, is_percent, state, is_negated, alarms)


def refusal(rule: str) -> AlarmRuleError:
    with pytest.raises(AlarmRuleError) as caught:
        parse_rule(rule)
    return caught.value


A, B, C = alarm("a"), alarm("b"), alarm("c")

names = st.one_of(
    st.sampled_from(
        ["a", "b", "a b", 'say "hi"', "back\\", "\\\\", "'a'", "a,b(c)", "NOT", "50%", "", '"', "ü"]
    ),
    st.text(max_size=6),
)
states = st.sampled_from(AlarmState)


@st.composite
def at_leasts(draw: st.DrawFn) -> AtLeast:
    alarms = draw(st.lists(names, min_size=1, max_size=4))
    is_percent = draw(st.booleans())
    threshold = draw(st.integers(1, 100 if is_percent else len(alarms)))
    return AtLeast(threshold, is_percent, draw(states), draw(st.booleans()), tuple(alarms))


def extended(inner: st.SearchStrategy[RuleNode]) -> st.SearchStrategy[RuleNode]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(Negation, inner), st.builds(AllOf, several), st.builds(AnyOf, several))


leaves: st.SearchStrategy[RuleNode] = st.one_of(
    st.builds(RuleConstant, st.booleans()), st.builds(StateTest, states, names), at_leasts()
)
trees = st.recursive(leaves, extended, max_leaves=20)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("TRUE", TRUE),
        ("FALSE", FALSE),
        ("ALARM(a)", A),
        ("OK(a)", StateTest(AlarmState.OK, "a")),
        ("INSUFFICIENT_DATA(a)", StateTest(AlarmState.INSUFFICIENT_DATA, "a")),
        ("ALARM ( a )", A),
        ("\tALARM\n(\ra ) ", A),
        ('ALARM("a")', A),
        ("ALARM('a')", alarm("'a'")),
        ('ALARM("an alarm with spaces")', alarm("an alarm with spaces")),
        ('ALARM("a)b")', alarm("a)b")),
        (r'ALARM("a\"b")', alarm('a"b')),
        (r'ALARM("a\\")', alarm("a\\")),
        (r'ALARM("a\b")', alarm(r"a\b")),
        (r"ALARM(a\b)", alarm(r"a\b")),
        ('ALARM(a"b)', alarm('a"b')),
        ('ALARM("")', alarm("")),
        ("ALARM(NOT)", alarm("NOT")),
        ("ALARM(ALARM)", alarm("ALARM")),
        ("ALARM(50%)", alarm("50%")),
        ("NOT TRUE", Negation(TRUE)),
        ("NOT NOT FALSE", Negation(Negation(FALSE))),
        ("NOT(TRUE)", Negation(TRUE)),
        ("((TRUE))", TRUE),
        ("ALARM(a) AND ALARM(b) AND ALARM(c)", AllOf((A, B, C))),
        ("ALARM(a) OR ALARM(b) OR ALARM(c)", AnyOf((A, B, C))),
        ("(ALARM(a)AND ALARM(b))AND ALARM(c)", AllOf((AllOf((A, B)), C))),
        ("AT_LEAST(1,ALARM,(a,b))", at_least(1, "a", "b")),
        ("AT_LEAST ( 2 , NOT OK , ( a , a ) )", at_least(2, "a", "a", state=AlarmState.OK, is_negated=True)),
        ("AT_LEAST(050%, ALARM, (a))", at_least(50, "a", is_percent=True)),
        ('AT_LEAST(1, ALARM, ("a b", AND))', at_least(1, "a b", "AND")),
    ],
)
def test_a_rule_parses_to_its_tree(rule: str, expected: RuleNode) -> None:
    assert expected == parse_rule(rule)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a) OR ALARM(b) AND ALARM(c)", AnyOf((A, AllOf((B, C))))),
        ("ALARM(a) AND ALARM(b) OR ALARM(c)", AnyOf((AllOf((A, B)), C))),
        ("(ALARM(a) OR ALARM(b)) AND ALARM(c)", AllOf((AnyOf((A, B)), C))),
        ("NOT ALARM(a) AND ALARM(b)", AllOf((Negation(A), B))),
        ("NOT ALARM(a) OR NOT (ALARM(b) OR ALARM(c))", AnyOf((Negation(A), Negation(AnyOf((B, C)))))),
    ],
)
def test_not_binds_before_and_which_binds_before_or(rule: str, expected: RuleNode) -> None:
    assert expected == parse_rule(rule)


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        # These are AWS's own answers, as captured in 2026.
        ("true", f"Unsupported token 'true' at char 0, must be: {ANY_OPERAND}"),
        ("not TRUE", f"Unsupported token 'not' at char 0, must be: {ANY_OPERAND}"),
        ("!TRUE", f"Unsupported token '!TRUE' at char 0, must be: {ANY_OPERAND}"),
        ("alarm(a)", f"Unsupported token 'alarm' at char 0, must be: {ANY_OPERAND}"),
        ("UNKNOWN(a)", f"Unsupported token 'UNKNOWN' at char 0, must be: {ANY_OPERAND}"),
        ("TRUE and FALSE", "Unsupported token 'and' at char 5, must be: <EOF>, 'AND', 'OR'"),
        ("TRUE && FALSE", "Unsupported token '&&' at char 5, must be: <EOF>, 'AND', 'OR'"),
        ("TRUE FALSE", "Unsupported token 'FALSE' at char 5, must be: <EOF>"),
        ("TRUE junk", "Unsupported token 'junk' at char 5, must be: <EOF>"),
        ("ALARM(an alarm with spaces)", "Unsupported token 'alarm' at char 9, must be: ')'"),
        (
            "AT_LEAST(-1, ALARM, (a,b))",
            "Unsupported token '-1' at char 9, must be: NUMBER, PERCENTAGE NUMBER",
        ),
        (
            "AT_LEAST(1.5, ALARM, (a))",
            "Unsupported token '1.5' at char 9, must be: NUMBER, PERCENTAGE NUMBER",
        ),
        (
            "AT_LEAST(50.5%, OK, (a))",
            "Unsupported token '50.5%' at char 9, must be: NUMBER, PERCENTAGE NUMBER",
        ),
        (
            "AT_LEAST(1, BOGUS, (a,b))",
            "Unsupported token 'BOGUS' at char 12, must be: 'NOT', ALARM, OK, or INSUFFICIENT_DATA",
        ),
        (
            "AT_LEAST(0, ALARM, (a,b))",
            "AT_LEAST absolute threshold must be between 1 and number of alarms (2)",
        ),
        (
            "AT_LEAST(3, ALARM, (a,b))",
            "AT_LEAST absolute threshold must be between 1 and number of alarms (2)",
        ),
        ("AT_LEAST(0%, ALARM, (a,b))", "AT_LEAST percentage threshold must be between 1 and 100"),
        ("AT_LEAST(101%, ALARM, (a,b))", "AT_LEAST percentage threshold must be between 1 and 100"),
        # These are worded after them.
        ("", f"Unsupported token '<EOF>' at char 0, must be: {ANY_OPERAND}"),
        ("TRUE AND", f"Unsupported token '<EOF>' at char 8, must be: {ANY_OPERAND}"),
        ("TRUE AND OR FALSE", f"Unsupported token 'OR' at char 9, must be: {ANY_OPERAND}"),
        ("()", f"Unsupported token ')' at char 1, must be: {ANY_OPERAND}"),
        ("TRUE)", "Unsupported token ')' at char 4, must be: <EOF>"),
        ("(TRUE", "Unsupported token '<EOF>' at char 5, must be: ')', 'AND', 'OR'"),
        ("(TRUE or FALSE)", "Unsupported token 'or' at char 6, must be: ')', 'AND', 'OR'"),
        ('"TRUE"', f"Unsupported token '\"TRUE\"' at char 0, must be: {ANY_OPERAND}"),
        ("ALARM a", "Unsupported token 'a' at char 6, must be: '('"),
        ('ALARM("a"b)', "Unsupported token 'b' at char 9, must be: ')'"),
        ("ALARM()", f"Unsupported token ')' at char 6, must be: {ANY_NAME}"),
        ('ALARM("a)', f"Unsupported token '\"a)' at char 6, must be: {ANY_NAME}"),
        ("AT_LEAST(1, ALARM, ())", f"Unsupported token ')' at char 20, must be: {ANY_NAME}"),
        ("AT_LEAST(1 ALARM, (a))", "Unsupported token 'ALARM' at char 11, must be: ','"),
        (
            "AT_LEAST(1, NOT NOT ALARM, (a))",
            "Unsupported token 'NOT' at char 16, must be: ALARM, OK, or INSUFFICIENT_DATA",
        ),
        ("AT_LEAST(1, OK, a)", "Unsupported token 'a' at char 16, must be: '('"),
        ("AT_LEAST(1, OK, (a b))", "Unsupported token 'b' at char 19, must be: ')', ','"),
        ("AT_LEAST(1, OK, (a)", "Unsupported token '<EOF>' at char 19, must be: ')'"),
        (
            f"AT_LEAST({'9' * 9000}, OK, (a))",
            "AT_LEAST absolute threshold must be between 1 and number of alarms (1)",
        ),
    ],
)
def test_a_text_that_is_no_rule_is_refused_in_aws_words(rule: str, what: str) -> None:
    assert f"Error in AlarmRule [{what}]" == str(refusal(rule))


def test_a_refusal_shows_the_place() -> None:
    error = refusal("ALARM(a) AND\nok(b)")

    assert (13, 15) == (error.start, error.end)
    assert error.explain().splitlines()[:2] == ["ALARM(a) AND ok(b)", "             ^^"]


def test_a_refusal_is_one_of_the_definition_and_survives_pickling() -> None:
    error = refusal("true")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert isinstance(error, AlarmDefinitionError)
    assert (error.field, error.message, error.what) == (copy.field, copy.message, copy.what)


def test_a_rule_may_have_10240_characters() -> None:
    longest = "TRUE" + " " * 10_236

    assert parse_rule(longest) == TRUE
    assert str(refusal(longest + " ")) == (
        "Error in AlarmRule [The rule has 10241 characters, it must have at most 10240]"
    )


def test_a_rule_may_mention_100_alarms_however_often() -> None:
    rule = " OR ".join(f"ALARM(a{number % 100})" for number in range(200))

    assert len(referenced_alarms(parse_rule(rule))) == 100
    assert str(refusal(rule + " OR ALARM(a100)")) == (
        "Error in AlarmRule [The rule has 101 alarms, it must have at most 100]"
    )


def test_a_rule_may_have_500_elements() -> None:
    elements = " OR ".join(["(ALARM(a))"] * 248 + ["AT_LEAST(1, OK, (a, b, c))", "TRUE"])

    assert isinstance(parse_rule(elements), AnyOf)
    for more in ("OR TRUE", "OR ALARM(a)", "AND (TRUE)"):
        assert "more than 500 elements" in str(refusal(f"{elements} {more}"))


def test_parentheses_may_nest_as_deep_as_there_are_elements() -> None:
    assert parse_rule("(" * 499 + "TRUE" + ")" * 499) == TRUE
    assert "more than 500 elements" in str(refusal("(" * 10_000))


def test_operators_nest_200_deep_and_no_hostile_rule_goes_deeper() -> None:
    deepest = "NOT " * 199 + "TRUE"
    alternating = "(TRUE AND (TRUE OR " * 120 + "TRUE" + "))" * 120

    assert parse_rule(print_rule(parse_rule(deepest))) == parse_rule(deepest)
    for rule in ("NOT " + deepest, "NOT " * 2500 + "TRUE", alternating):
        assert str(refusal(rule)) == "Error in AlarmRule [The rule is nested more than 200 deep]"


def test_a_hostile_quote_is_read_in_one_pass() -> None:
    assert "unquoted alarm name" in str(refusal('ALARM("' + "\\" * 10_000))


def test_alarms_are_told_once_each_in_the_order_of_their_first_mention() -> None:
    rule = 'OK(c) AND (AT_LEAST(1, OK, (a, "c", b)) OR NOT ALARM("a")) AND ALARM(arn:x)'

    assert referenced_alarms(parse_rule(rule)) == ("c", "a", "b", "arn:x")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a) AND ALARM(b) OR FALSE", '(ALARM("a") AND ALARM("b")) OR FALSE'),
        ("NOT(NOT  ALARM(a))", 'NOT NOT ALARM("a")'),
        ("NOT(TRUE OR FALSE)", "NOT (TRUE OR FALSE)"),
        (
            "AT_LEAST(50%,NOT OK,(a,'b'))",
            'AT_LEAST(50%, NOT OK, ("a", "\'b\'"))',
        ),
    ],
)
def test_a_tree_prints_with_quotes_and_with_and_inside_or_in_parentheses(rule: str, expected: str) -> None:
    assert expected == print_rule(parse_rule(rule))


@given(trees)
def test_a_printed_tree_parses_to_the_same_tree(tree: RuleNode) -> None:
    assert tree == parse_rule(print_rule(tree))


@given(st.text(alphabet='ALRMOKNTUE_()," \\%1', max_size=40))
@example(TYPICAL)
def test_tokens_cover_a_rule_but_for_its_blanks(rule: str) -> None:
    tokens = list(tokenize_rule(rule))
    covered = {position for token in tokens for position in range(token.start, token.end)}

    assert RuleTokenKind.END == tokens[-1].kind
    assert {position for position, character in enumerate(rule) if character != " "} <= covered
    assert all(rule[token.start : token.end] == token.text for token in tokens[:-1])


@given(st.data())
def test_any_text_parses_or_is_refused(data: st.DataObject) -> None:
    pieces = data.draw(
        st.lists(st.sampled_from([*TYPICAL.split(" "), "(", ")", ",", "a", '"', "NOT", "%"]), max_size=12)
    )
    rule = data.draw(st.sampled_from([" ", ""])).join(pieces)

    refused: AlarmRuleError | None = None
    try:
        tree = parse_rule(rule)
    except AlarmRuleError as error:
        refused = error

    if refused is None:
        assert tree == parse_rule(print_rule(tree))
    else:
        assert 0 <= refused.start <= refused.end <= len(rule)
