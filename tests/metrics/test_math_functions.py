"""What each function of metric math answers, on values with gaps."""

import pytest

from trailbell.metrics._math_evaluate import evaluate_math
from trailbell.metrics._math_functions import FUNCTIONS
from trailbell.metrics._math_plan import MathQuery, plan_math
from trailbell.metrics._math_values import MathGrid

MINUTE_MS = 60_000
START_MS = 1_789_775_880_000
"""Friday, 2026-09-18 23:58 UTC: the grid runs over midnight into Saturday."""
Values = list[float | None]

SERIES: dict[str, Values] = {
    "m1": [1, None, 4, 8, None],
    "m2": [None, 10, 2, None, None],
    "m3": [-2.5, -0.5, 0, 1.5, 1000],
    "none": [None] * 5,
}
STARTS = tuple(START_MS + slot * MINUTE_MS for slot in range(5))


def evaluated(expression: str) -> list[Values]:
    plan = plan_math([*(MathQuery(id_, period_seconds=60) for id_ in SERIES), MathQuery("e", expression)])
    series = {
        id_: {START_MS + slot * MINUTE_MS: value for slot, value in enumerate(values) if value is not None}
        for id_, values in SERIES.items()
    }
    answers = evaluate_math(plan, series, MathGrid(STARTS, 60), ["e"])
    return [[dict(result.points).get(start_ms) for start_ms in STARTS] for result in answers["e"]]


SINGLE: list[tuple[str, Values]] = [
    ("ABS(m3)", [2.5, 0.5, 0, 1.5, 1000]),
    ("ABS(m1)", [1, None, 4, 8, None]),
    ("CEIL(m3)", [-2, 0, 0, 2, 1000]),
    ("FLOOR(m3)", [-3, -1, 0, 1, 1000]),
    # No logarithm of 0 or less.
    ("LOG(m3)", [None, None, None, 0.4054651081081644, 6.907755278982137]),
    ("LOG10(m3)", [None, None, None, 0.17609125905568124, 3]),
    # The datapoint before may be more than one slot ago; the first has none.
    ("DIFF(m1)", [None, None, 3, 4, None]),
    ("DIFF_TIME(m1)", [None, None, 120, 60, None]),
    ("RATE(m1)", [None, None, 3 / 120, 4 / 60, None]),
    ("DIFF(none)", [None] * 5),
    ("RUNNING_SUM(m1)", [1, None, 5, 13, None]),
    # Over one series a scalar, of the datapoints there are.
    ("AVG(m1)", [13 / 3] * 5),
    ("MAX(m1)", [8] * 5),
    ("MIN(m1)", [1] * 5),
    ("SUM(m1)", [13] * 5),
    ("STDDEV(m1)", [2.8674417556808756] * 5),
    ("DATAPOINT_COUNT(m1)", [3] * 5),
    ("DATAPOINT_COUNT(none)", [0] * 5),
    ("AVG(none)", [None] * 5),
    ("SUM(none)", [None] * 5),
    ("m1 - MIN(m1)", [0, None, 3, 7, None]),
    ("m1 / MAX(none)", [None] * 5),
    # Over an array slot by slot; AVG alone takes a gap as 0.
    ("AVG([m1, m2])", [0.5, 5, 3, 4, None]),
    ("MAX([m1, m2])", [1, 10, 4, 8, None]),
    ("MIN([m1, m2])", [1, 10, 2, 8, None]),
    ("SUM([m1, m2])", [1, 10, 6, 8, None]),
    ("STDDEV([m1, m2])", [0, 0, 1, 0, None]),
    ("DATAPOINT_COUNT([m1, m2])", [1, 1, 2, 1, None]),
    ("SUM(METRICS('x'))", [None] * 5),
    ("SUM(METRICS('m')) - SUM(METRICS('3'))", [1, 10, 6, 8, 0]),
    ("SUM([METRICS('1'), METRICS('2')])", [1, 10, 6, 8, None]),
    ("SUM(100 / [m1, m2])", [100, 10, 75, 12.5, None]),
    ("AVG([m1, m2] / m3)", [-0.2, -10, None, 8 / 1.5 / 2, 0]),
    ("SUM(-[m1, m2])", [-1, -10, -6, -8, None]),
    ("METRIC_COUNT(METRICS())", [4] * 5),
    ("METRIC_COUNT(REMOVE_EMPTY(METRICS()))", [3] * 5),
    ("PERIOD(m1)", [60] * 5),
    ("m3 / PERIOD(m3) * 60", [-2.5, -0.5, 0, 1.5, 1000]),
    ("TIME_SERIES(10)", [10] * 5),
    ("TIME_SERIES(AVG(none))", [None] * 5),
    ("FILL(m1, 0)", [1, 0, 4, 8, 0]),
    ("FILL(none, 7)", [7] * 5),
    ("FILL(m1, MIN(m1))", [1, 1, 4, 8, 1]),
    ("FILL(m1, m2)", [1, 10, 4, 8, None]),
    ("FILL(m2, REPEAT)", [None, 10, 2, 2, 2]),
    ("FILL(m1, LINEAR)", [1, 2.5, 4, 8, None]),
    ("FILL(m2, LINEAR)", [None, 10, 2, None, None]),
    ("FILL(none, LINEAR)", [None] * 5),
    ("FIRST([m1, m2])", [1, None, 4, 8, None]),
    ("LAST([m1, m2])", [None, 10, 2, None, None]),
    ("FIRST(METRICS('x'))", [None] * 5),
    ("LAST(METRICS('x'))", [None] * 5),
    ("FIRST(SORT(METRICS(), MAX, DESC))", [-2.5, -0.5, 0, 1.5, 1000]),
    # 23:58 UTC on a Friday, into the Saturday.
    ("MINUTE(none)", [58, 59, 0, 1, 2]),
    ("HOUR(m1)", [23, 23, 0, 0, 0]),
    ("DAY(m1)", [5, 5, 6, 6, 6]),
    ("DATE(m1)", [18, 18, 19, 19, 19]),
    ("MONTH(m1)", [9] * 5),
    ("YEAR(m1)", [2026] * 5),
    ("EPOCH(m1)", [start_ms / 1000 for start_ms in STARTS]),
    ("IF(DAY(m1) < 6, m1)", [1, 0, None, None, None]),
    # IF with a scalar for its condition.
    ("IF(1, m1, m2)", [1, None, 4, 8, None]),
    ("IF(0, m1, m2)", [None, 10, 2, None, None]),
    ("IF(0, m1)", [None] * 5),
    ("IF(1, 5)", [5] * 5),
    ("IF(1, 5, m1)", [5] * 5),
    ("IF(2 > 1, 5, 6)", [5] * 5),
    ("IF(2 < 1, 5, 6)", [6] * 5),
    ("IF(AVG(none), 5, 6)", [None] * 5),
    ("IF(m3 > 0, m1)", [None, None, None, 8, 0]),
    ("IF(m3 > 0, 10, 2)", [2, 2, 2, 10, 10]),
    ("IF(m1 < 5, m1)", [1, None, 4, None, None]),
    ("IF(m3, 1, 0)", [1, 1, 0, 1, 1]),
]


