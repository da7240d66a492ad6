"""Datapoints: what is stored of one series."""

import msgspec

from trailbell.metrics._histogram import Histogram
from trailbell.metrics._statistics import StatisticSet
from trailbell.metrics._unit import NO_UNIT

__all__ = ["Datapoint"]


class Datapoint(msgspec.Struct, frozen=True):
    """The samples of one series that begin with an instant, in one unit.

    It is that of a second for a high-resolution metric, of a minute for any other, and of longer once old.
    A store may hand over several of the same start and unit: readers merge them.
    ``histogram`` is None where the statistic set says all there is to say, or where it was not asked for.
    """

    start_ms: int
    statistics: StatisticSet
    unit: str = NO_UNIT
    histogram: Histogram | None = None
