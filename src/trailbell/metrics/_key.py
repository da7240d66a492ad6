"""The identity of a metric inside one account and region."""

import msgspec

__all__ = ["MetricKey"]


class MetricKey(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """Names one series: namespace, metric name and the exact set of (name, value) dimensions.

    The order in which dimensions are given is no part of the identity, so they are kept sorted.
    A series with more, fewer or other dimensions is another metric: nothing is rolled up.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        # Most keys have no dimensions, and keys are built once per datum.
        if self.dimensions:
            msgspec.structs.force_setattr(self, "dimensions", tuple(sorted(self.dimensions)))
