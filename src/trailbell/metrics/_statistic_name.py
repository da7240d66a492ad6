"""The names of statistics that CloudWatch takes, and those of them that can be told from a statistic set."""

import math
import re

from trailbell.metrics._statistics import Statistic

__all__ = ["is_extended_statistic", "is_statistic", "told_statistic"]

_HIGHEST_PERCENT = 100
_NUMBER = r"-?[0-9]{1,30}(?:\.[0-9]{1,10})?"
_ONE_SIDED = re.compile(r"(?P<kind>p|tm|wm|tc|ts)(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,10})?)")
_RANGE = re.compile(
    rf"(?P<kind>PR|TM|WM|TC|TS)\((?P<low>{_NUMBER})?(?P<low_percent>%)?:(?P<high>{_NUMBER})?(?P<high_percent>%)?\)"
)


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
