"""A log group's metric filters made ready to run together."""

import functools
from collections.abc import Mapping, Sequence

from trailbell.filters._extraction import Extract, build_extract, selectors_read
from trailbell.filters._transformation import MetricFilter
from trailbell.metrics import MetricKey
from trailbell.patterns import PatternSet, Prefilter, compile_patterns, parse_pattern

__all__ = ["FilterSet"]


class FilterSet:
    """The metric filters of one log group, compiled to run in one pass over each event.

    Not picklable, as the matcher is generated code: send the filters and build the set again.

    Args:
        filters: The filters.
        system_fields: What the system dimensions stand for in this log group, such as
            ``{"@aws.account": "111122223333", "@aws.region": "eu-west-1"}``.

    Raises:
        PatternError: A filter's pattern is not valid.
        KeyError: A filter has a system dimension that is not given.
    """

    def __init__(
        self, filters: Sequence[MetricFilter], system_fields: Mapping[str, str] | None = None
    ) -> None:
        self.filters = tuple(filters)
        parsed = [parse_pattern(each.pattern) for each in self.filters]
        read = [
            selector
            for counting, pattern in zip(self.filters, parsed, strict=True)
            for selector in selectors_read(counting, pattern)
        ]
        self.patterns: PatternSet = compile_patterns(parsed, read)
        self.with_default = tuple(
            index for index, each in enumerate(self.filters) if each.transformation.default_value is not None
        )
        self.extracts: dict[int, Extract] = {}
        for index, counting in enumerate(self.filters):
            extract = build_extract(counting, parsed[index], self.patterns)
            if extract is not None:
                self.extracts[index] = extract
        # What each match of a filter publishes; None where it is read from the event.
        self.literals = tuple(map(_literal, self.filters))
        known = system_fields or {}
        self._system = [
            tuple((name, known[name]) for name in each.system_dimensions) for each in self.filters
        ]
        self._metrics = [self.metric(index, ()) for index in range(len(self.filters))]

    @functools.cached_property
    def prefilter(self) -> Prefilter | None:
        """What finds candidates; None where a pattern needs no text, or the library for it is missing."""
        return Prefilter.of(self.patterns.patterns)

    def metric(self, index: int, dimensions: tuple[tuple[str, str], ...] | None = None) -> MetricKey:
        """Returns the metric that a match of a filter feeds, with the dimensions its event gives."""
        if dimensions is None:
            return self._metrics[index]
        metric = self.filters[index].transformation.metric
        # An event that lacks a field loses the dimensions of fields, not those of the system (point U19).
        return MetricKey(metric.namespace, metric.name, (*self._system[index], *dimensions))


def _literal(counting: MetricFilter) -> float | None:
    value = counting.transformation.value
    return None if value.startswith("$") else float(value)
