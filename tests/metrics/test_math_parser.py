"""What expressions of metric math parse to, how they print, and what is said of those that are none."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.metrics._math_errors import MathError, UnsupportedMathError
from trailbell.metrics._math_parser import (
    MAXIMUM_DEPTH,
    MAXIMUM_LENGTH,
    parse_expression,
    referenced_ids,
)
from trailbell.metrics._math_printer import print_expression
from trailbell.metrics._math_tree import (
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Operator,
    Place,
    Reference,
    SeriesArray,
    Text,
    Word,
)

ONE, TWO, THREE = Number(1.0), Number(2.0), Number(3.0)
M1, M2 = Reference("m1"), Reference("m2")


def chain(*parts: Node | str) -> Operation:
    operands = tuple(part for part in parts if not isinstance(part, str))
    return Operation(operands, tuple(Operator(part) for part in parts if isinstance(part, str)))


def refusal(expression: str) -> MathError:
    with pytest.raises(MathError) as caught:
        parse_expression(expression)
    return caught.value


def tree_or_error(expression: str) -> Node | MathError:
    try:
        return parse_expression(expression)
    except MathError as error:
        return error


@pytest.mark.parametrize(
    ("expression", "tree"),
    [
        ("m1", M1),
        ("  m1\t\n", M1),
        ("(((m1)))", M1),
        ("1", ONE),
        ("1.50", Number(1.5)),
        (".5", Number(0.5)),
        ("5.", Number(5.0)),
        ("2e3", Number(2000.0)),
        ("2E-1", Number(0.2)),
        ("-1", Negation(ONE)),
        ("--1", Negation(Negation(ONE))),
        ("1+2-3", chain(ONE, "+", TWO, "-", THREE)),
        ("(1+2)-3", chain(chain(ONE, "+", TWO), "-", THREE)),
        ("1-(2-3)", chain(ONE, "-", chain(TWO, "-", THREE))),
        ("1+2*3", chain(ONE, "+", chain(TWO, "*", THREE))),
        ("1*2+3", chain(chain(ONE, "*", TWO), "+", THREE)),
        ("1/2*3", chain(ONE, "/", TWO, "*", THREE)),
        ("2^3^1", chain(TWO, "^", THREE, "^", ONE)),
        ("-2^3", Negation(chain(TWO, "^", THREE))),
        ("2^-3", chain(TWO, "^", Negation(THREE))),
        ("-2*3", chain(Negation(TWO), "*", THREE)),
        ("2*-3", chain(TWO, "*", Negation(THREE))),
        ("1+2<3*1", chain(chain(ONE, "+", TWO), "<", chain(THREE, "*", ONE))),
        ("1<2==3", chain(ONE, "<", TWO, "==", THREE)),
        ("1<=2 && 3>=1", chain(chain(ONE, "<=", TWO), "&&", chain(THREE, ">=", ONE))),
        ("1 AND 2 OR 3", chain(chain(ONE, "&&", TWO), "||", THREE)),
        ("1 || 2 && 3", chain(ONE, "||", chain(TWO, "&&", THREE))),
        ("1 != 2", chain(ONE, "!=", TWO)),
        ("METRICS()", Call("METRICS", ())),
        ("METRICS('a')", Call("METRICS", (Text("a"),))),
        ('METRICS("it\'s")', Call("METRICS", (Text("it's"),))),
        ("FILL(m1, REPEAT)", Call("FILL", (M1, Word("REPEAT")))),
        ("[m1, m2]", SeriesArray((M1, M2))),
        ("SUM([m1,m2])/2", chain(Call("SUM", (SeriesArray((M1, M2)),)), "/", TWO)),
        ("select + orders", chain(Reference("select"), "+", Reference("orders"))),
    ],
)
def test_an_expression_has_one_tree(expression: str, tree: Node) -> None:
    assert tree == parse_expression(expression)


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("((m1+m2))*100", "(m1 + m2) * 100"),
        ("(m1*m2)+100", "m1 * m2 + 100"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("(-2)^2", "(-2)^2"),
        ("2^(-2)", "2^(-2)"),
        ("-(1+2)", "-(1 + 2)"),
        ("m1 AND m2 OR m3", "m1 && m2 || m3"),
        ("METRICS('a')", 'METRICS("a")'),
        ("0.25+1e30", "0.25 + 1e+30"),
    ],
)
def test_an_expression_prints_with_the_parentheses_it_needs(expression: str, printed: str) -> None:
    assert printed == print_expression(parse_expression(expression))


@pytest.mark.parametrize(
    ("expression", "place", "message"),
    [
        ("", (0, 0), "Unexpected end: expected an Id, a number, a function, '-', '(' or '['"),
        ("m1 +", (4, 4), "Unexpected end: expected an Id, a number, a function, '-', '(' or '['"),
        ("m1 m2", (3, 5), "Unexpected 'm2' at character 4: expected an operator or the end"),
        ("m1 and m2", (3, 6), "Unexpected 'and' at character 4: expected an operator or the end"),
        ("m1 !m2", (3, 4), "Unexpected character '!' at character 4"),
        ("(m1", (3, 3), "Unexpected end: expected an operator or ')'"),
        ("SUM(m1", (6, 6), "Unexpected end: expected an operator, ',' or ')'"),
        ("SUM(m1,)", (7, 8), "Unexpected ')' at character 8: expected an Id"),
        ("[]", (1, 2), "Unexpected ']' at character 2: expected an Id"),
        ("m1)", (2, 3), "Unexpected ')' at character 3: expected an operator or the end"),
        ("m1 + 'a", (5, 6), "The text that begins at character 6 does not end"),
        ("5 % 2", (2, 3), "Unexpected character '%' at character 3"),
        ("+5", (0, 1), "Unexpected '+' at character 1"),
        ("1e400", (0, 5), "The number at character 1 is too large"),
        ("9" * 400, (0, 400), "The number at character 1 is too large"),
        ("٣", (0, 1), "Unexpected character '٣' at character 1"),
    ],
)
def test_an_error_says_what_stands_where_and_what_was_expected(
    expression: str, place: tuple[int, int], message: str
) -> None:
    error = refusal(expression)

    assert place == (error.start, error.end)
    assert error.message.startswith(message)
    assert error.expected


def test_an_error_shows_the_place_with_carets() -> None:
    expected = (
        "m1 \tm22 + 1\n    ^^^\nUnexpected 'm22' at character 5: expected an operator or the end\n"
        "expected an operator or the end"
    )

    assert expected.replace("\t", " ") == refusal("m1 \tm22 + 1").explain()


def test_an_error_survives_pickling_with_its_query() -> None:
    error = refusal("m1 +").of_query("e1")

    restored = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert "Error in expression 'e1': Unexpected end" in str(restored)
    assert (str(error), error.expression, error.start) == (str(restored), restored.expression, restored.start)


def test_metrics_insights_queries_are_refused_by_name() -> None:
    with pytest.raises(UnsupportedMathError, match=r"Metrics Insights queries \(SELECT\) are not supported"):
        parse_expression('SELECT AVG(CPUUtilization) FROM "AWS/EC2"')


def test_an_expression_may_have_2048_characters() -> None:
    assert M1 == parse_expression("m1".ljust(MAXIMUM_LENGTH))
    assert "has 2049 characters" in refusal("m1".ljust(MAXIMUM_LENGTH + 1)).message


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("[", "]"), ("-", ""), ("2^-", ""), ("ABS(", ")"), ("IF(m1,1,", ")"), ("1+2*-(", ")")],
)
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    times = (MAXIMUM_LENGTH - 2) // len(opening + closing)

    error = refusal(opening * times + "m1" + closing * times)

    assert f"The expression is nested more than {MAXIMUM_DEPTH} deep" == error.message


def test_operators_inside_one_another_count_as_nesting() -> None:
    nested = "m1"
    for operator in ("^2", "*2", "+2", "<2", "&&2") * 14:
        nested = f"({nested}){operator}"

    assert "nested" in refusal(nested).message


def test_a_reasonable_depth_is_taken_and_printed() -> None:
    expression = "ABS(" * 60 + "m1" + ")" * 60

    assert expression == print_expression(parse_expression(expression))


def test_a_long_chain_is_one_node() -> None:
    tree = parse_expression("1" + "+1" * 1023)

    assert isinstance(tree, Operation)
    assert 1024 == len(tree.operands)
    assert tree == parse_expression(print_expression(tree).replace(" ", ""))


def test_places_are_kept_but_not_compared() -> None:
    tree = parse_expression("  m1")

    assert isinstance(tree, Reference)
    assert (2, 4) == (tree.place.start, tree.place.end)
    assert (Reference("m1"), hash(Reference("m1"))) == (tree, hash(tree))
    assert Place(1, 2) == Place(3, 4)


def test_referenced_ids_come_once_in_the_order_of_their_use() -> None:
    assert ("m2", "m1") == referenced_ids('SUM([m2, m1, m2]) / METRICS("m3")')


CAPITALS = st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"AND", "OR", "SELECT"}
)
IDS = st.from_regex(r"[a-z][a-zA-Z0-9_]{0,5}", fullmatch=True)
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=8).filter(
    lambda text: not ('"' in text and "'" in text)
)
NUMBERS = st.one_of(
    st.integers(0, 10**6).map(float), st.floats(0, allow_nan=False, allow_infinity=False).map(abs)
)
LEVELS = [
    [operator for operator in Operator if operator.level == level]
    for level in sorted({operator.level for operator in Operator})
]


@st.composite
def operations(draw: st.DrawFn, operands: st.SearchStrategy[Node]) -> Node:
    some = draw(st.lists(operands, min_size=2, max_size=4))
    operators = st.sampled_from(draw(st.sampled_from(LEVELS)))
    return Operation(tuple(some), tuple(draw(operators) for _ in some[1:]))


def compounds(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        operations(inner),
        st.builds(Negation, inner),
        st.builds(Call, CAPITALS | IDS, some),
        st.builds(SeriesArray, some.filter(bool)),
    )


LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Number, NUMBERS),
    st.builds(Text, TEXTS),
    st.builds(Word, CAPITALS),
    st.builds(Reference, IDS),
)
TREES = st.recursive(LEAVES, compounds, max_leaves=25)


@given(TREES)
def test_printing_and_parsing_give_the_same_tree(tree: Node) -> None:
    printed = print_expression(tree)

    if len(printed) <= MAXIMUM_LENGTH:
        assert tree == parse_expression(printed)
    else:
        assert "characters" in refusal(printed).message


@given(st.text("m12 +-*/^<>=!&|()[],.\"'eANDOR$\n", max_size=60))
def test_any_text_is_an_expression_or_is_refused_with_a_place(text: str) -> None:
    found = tree_or_error(text)

    if isinstance(found, MathError):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.explain()
    else:
        assert found == parse_expression(print_expression(found))
