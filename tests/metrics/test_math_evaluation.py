"""What math queries answer: arithmetic, comparison, gaps, labels, and what is evaluated for whom."""

import pytest

from trailbell.metrics._math_errors import MathError
from trailbell.metrics._math_evaluate import MAXIMUM_WORK, MathSeries, evaluate_math
from trailbell.metrics._math_plan import MathQuery, plan_math
from trailbell.metrics._math_values import MathGrid

MINUTE_MS = 60_000
Values = list[float | None]

SERIES: dict[str, Values] = {
    "m1": [30, 20, 0, 0],
    "m2": [20, None, 20, None],
    "m3": [1, 2, 3, 4],
    "m4": [None, 0, 2, None],
    "none": [None] * 4,
}


def grid_of(slots: int, period_seconds: int = 60) -> MathGrid:
    return MathGrid(tuple(slot * period_seconds * 1000 for slot in range(slots)), period_seconds)


def slots_of(values: Values) -> dict[int, float]:
    return {slot * MINUTE_MS: value for slot, value in enumerate(values) if value is not None}


def values_of(result: MathSeries, slots: int) -> Values:
    found = dict(result.points)
    return [found.get(slot * MINUTE_MS) for slot in range(slots)]


def evaluated(expression: str, series: dict[str, Values] = SERIES) -> Values:
    slots = len(next(iter(series.values())))
    plan = plan_math([*(MathQuery(id_) for id_ in series), MathQuery("e", expression)])
    answers = evaluate_math(
        plan, {id_: slots_of(values) for id_, values in series.items()}, grid_of(slots), ["e"]
    )
    (result,) = answers["e"]
    return values_of(result, slots)


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        # A gap on one side counts as 0 where the other side has a value (7.1, U15).
        ("m1 + m2", [50, 20, 20, 0]),
        ("m1 - m2", [10, 20, -20, 0]),
        ("m2 - m1", [-10, -20, 20, 0]),
        ("m1 * m2", [600, 0, 0, 0]),
        ("m2 / m3", [20, 0, 20 / 3, 0]),
        ("m2 + m4", [20, 0, 22, None]),
        ("none + m2", [20, None, 20, None]),
        ("none + none", [None] * 4),
        # Divided by a gap is divided by 0: no datapoint.
        ("m3 / m2", [0.05, None, 0.15, None]),
        ("m3 / m1", [1 / 30, 0.1, None, None]),
        ("m3 ^ m4", [1, 1, 9, 1]),
        # A number does not fill a gap.
        ("m2 + 5", [25, None, 25, None]),
        ("5 - m2", [-15, None, -15, None]),
        ("100 / m1", [100 / 30, 5, None, None]),
        ("-m2", [-20, None, -20, None]),
        ("m3 / 0", [None] * 4),
        ("2 ^ m3", [2, 4, 8, 16]),
        ("m3 ^ 2", [1, 4, 9, 16]),
        # Numbers alone make a time series with a value in every slot.
        ("5", [5] * 4),
        ("1 + 2 * 3", [7] * 4),
        ("(1 + 2) * 3", [9] * 4),
        ("10 - 4 - 3", [3] * 4),
        ("100 / 10 / 5", [2] * 4),
        ("2 ^ 3 ^ 2", [512] * 4),
        ("-2 ^ 2", [-4] * 4),
        ("(-2) ^ 2", [4] * 4),
        ("2 ^ -1", [0.5] * 4),
        ("2 * -3", [-6] * 4),
        ("1 / 0", [None] * 4),
        ("0 ^ -1", [None] * 4),
        ("(-8) ^ 0.5", [None] * 4),
        ("10 ^ 400", [None] * 4),
        ("1e308 * 10", [None] * 4),
        ("1e308 * 10 - 1e308 * 10", [None] * 4),
        ("m3 + 1 / 0", [None] * 4),
        # The guide's table of comparisons.
        ("m1 < m2", [0, 0, 1, 0]),
        ("m1 >= 30", [1, 0, 0, 0]),
        ("m1 > 15 AND m2 > 15", [1, 0, 0, 0]),
        ("m1 > 15 && m2 > 15", [1, 0, 0, 0]),
        ("m1 > 15 OR m2 > 15", [1, 1, 1, 0]),
        ("m1 > 15 || m2 > 15", [1, 1, 1, 0]),
        ("m1 == 0", [0, 0, 1, 1]),
        ("m1 != 0", [1, 1, 0, 0]),
        ("m2 <= 20", [1, None, 1, None]),
        ("m2 == m4", [0, 1, 0, None]),
        ("20 > m1", [0, 0, 1, 1]),
        ("3 > 2 > 1", [0] * 4),
        ("1 OR 0 AND 0", [1] * 4),
        ("(1 OR 0) AND 0", [0] * 4),
        ("1 + 1 == 2", [1] * 4),
        ("-1 AND 2", [1] * 4),
        ("m3 > 1 == 1", [0, 1, 1, 1]),
    ],
)
def test_operators_give_values(expression: str, values: Values) -> None:
    assert pytest.approx(values) == evaluated(expression)


