import pytest

from trailbell.metrics import Statistic, is_extended_statistic, is_statistic, told_statistic

EXTENDED = [
    *("p0", "p99", "p99.9", "p100", "p100.0", "p0.0123456789", "tm90", "wm95.5", "tc1", "ts100", "IQM"),
    *("PR(2:10)", "PR(:300)", "PR(5:)", "TM(25%:75%)", "TM(:95%)", "TM(5%:)", "WM(150:1000)", "TC(0.5:1)"),
    "TS(-10:10)",
]
BAD = [
    *(
        "",
        "p",
        "p101",
        "p100.1",
        "p0.12345678901",
        "P90",
        "p-1",
        "tm",
        "tm101",
        "iqm",
        "IQM(1:2)",
        "sum",
        "PR",
    ),
    *("PR()", "PR(:)", "PR(10:2)", "PR(2:2)", "PR(5%:10%)", "PR(:%)", "TM(5%:10)", "TM(:101%)", "TM(-1%:5%)"),
    *("TM(75%:25%)", "tm(1:2)", "p90 ", "p90\n", "p\u0669\u0660", "TM(1:2", "TM(%:5%)"),
]


@pytest.mark.parametrize("name", EXTENDED)
def test_the_names_of_percentiles_and_trimmed_statistics_are_known(name: str) -> None:
    assert (True, True) == (is_extended_statistic(name), is_statistic(name))


@pytest.mark.parametrize("name", BAD)
def test_any_other_name_is_none(name: str) -> None:
    assert (False, False) == (is_extended_statistic(name), is_statistic(name))


@pytest.mark.parametrize("name", [each.value for each in Statistic])
def test_a_plain_statistic_is_no_extended_one(name: str) -> None:
    assert (False, True) == (is_extended_statistic(name), is_statistic(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sum", Statistic.SUM),
        ("p0", Statistic.MINIMUM),
        ("p0.0", Statistic.MINIMUM),
        ("p100", Statistic.MAXIMUM),
        ("p50", None),
        ("tm100", None),
        ("IQM", None),
    ],
)
def test_what_a_statistic_set_tells_is_told(name: str, expected: Statistic | None) -> None:
    assert expected == told_statistic(name)
