"""What sets of math queries are taken, what types they have, and what they use."""

import pytest

from trailbell.metrics._math_errors import MathError, UnsupportedMathError
from trailbell.metrics._math_functions import FUNCTIONS, UNSUPPORTED_FUNCTIONS
from trailbell.metrics._math_plan import MathPlan, MathQuery, plan_math
from trailbell.metrics._math_signature import MathType

METRICS = (MathQuery("m1", period_seconds=60), MathQuery("m2", period_seconds=300))
S, TS, ARRAY = MathType.SCALAR, MathType.SERIES, MathType.ARRAY


def plan_of(**expressions: str) -> MathPlan:
    return plan_math([*METRICS, *(MathQuery(id_, expression) for id_, expression in expressions.items())])


def refusal(**expressions: str) -> MathError:
    with pytest.raises(MathError) as caught:
        plan_of(**expressions)
    return caught.value


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("5", S),
        ("5 * 2 > 1", S),
        ("m1", TS),
        ("-m1", TS),
        ("5 * m1", TS),
        ("m1 / m2", TS),
        ("m1 > 5 AND m2 > m1", TS),
        ("AVG(m1)", S),
        ("PERIOD(m1)", S),
        ("m1 / PERIOD(m1)", TS),
        ("[m1, m2]", ARRAY),
        ("METRICS() * 100", ARRAY),
        ("100 / [m1, m2]", ARRAY),
        ("METRICS() - m1", ARRAY),
        ("-METRICS()", ARRAY),
        ("[METRICS(), m1, [m2]]", ARRAY),
        ("SUM(METRICS())", TS),
        ("AVG([m1, m2] / m2)", TS),
        ("SUM(METRICS('1')) / SUM(m1)", TS),
        ("METRIC_COUNT(METRICS())", S),
        ("FILL(m1, 0)", TS),
        ("FILL(m1, MIN(m1))", TS),
        ("FILL(METRICS(), m1)", ARRAY),
        ("FILL(METRICS(), LINEAR)", ARRAY),
        ("IF(m1 > 1, m2)", TS),
        ("IF(1, 2)", TS),
        ("IF(1, m1, m2)", TS),
        ("IF(1, 2, 3)", S),
        ("TIME_SERIES(5 * AVG(m1))", TS),
        ("DAY(m1)", TS),
        ("FIRST(METRICS())", TS),
        ("SORT(METRICS(), AVG, DESC)", ARRAY),
        ("SLICE(SORT(METRICS(), SUM, ASC, 5), 0, 1)", ARRAY),
        ("ABS([m1])", ARRAY),
    ],
)
def test_an_expression_has_a_type(expression: str, kind: MathType) -> None:
    assert kind == plan_of(e1=expression).types["e1"]


def test_an_unknown_function_is_refused_in_the_words_of_aws() -> None:
    error = refusal(bad="NOT_A_FUNCTION(m1)")

    assert "Error in expression 'bad': Function 'NOT_A_FUNCTION' not found" == str(error)
    assert (0, 14) == (error.start, error.end)


def test_functions_are_written_in_capitals() -> None:
    assert "Function 'avg' not found" == refusal(e1="avg(m1)").message


@pytest.mark.parametrize("name", sorted(UNSUPPORTED_FUNCTIONS))
def test_what_only_aws_has_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnsupportedMathError) as caught:
        plan_of(e1=f"SUM({name}('a', m1))")

    assert f"Error in expression 'e1': Function '{name}' is not supported" == str(caught.value)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("m9", "'m9' is not the Id of a query"),
        ("SUM(5)", "Argument 1 of function 'SUM' must be a time series (TS) or an array"),
        ("SUM(m1, m2)", "Function 'SUM' takes 1 argument, not 2"),
        ("ABS(5)", "Argument 1 of function 'ABS' must be a time series (TS) or an array"),
        ("SUM()", "Function 'SUM' takes 1 argument, not 0"),
        ("FILL(m1)", "Function 'FILL' takes 2 arguments, not 1"),
        ("IF(m1)", "Function 'IF' takes 2 to 3 arguments, not 1"),
        ("METRICS('a', 'b')", "Function 'METRICS' takes 0 to 1 arguments, not 2"),
        ("METRICS(m1)", "The argument of 'METRICS' must be a text between quotes"),
        ("PERIOD(5)", "The argument of 'PERIOD' must be the Id of a metric"),
        ("PERIOD(e2)", "The argument of 'PERIOD' must be a metric, and 'e2' is an expression"),
        ("PERIOD(m9)", "'m9' is not the Id of a query"),
        ("FILL(m1, ZERO)", "must be a scalar (S) or a time series (TS) or REPEAT or LINEAR, not 'ZERO'"),
        ("FILL(m1, METRICS())", "Argument 2 of function 'FILL' must be"),
        ("FILL(5, 0)", "Argument 1 of function 'FILL' must be"),
        ("SORT(METRICS(), STDDEV, ASC)", "must be AVG or MAX or MIN or SUM, not 'STDDEV'"),
        ("SORT(METRICS(), AVG, UP)", "must be ASC or DESC, not 'UP'"),
        ("SORT(METRICS(), AVG, 'ASC')", "must be ASC or DESC, not a text"),
        ("FIRST(m1)", "Argument 1 of function 'FIRST' must be an array of time series (TS[])"),
        ("TIME_SERIES(m1)", "Argument 1 of function 'TIME_SERIES' must be a scalar (S)"),
        ("DAY(METRICS())", "Argument 1 of function 'DAY' must be a time series (TS)"),
        ("IF(METRICS(), 1)", "Argument 1 of function 'IF' must be"),
        ("METRICS() + METRICS()", "'+' cannot stand between two arrays"),
        ("METRICS() > 1", "'>' compares scalars and time series"),
        ("m1 && METRICS()", "'&&' compares scalars and time series"),
        ("[m1, 5]", "A member of an array must be a time series (TS), not a scalar (S)"),
        ("[m1, 'm2']", "A member of an array must be a time series, not a text"),
        ("'m1'", "Expected an expression that gives a time series or a scalar, not a text"),
        ("REPEAT", "Expected an expression that gives a time series or a scalar, not a word"),
        ("m1 + REPEAT", "An operand of '+' must be a scalar or time series, not a word"),
        ("-'a'", "The operand of '-' must be a scalar or time series, not a text"),
    ],
)
def test_what_does_not_fit_is_refused(expression: str, message: str) -> None:
    error = refusal(e1=expression, e2="m1 * 2")

    assert message in error.message
    assert "e1" == error.query_id
    assert expression == error.expression
    assert error.start < error.end <= len(expression)


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, "METRICS", "PERIOD"}))
def test_every_function_counts_its_arguments(name: str) -> None:
    arguments = ", ".join(["m1"] * 9)

    assert f"Function '{name}' takes" in refusal(e1=f"{name}({arguments})").message