@pytest.mark.parametrize(("expression", "values"), SINGLE)
def test_a_function_gives_a_series(expression: str, values: Values) -> None:
    (result,) = evaluated(expression)

    assert pytest.approx(values) == result


ARRAYS: list[tuple[str, list[Values]]] = [
    ("ABS([m3])", [[2.5, 0.5, 0, 1.5, 1000]]),
    ("DIFF([m1, m2])", [[None, None, 3, 4, None], [None, None, -8, None, None]]),
    ("FILL([m1, m2], 0)", [[1, 0, 4, 8, 0], [0, 10, 2, 0, 0]]),
    ("FILL([m1, m2], m1)", [[1, None, 4, 8, None], [1, 10, 2, 8, None]]),
    ("FILL([m1, m2], REPEAT)", [[1, 1, 4, 8, 8], [None, 10, 2, 2, 2]]),
    ("FILL([m1, m2], LINEAR)", [[1, 2.5, 4, 8, None], [None, 10, 2, None, None]]),
    ("[m1, m2] - m1", [[0, None, 0, 0, None], [-1, 10, -2, -8, None]]),
    ("METRICS('m3') / 0", [[None] * 5]),
    ("METRICS('x')", []),
    ("REMOVE_EMPTY([none, m1, none])", [SERIES["m1"]]),
    ("[[m1], [none, m2]]", [SERIES["m1"], SERIES["none"], SERIES["m2"]]),
    ("SLICE([m1, m2, m3], 1)", [SERIES["m2"], SERIES["m3"]]),
    ("SLICE([m1, m2, m3], 0, 2)", [SERIES["m1"], SERIES["m2"]]),
    ("SLICE([m1, m2, m3], 1.9, 2.9)", [SERIES["m2"]]),
    ("SLICE([m1, m2, m3], -5, 1e300)", [SERIES["m1"], SERIES["m2"], SERIES["m3"]]),
    ("SLICE([m1, m2, m3], 2, 1)", []),
    ("SORT([m1, m2, m3], MAX, ASC)", [SERIES["m1"], SERIES["m2"], SERIES["m3"]]),
    ("SORT([m1, m2, m3], MAX, DESC)", [SERIES["m3"], SERIES["m2"], SERIES["m1"]]),
    ("SORT([m1, m2, m3], MIN, ASC)", [SERIES["m3"], SERIES["m1"], SERIES["m2"]]),
    ("SORT([m1, m2], SUM, DESC)", [SERIES["m1"], SERIES["m2"]]),
    ("SORT([m1, m2], AVG, DESC)", [SERIES["m2"], SERIES["m1"]]),
    ("SORT([m1, m2, m3], AVG, DESC, 1)", [SERIES["m3"]]),
    ("SORT([none, m1], AVG, ASC)", [SERIES["m1"], SERIES["none"]]),
    ("SORT([none, m1], AVG, DESC)", [SERIES["m1"], SERIES["none"]]),
]