def test_an_expression_uses_others() -> None:
    plan = plan_math(
        [MathQuery("total", "errors + good"), MathQuery("rate", "100 * errors / total"), *METRICS]
    )

    answers = evaluate_math(plan, {"errors": {0: 1.0}, "good": {0: 3.0}}, grid_of(1))

    assert ((0, 4.0),) == answers["total"][0].points
    assert ((0, 25.0),) == answers["rate"][0].points
    assert ((0, 1.0),) == answers["errors"][0].points


METRICS = (MathQuery("errors"), MathQuery("good"))


def test_only_what_is_wanted_is_answered() -> None:
    plan = plan_math([*METRICS, MathQuery("e1", "errors + 1"), MathQuery("e2", "good + 1")])

    assert ["e1"] == list(evaluate_math(plan, {}, grid_of(1), ["e1"]))
    assert {"errors", "good", "e1", "e2"} == set(evaluate_math(plan, {}, grid_of(1)))


class CountedSlots(dict[int, float]):
    """Values that count how often they are asked for."""

    asked = 0

    def get(self, key: int, default: float | None = None) -> float | None:  # type: ignore[override]
        self.asked += 1
        return super().get(key, default)


def test_each_query_is_evaluated_once_and_no_other_is_read() -> None:
    chain = [MathQuery("e0", "errors")]
    chain += [MathQuery(f"e{number}", f"e{number - 1} + e{number - 1}") for number in range(1, 40)]
    plan = plan_math([*METRICS, *chain])
    errors, good = CountedSlots({0: 1.0}), CountedSlots({0: 1.0})

    answers = evaluate_math(plan, {"errors": errors, "good": good}, grid_of(1), ["e39"])

    assert ((0, 2.0**39),) == answers["e39"][0].points
    assert (1, 0) == (errors.asked, good.asked)


def test_values_outside_the_grid_and_no_numbers_are_left_out() -> None:
    plan = plan_math([MathQuery("m1"), MathQuery("e1", "SUM(m1)")])
    slots = {-MINUTE_MS: 5.0, 0: 1.0, 1: 7.0, MINUTE_MS: float("nan"), 2 * MINUTE_MS: float("inf")}

    answers = evaluate_math(plan, {"m1": slots}, grid_of(3))

    assert ((0, 1.0),) == answers["m1"][0].points
    assert ((0, 1.0), (MINUTE_MS, 1.0), (2 * MINUTE_MS, 1.0)) == answers["e1"][0].points


def test_a_plan_is_evaluated_over_any_window() -> None:
    plan = plan_math([MathQuery("m1"), MathQuery("e1", "FILL(m1, 0) * 2")])
    slots = {6_000: 1.0, 66_000: 2.0, 186_000: 4.0}

    first = evaluate_math(plan, {"m1": slots}, MathGrid((6_000, 66_000, 126_000), 60), ["e1"])
    second = evaluate_math(plan, {"m1": slots}, MathGrid((66_000, 126_000, 186_000), 60), ["e1"])

    assert ((6_000, 2.0), (66_000, 4.0), (126_000, 0.0)) == first["e1"][0].points
    assert ((66_000, 4.0), (126_000, 0.0), (186_000, 8.0)) == second["e1"][0].points


