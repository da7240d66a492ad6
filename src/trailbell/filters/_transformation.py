"""What a metric filter is: a pattern of one log group, and what its matches publish."""

import msgspec

from trailbell.metrics import NO_UNIT, MetricKey

__all__ = ["SYSTEM_DIMENSIONS", "MetricFilter", "MetricTransformation"]

SYSTEM_DIMENSIONS = ("@aws.account", "@aws.region")
"""The dimensions that do not come from the event (emitSystemFieldDimensions of PutMetricFilter)."""


class MetricTransformation(msgspec.Struct, frozen=True):
    """What a match publishes: one sample to one metric (MetricTransformation of the CloudWatch Logs API).

    Attributes:
        metric: The metric, without the dimensions that events give.
        value: The metricValue as it was written: a number, or the field that holds it, such as ``$.latency``
            of JSON patterns, ``$size`` or ``$2`` of space-delimited ones.
        default_value: Where set, it is published for every event that does not match (filter-patterns
            section 6, uncertain point U15), and for one that matches and lacks the field of ``value``.
        unit: None where none was given.
        dimensions: Names with the fields that hold their values.
    """

    metric: MetricKey
    value: str = "1"
    default_value: float | None = None
    unit: str | None = None
    dimensions: tuple[tuple[str, str], ...] = ()

    @property
    def datapoint_unit(self) -> str:
        """The unit of the samples."""
        return NO_UNIT if self.unit is None else self.unit


class MetricFilter(msgspec.Struct, frozen=True):
    """A named filter pattern of one log group with its metric transformation.

    ``system_dimensions`` are those of ``SYSTEM_DIMENSIONS`` that samples of matches carry too.
    """

    log_group: str
    name: str
    pattern: str
    transformation: MetricTransformation
    system_dimensions: tuple[str, ...] = ()
