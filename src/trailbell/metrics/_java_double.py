"""Numbers as Java prints them (java.lang.Double.toString), the form of every number in AWS's alarm texts."""

import math
from decimal import Decimal

__all__ = ["java_double"]

_PLAIN_FROM = 1e-3
_PLAIN_BELOW = 1e7


def java_double(value: float) -> str:
    """Returns the shortest text that reads back as the same number, laid out as Java lays it out.

    Examples: `50.0`, `0.001`, `1.0E7`, `6.046241709654764`, `9.99E-4`.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or _PLAIN_FROM <= abs(value) < _PLAIN_BELOW:
        # In this range Python's repr is the same text.
        return repr(float(value))
    return _scientific(float(value))


def _scientific(value: float) -> str:
    text = f"{Decimal(repr(value)).normalize():E}"
    if "." not in text:
        # Java prints at least two digits, and takes the closest two: 4.9E-324 where Python says 5e-324.
        text = f"{value:.1E}"
    mantissa, _, exponent = text.partition("E")
    return f"{mantissa}E{int(exponent)}"