def test_an_expression_nobody_wants_is_checked_too() -> None:
    assert "e2" == refusal(e1="m1", e2="m1 +").query_id


@pytest.mark.parametrize(
    ("expressions", "message"),
    [
        ({"e1": "e1 + 1"}, "The expression uses itself: e1 -> e1"),
        ({"e1": "m1 + e2", "e2": "e3", "e3": "e1"}, "The expression uses itself: e1 -> e2 -> e3 -> e1"),
        ({"e0": "e1", "e1": "e2", "e2": "e1"}, "The expression uses itself: e1 -> e2 -> e1"),
    ],
)
def test_expressions_must_not_go_in_a_circle(expressions: dict[str, str], message: str) -> None:
    error = refusal(**expressions)

    assert message == error.message
    assert "e1" == error.expression[error.start : error.end]


@pytest.mark.parametrize("id_", ["", "M1", "1m", "_m", "m-1", "mé", "m1\n", "m" * 256])
def test_an_id_begins_with_a_small_letter_and_has_letters_digits_and_underscores(id_: str) -> None:
    with pytest.raises(MathError, match="does not match"):
        plan_math([MathQuery(id_)])


def test_ids_are_unique() -> None:
    with pytest.raises(MathError, match="The Id 'm1' is given to two queries"):
        plan_math([MathQuery("m1"), MathQuery("m1", "5")])


def test_there_are_at_most_500_queries() -> None:
    assert 500 == len(plan_math([MathQuery(f"m{number}") for number in range(500)]).steps)
    with pytest.raises(MathError, match="There are 501 queries, more than 500"):
        plan_math([MathQuery(f"m{number}") for number in range(501)])


def test_all_expressions_together_are_bounded() -> None:
    queries = [MathQuery(f"e{number}", "1" + "+1" * 1023) for number in range(65)]

    assert 64 == len(plan_math(queries[:64]).steps)
    with pytest.raises(MathError, match="The expressions have 133055 characters together, more than 131072"):
        plan_math(queries)


def test_a_plan_knows_what_a_query_needs_through_others_and_through_metrics() -> None:
    plan = plan_of(e1="m1 * 2", e2="e1 + 1", e3="SUM(METRICS('2'))", e4="5")

    assert {"e2", "e1", "m1"} == plan.needed_ids({"e2"})
    assert ("m1",) == plan.needed_metric_ids({"e2"})
    assert ("m2",) == plan.needed_metric_ids({"e3"})
    assert () == plan.needed_metric_ids({"e4"})
    assert ("m1", "m2") == plan.needed_metric_ids({"e3", "e2"})


def test_metrics_means_metrics_and_not_expressions() -> None:
    plan = plan_of(e1="METRICS()", m11="m1 * 2")

    assert ("m1", "m2") == plan.metric_ids
    assert {"e1", "m1", "m2"} == plan.needed_ids({"e1"})


def test_the_period_of_an_expression_is_the_largest_it_uses() -> None:
    plan = plan_math(
        [
            *METRICS,
            MathQuery("e1", "m1 + 1"),
            MathQuery("e2", "e1 + m2"),
            MathQuery("e3", "5"),
            MathQuery("e4", "m1", period_seconds=3600),
        ]
    )

    assert [60, 300, None, 3600] == [plan.period_of(id_) for id_ in ("e1", "e2", "e3", "e4")]
    assert [(60,), (60, 300), ()] == [plan.periods_of(id_) for id_ in ("e1", "e2", "e3")]


def test_a_query_may_come_before_those_it_uses() -> None:
    plan = plan_math([MathQuery("e1", "e2 + 1"), MathQuery("e2", "m1"), MathQuery("m1")])

    assert ["m1", "e2", "e1"] == [step.query.id for step in plan.steps]
    assert ["e1", "e2", "m1"] == [query.id for query in plan.queries]


@pytest.mark.parametrize(
    ("expression", "reads_clock"),
    [
        ("HOUR(m1)", True),
        ("IF(DAY(m1) < 6, m2)", True),
        ("[m1, EPOCH(m2) * 2]", True),
        ("inner + m1", True),
        ("RATE(m1)", False),
        ("DIFF_TIME(m1) + TIME_SERIES(1)", False),
        ("m1", False),
    ],
)
def test_a_query_reads_the_clock_where_it_or_what_it_uses_does(expression: str, reads_clock: bool) -> None:
    plan = plan_of(e=expression, inner="MONTH(m1)")

    assert reads_clock == plan.reads_clock("e")