def test_an_empty_grid_gives_empty_series() -> None:
    plan = plan_math([MathQuery("m1"), MathQuery("e1", "m1 + SUM(METRICS())"), MathQuery("e2", "5")])

    answers = evaluate_math(plan, {"m1": {0: 1.0}}, MathGrid((), 60))

    assert {"m1": (), "e1": (), "e2": ()} == {id_: result[0].points for id_, result in answers.items()}


def test_the_slots_of_a_grid_ascend() -> None:
    with pytest.raises(ValueError, match="must ascend"):
        MathGrid((0, 0), 60)


def test_results_are_labelled() -> None:
    plan = plan_math(
        [
            MathQuery("m1", label="Errors"),
            MathQuery("m2"),
            MathQuery("e1", "m1 + m2", label="Both"),
            MathQuery("e2", "m1 + m2"),
            MathQuery("filled", "FILL(METRICS(), 0)", label="Filled With 0:"),
            MathQuery("bare", "METRICS() / 100", label=""),
            MathQuery("unlabelled", "[m1 * 2, e1, SUM(METRICS())]"),
        ]
    )

    answers = evaluate_math(plan, {}, grid_of(1))
    labels = {id_: [result.label for result in results] for id_, results in answers.items()}

    expected = {
        "m1": ["Errors"],
        "m2": ["m2"],
        "e1": ["Both"],
        "e2": ["e2"],
        "filled": ["Filled With 0: Errors", "Filled With 0: m2"],
        "bare": ["Errors", "m2"],
        "unlabelled": ["unlabelled Errors", "unlabelled Both", "unlabelled"],
    }

    assert expected == labels


def test_an_array_is_answered_with_one_series_for_each_member() -> None:
    plan = plan_math([*METRICS, MathQuery("e1", "METRICS() * 10")])

    answers = evaluate_math(plan, {"errors": {0: 1.0}, "good": {MINUTE_MS: 3.0}}, grid_of(2), ["e1"])

    assert [((0, 10.0),), ((MINUTE_MS, 30.0),)] == [result.points for result in answers["e1"]]


def test_too_much_work_is_refused_before_it_begins() -> None:
    plan = plan_math([MathQuery("m1"), MathQuery("e1", "m1" + " + m1" * 400)])
    slots = MAXIMUM_WORK // 800 + 1

    with pytest.raises(MathError, match="more than 5000000: ask for a shorter time"):
        evaluate_math(plan, {}, grid_of(slots), ["e1"])
    assert () == evaluate_math(plan, {}, grid_of(slots), ["m1"])["m1"][0].points


def test_scalars_asked_for_over_many_slots_are_work_too() -> None:
    plan = plan_math([MathQuery(f"e{number}", "5") for number in range(500)])

    with pytest.raises(MathError, match="more than 5000000"):
        evaluate_math(plan, {}, grid_of(10_001))


def test_arrays_cannot_grow_from_query_to_query() -> None:
    doubling = [MathQuery(f"e{number}", f"[e{number - 1}, e{number - 1}]") for number in range(1, 40)]

    with pytest.raises(MathError, match="Error in expression 'e9': The array has 512 time series, more than"):
        plan_math([MathQuery("e0", "TIME_SERIES(1)"), *doubling])


def test_the_longest_chains_are_evaluated() -> None:
    queries = [MathQuery(f"e{number}", f"e{number - 1} + 1") for number in range(1, 500)]
    plan = plan_math([*reversed(queries), MathQuery("e0", "0" + "+1" * 1023)])

    answers = evaluate_math(plan, {}, grid_of(1), ["e499"])

    assert ((0, 1023.0 + 499),) == answers["e499"][0].points


def test_the_deepest_expressions_are_evaluated() -> None:
    plan = plan_math([MathQuery("m1"), MathQuery("e1", "-ABS(" * 30 + "m1" + ")" * 30)])

    assert ((0, -1.0),) == evaluate_math(plan, {"m1": {0: -1.0}}, grid_of(1), ["e1"])["e1"][0].points