@pytest.mark.parametrize(("expression", "members"), ARRAYS)
def test_a_function_gives_an_array(expression: str, members: list[Values]) -> None:
    results = evaluated(expression)

    assert [pytest.approx(values) for values in members] == results


def test_every_function_has_a_row() -> None:
    rows = " ".join(expression for expression, _ in [*SINGLE, *ARRAYS])

    assert [] == [name for name in [*FUNCTIONS, "METRICS", "PERIOD"] if f"{name}(" not in rows]


@pytest.mark.parametrize(
    ("condition", "true", "false", "values"),
    [
        ([1, 1, 0, 0, None], [30, None, 0, 0, 30], [0, 0, 20, None, 20], [30, 0, 20, None, None]),
        ([1, 1, 0, 0, None], 5, [0, 0, 20, None, 20], [5, 5, 20, None, None]),
        ([1, 1, 0, 0, None], [30, None, 0, 0, 30], 5, [30, 0, 5, 5, None]),
        ([-1, 0.5, 0, 0, None], [30, None, 0, 0, 30], None, [30, 0, None, None, None]),
    ],
)
def test_if_follows_the_tables_of_the_guide(
    condition: Values, true: Values | float, false: Values | float | None, values: Values
) -> None:
    parts = {"c1": condition, "t1": true, "f1": false}
    names = [id_ if isinstance(part, list) else str(part) for id_, part in parts.items() if part is not None]
    series = {
        id_: {slot: value for slot, value in enumerate(part) if value is not None}
        for id_, part in parts.items()
        if isinstance(part, list)
    }
    plan = plan_math([*(MathQuery(id_) for id_ in series), MathQuery("e", f"IF({', '.join(names)})")])

    (result,) = evaluate_math(plan, series, MathGrid(tuple(range(5)), 60), ["e"])["e"]

    assert values == [dict(result.points).get(slot) for slot in range(5)]


def test_period_is_that_of_the_metric_and_else_that_of_the_grid() -> None:
    plan = plan_math([MathQuery("m1", period_seconds=300), MathQuery("m2"), MathQuery("e1", "PERIOD(m1)")])
    other = plan_math([MathQuery("m2"), MathQuery("e1", "PERIOD(m2)")])
    grid = MathGrid((0,), 3600)

    assert ((0, 300.0),) == evaluate_math(plan, {}, grid, ["e1"])["e1"][0].points
    assert ((0, 3600.0),) == evaluate_math(other, {}, grid, ["e1"])["e1"][0].points


def test_huge_values_overflow_to_no_datapoint() -> None:
    series = {"m1": {0: 1.7e308, 1000: -1.7e308, 2000: 1.7e308, 3000: 1.7e308}}
    expressions = ("SUM(m1)", "DIFF(m1)", "RUNNING_SUM(m1)", "STDDEV(m1)", "m1 * m1", "CEIL(m1)")
    plan = plan_math(
        [MathQuery("m1"), *(MathQuery(f"e{place}", each) for place, each in enumerate(expressions))]
    )

    answers = evaluate_math(plan, series, MathGrid((0, 1000, 2000, 3000), 1))
    counts = [len(answers[f"e{place}"][0].points) for place in range(len(expressions))]

    assert [0, 1, 3, 0, 0, 4] == counts
