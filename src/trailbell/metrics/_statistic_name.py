"""The names of statistics that CloudWatch takes, and those of them that can be told from a statistic set."""

import math
import re
from enum import StrEnum

import msgspec

from trailbell.metrics._statistics import Statistic

__all__ = [
    "TrimmedKind",
    "TrimmedStatistic",
    "is_extended_statistic",
    "is_statistic",
    "percent_of",
    "told_statistic",
    "trimmed_statistic_of",
]

_HIGHEST_PERCENT = 100
_NUMBER = r"-?[0-9]{1,30}(?:\.[0-9]{1,10})?"
_ONE_SIDED = re.compile(r"(?P<kind>p|tm|wm|tc|ts)(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,10})?)")
_RANGE = re.compile(
    rf"(?P<kind>PR|TM|WM|TC|TS)\((?P<low>{_NUMBER})?(?P<low_percent>%)?:(?P<high>{_NUMBER})?(?P<high_percent>%)?\)"
)


class TrimmedKind(StrEnum):
    """The kinds of trimmed statistics, as AWS abbreviates them."""

    PERCENTILE_RANK = "PR"
    """How many per cent of the samples lie between two values."""
    TRIMMED_MEAN = "TM"
    """The mean of the samples between two bounds."""
    WINSORIZED_MEAN = "WM"
    """The mean of all samples, with those outside of the bounds counted as if they lay at a bound."""
    TRIMMED_COUNT = "TC"
    """The count of the samples between two bounds."""
    TRIMMED_SUM = "TS"
    """The sum of the samples between two bounds."""


class TrimmedStatistic(msgspec.Struct, frozen=True):
    """A trimmed statistic, as its name says it.

    A bound that was left out is None. Bounds are per cent of the samples (``is_percent``), or else values, of
    which the lower is exclusive and the upper inclusive.
    """

    kind: TrimmedKind
    low: float | None
    high: float | None
    is_percent: bool


def is_statistic(name: str) -> bool:
    """Returns whether a name is one of a statistic, plain or extended."""
    return name in _PLAIN or is_extended_statistic(name)


def is_extended_statistic(name: str) -> bool:
    """Returns whether a name is one of a percentile or a trimmed statistic (2.7)."""
    if name == "IQM":
        return True
    if one_sided := _ONE_SIDED.fullmatch(name):
        return float(one_sided["percent"]) <= _HIGHEST_PERCENT
    found = _RANGE.fullmatch(name)
    return found is not None and _is_range(found)


def told_statistic(name: str) -> Statistic | None:
    """Returns the plain statistic that a valid name means; None where it takes more than a statistic set.

    The lowest and the highest percentile are the minimum and the maximum.
    """
    if name in _PLAIN:
        return Statistic(name)
    one_sided = _ONE_SIDED.fullmatch(name)
    if one_sided is None or one_sided["kind"] != "p":
        return None
    percent = float(one_sided["percent"])
    if percent == 0:
        return Statistic.MINIMUM
    return Statistic.MAXIMUM if percent == _HIGHEST_PERCENT else None


def percent_of(name: str) -> float | None:
    """Returns the percentile that a valid name means, from 0 to 100; None where it is no percentile."""
    one_sided = _ONE_SIDED.fullmatch(name)
    return float(one_sided["percent"]) if one_sided is not None and one_sided["kind"] == "p" else None


def trimmed_statistic_of(name: str) -> TrimmedStatistic | None:
    """Returns the trimmed statistic that a valid name means; None where it means another."""
    if name == "IQM":
        return TrimmedStatistic(TrimmedKind.TRIMMED_MEAN, 25.0, 75.0, is_percent=True)
    one_sided = _ONE_SIDED.fullmatch(name)
    if one_sided is not None and one_sided["kind"] != "p":
        kind = TrimmedKind(one_sided["kind"].upper())
        return TrimmedStatistic(kind, None, float(one_sided["percent"]), is_percent=True)
    found = _RANGE.fullmatch(name)
    if found is None:
        return None
    low, high = (None if found[side] is None else float(found[side]) for side in ("low", "high"))
    is_percent = found["low_percent"] is not None or found["high_percent"] is not None
    return TrimmedStatistic(TrimmedKind(found["kind"]), low, high, is_percent=is_percent)


def _is_range(found: re.Match[str]) -> bool:
    bounds = [
        (float(found[side]), found[f"{side}_percent"] is not None)
        for side in ("low", "high")
        if found[side] is not None
    ]
    # A sign of per cent without its number.
    if any(found[side] is None and found[f"{side}_percent"] for side in ("low", "high")):
        return False
    kinds = {is_percent for _, is_percent in bounds}
    if len(kinds) != 1:
        return False
    if True in kinds and (
        found["kind"] == "PR" or not all(0 <= each <= _HIGHEST_PERCENT for each, _ in bounds)
    ):
        return False
    low, high = found["low"], found["high"]
    return float(low if low is not None else -math.inf) < float(high if high is not None else math.inf)


_PLAIN = frozenset(each.value for each in Statistic)
