"""What a metric filter is, and a group's filters made ready to run together."""

from collections.abc import Sequence

import msgspec

from trailbell.metrics import NO_UNIT, MetricKey
from trailbell.patterns import PatternSet, compile_patterns, parse_pattern

__all__ = ["FilterSet", "MetricFilter", "MetricTransformation"]


class MetricTransformation(msgspec.Struct, frozen=True):
    """What a match publishes: one sample of ``value`` to one metric.

    ``value`` is the metricValue as it was written, a literal number; ``unit`` is None where none was given.
    ``default_value``, where set, is published for every event that does not match
    (filter-patterns section 6, uncertain point U15).
    """

    metric: MetricKey
    value: str = "1"
    default_value: float | None = None
    unit: str | None = None

    @property
    def number(self) -> float:
        """The value as a number."""
        return float(self.value)

    @property
    def datapoint_unit(self) -> str:
        """The unit of the samples."""
        return NO_UNIT if self.unit is None else self.unit


class MetricFilter(msgspec.Struct, frozen=True):
    """A named filter pattern of one log group with its metric transformation."""

    log_group: str
    name: str
    pattern: str
    transformation: MetricTransformation


class FilterSet:
    """The metric filters of one log group, compiled to run in one pass over each event.

    Not picklable, as the matcher is generated code: send the filters and build the set again.

    Raises:
        PatternError: A filter's pattern is not valid.
    """

    def __init__(self, filters: Sequence[MetricFilter]) -> None:
        self.filters = tuple(filters)
        self.patterns: PatternSet = compile_patterns([parse_pattern(each.pattern) for each in self.filters])
        self.with_default = tuple(
            index for index, each in enumerate(self.filters) if each.transformation.default_value is not None
        )
