"""What evaluations see, so that those which would see the same as one before need not be made."""

from array import array
from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import Protocol

from trailbell.alarms import AlarmData
from trailbell.metrics import NO_UNIT, MetricKey
from trailbell.replay._minutes import Minute, Minutes
from trailbell.replay._slot_contents import Series, SlotGrid

__all__ = ["GridLook", "MetricRead", "SlotLook", "starts_of"]


class SlotLook(Protocol):
    """What the evaluations of one alarm see of its data.

    Attributes:
        starts: When its minutes with data begin, in order.
        can_know: Whether what slots hold can be told without looking at the whole range of an evaluation.
        is_timeless: Whether an evaluation that sees the same as one before says the same.
    """

    @property
    def starts(self) -> Sequence[int]: ...

    @property
    def can_know(self) -> bool: ...

    @property
    def is_timeless(self) -> bool: ...

    def over(self, grid: SlotGrid) -> "GridLook":
        """Looks at slots."""
        ...

    def what_rules_see(self, content: bytes) -> Hashable:
        """Sums up what the rules look at of it: of equals they say the same."""
        ...


class GridLook(Protocol):
    """What the slots of a grid hold."""

    def contents(self) -> Iterator[bytes]:
        """Yields what the slots hold that each evaluation looks at."""
        ...

    def data(self, number: int, span: tuple[int, int]) -> AlarmData:
        """Returns the data of one evaluation, by its number and the span it looks at."""
        ...


class MetricRead:
    """The data of a metric in one unit, or in all."""

    def __init__(
        self, metric: MetricKey, minutes: Minutes, *, unit: str | None, with_histograms: bool
    ) -> None:
        units: set[str] = set()

        def wanted() -> Iterator[Minute]:
            for minute in minutes.of(metric):
                if unit is None or minute.unit == unit:
                    units.add(minute.unit)
                    yield minute

        self.series = Series(wanted(), with_histograms=with_histograms)
        # Of several units the whole range decides which one is read.
        self.is_of_one_unit = len(units) <= 1
        self.unit = min(units, default=NO_UNIT)


def starts_of(read: Collection[MetricRead]) -> Sequence[int]:
    if len(read) == 1 and all(each.is_of_one_unit for each in read):
        return next(iter(read)).series.starts
    # Those of several units come one unit after the other.
    return array("q", sorted(start_ms for each in read for start_ms in each.series.starts))
