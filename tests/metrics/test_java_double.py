import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.metrics import java_double


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (50, "50.0"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (-1.5, "-1.5"),
        (6.046241709654764, "6.046241709654764"),
        (0.001, "0.001"),
        (0.000999, "9.99E-4"),
        (0.0001, "1.0E-4"),
        (-0.00012345, "-1.2345E-4"),
        (9999999.0, "9999999.0"),
        (9999999.999999998, "9999999.999999998"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (1e10, "1.0E10"),
        (2e23, "2.0E23"),
        (1e100, "1.0E100"),
        (-1e-10, "-1.0E-10"),
        (10200000.0, "1.02E7"),
        (4.6970851655476665e108, "4.6970851655476665E108"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (5e-324, "4.9E-324"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_a_number_is_printed_as_java_prints_it(value: float, expected: str) -> None:
    text = java_double(value)

    assert expected == text


@settings(max_examples=300)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_reads_back_as_the_same_number_and_has_one_leading_digit_in_scientific_form(
    value: float,
) -> None:
    text = java_double(value)
    mantissa, _, exponent = text.partition("E")

    assert float(text) == value
    assert "." in mantissa
    assert not exponent or len(mantissa.lstrip("-").partition(".")[0]) == 1
