"""What a client may send as data of a metric (MetricDatum of the CloudWatch API), and the datapoint it makes.

The rules and texts are those of metrics-and-alarms sections 1.3 to 1.11.
"""

import math
from collections.abc import Collection

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics._datapoint import Datapoint
from trailbell.metrics._java_double import java_double
from trailbell.metrics._period import floor_to
from trailbell.metrics._samples import Samples, sum_up
from trailbell.metrics._statistics import StatisticSet
from trailbell.metrics._unit import NO_UNIT

__all__ = ["MetricDatum", "check_name", "check_size", "datapoint_of"]

_LARGEST = 2.0**360
_MOST_VALUES = 150
_RESOLUTIONS = (1, 60)
_OLDEST_MS = 14 * 86_400_000
_AHEAD_MS = 2 * 3_600_000


class MetricDatum(msgspec.Struct, frozen=True):
    """Data of one metric as a client sent it.

    ``at_ms`` is None where it is to be stamped on receipt. One of ``value``, ``values`` (with ``counts``)
    and ``statistics`` should be there.
    """

    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    at_ms: int | None = None
    value: float | None = None
    values: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()
    statistics: StatisticSet | None = None
    unit: str = NO_UNIT
    storage_resolution: int = 60


def datapoint_of(datum: MetricDatum, path: str, now_ms: int) -> Datapoint:
    """Returns the datapoint that a datum adds to; its start is a minute, or a second in high resolution.

    Args:
        datum: What was sent.
        path: Where it stands in the request, for the texts of errors: ``MetricData.member.1``.
        now_ms: When it was received.

    Raises:
        RequestRefusedError: A value, count, name, dimension, time or resolution is not allowed.
    """
    check_name(datum.name, f"{path}.MetricName")
    _check_dimensions(datum, path)
    statistics, histogram = _samples(datum, path)
    at_ms = now_ms if datum.at_ms is None else datum.at_ms
    if at_ms < now_ms - _OLDEST_MS:
        raise _invalid(f"The parameter {path}.Timestamp must specify a time within the past two weeks.")
    if at_ms > now_ms + _AHEAD_MS:
        raise _invalid(
            f"The parameter {path}.Timestamp must specify a time no more than two hours in the future."
        )
    if datum.storage_resolution not in _RESOLUTIONS:
        raise _invalid(f"The parameter {path}.StorageResolution must be a value in the set [ 1, 60 ].")
    return Datapoint(floor_to(at_ms, datum.storage_resolution), statistics, datum.unit, histogram)


def check_name(name: str, path: str) -> None:
    """Checks that a namespace, a metric's name or a part of a dimension can be shown.

    Raises:
        RequestRefusedError: It has control characters.
    """
    if any(character < " " or character == "\x7f" for character in name):
        raise _invalid(f"The parameter {path} must not contain control characters.")


def check_size(elements: Collection[object], most: int, path: str) -> None:
    """Checks that a list is not too long.

    Raises:
        RequestRefusedError: It is.
    """
    if len(elements) > most:
        raise _invalid(f"The collection {path} must not have a size greater than {most}.")


def _check_dimensions(datum: MetricDatum, path: str) -> None:
    for index, (name, value) in enumerate(datum.dimensions, 1):
        where = f"{path}.Dimensions.member.{index}"
        for text, place in ((name, f"{where}.Name"), (value, f"{where}.Value")):
            check_name(text, place)
            if not text.isascii():
                raise _invalid(f"The parameter {place} must contain only ASCII characters.")
            if not text.strip():
                raise _invalid(f"The parameter {place} must contain a character that is not blank.")
        if name.startswith(":"):
            raise _invalid(f"The parameter {where}.Name must not begin with a colon.")
    if len({name for name, _ in datum.dimensions}) < len(datum.dimensions):
        raise _invalid("No metric may specify the same dimension name twice.")


def _samples(datum: MetricDatum, path: str) -> Samples:
    _check_combination(datum, path)
    if datum.value is not None:
        _check_number(datum.value, f"{path}.Value")
        return StatisticSet.of(datum.value), None
    if datum.statistics is not None:
        return _checked_set(datum.statistics, f"{path}.StatisticValues"), None
    return sum_up(_weighted(datum, path))


def _check_combination(datum: MetricDatum, path: str) -> None:
    if datum.value is not None:
        others = {"Values": bool(datum.values), "StatisticValues": datum.statistics is not None}
        for name, is_given in others.items():
            if is_given:
                raise RequestRefusedError(
                    RefusalKind.INVALID_COMBINATION,
                    f"The parameters {path}.Value and {path}.{name} are mutually exclusive and you have "
                    "specified both.",
                )
    if datum.counts and not datum.values:
        raise RequestRefusedError(
            RefusalKind.INVALID_COMBINATION,
            "The parameter values must appears when the counts parameter is specified.",
        )
    if datum.value is None and not datum.values and datum.statistics is None:
        raise RequestRefusedError(
            RefusalKind.INVALID_COMBINATION, "At least one of the parameters must be specified."
        )


def _weighted(datum: MetricDatum, path: str) -> dict[float, float]:
    check_size(datum.values, _MOST_VALUES, f"{path}.Values")
    if datum.counts and len(datum.counts) != len(datum.values):
        raise _invalid(f"The parameters {path}.Values and {path}.Counts must be of the same size.")
    counts = datum.counts or (1.0,) * len(datum.values)
    weighted: dict[float, float] = {}
    for index, (value, count) in enumerate(zip(datum.values, counts, strict=True), 1):
        _check_number(value, f"{path}.Values.member.{index}")
        _check_number(count, f"{path}.Counts.member.{index}")
        if count < 0:
            raise _invalid(f"The parameter {path}.Counts must contain only values greater than 0.")
        weighted[value] = weighted.get(value, 0.0) + count
    return weighted


def _checked_set(given: StatisticSet, path: str) -> StatisticSet:
    _check_number(given.sample_count, f"{path}.SampleCount")
    _check_number(given.sum, f"{path}.Sum")
    _check_number(given.minimum, f"{path}.Minimum")
    _check_number(given.maximum, f"{path}.Maximum")
    if given.sample_count <= 0:
        raise _invalid(f"The parameter {path}.SampleCount must be greater than 0.")
    if given.minimum > given.maximum:
        raise _invalid(f"The parameter {path}.Maximum must be greater than {path}.Minimum.")
    return given


def _check_number(number: float, path: str) -> None:
    if not math.isfinite(number) or abs(number) > _LARGEST:
        raise _invalid(f"The value {java_double(number)} for parameter {path} is invalid.")


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, message)
