"""Metrics as the operations of CloudWatch write, read and list them."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from typing import Annotated

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.chain._metric_data import MetricDataPage, MetricDataQuestion, MetricDataReading
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import (
    KEPT_DAYS,
    MetricDatum,
    MetricKey,
    StatisticsPoint,
    StatisticsQuestion,
    check_name,
    check_size,
    datapoint_of,
    is_period_kept,
    points_of,
    windows_of_question,
)
from trailbell.settings import Settings
from trailbell.store import MetricQuery, Store

__all__ = ["MOST_METRICS", "MetricBook", "MetricPage", "MetricSearch", "MetricsPut"]

MOST_METRICS = 1_000_000
"""How many metrics there may be before data of a new one is refused."""

_MOST_DATA = 1000
_MOST_ENTITIES = 2
_PAGE_SIZE = 500
_HOUR_MS = 3_600_000
_LISTED_MS = 14 * 24 * _HOUR_MS
_ACTIVE = {"PT3H": 3 * _HOUR_MS}
_RESERVED_NAMESPACE = "AWS/"
_LIST = "ListMetrics"

_RowNumber = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class MetricsPut(msgspec.Struct, frozen=True):
    """Data to be stored, all or nothing.

    ``entities`` holds the data that came with the description of an entity, one collection for each;
    ``is_strict`` is None where the request does not say how strictly entities are to be checked.
    """

    namespace: str
    data: Sequence[MetricDatum] = ()
    entities: Sequence[Sequence[MetricDatum]] = ()
    is_strict: bool | None = None


class MetricSearch(msgspec.Struct, frozen=True):
    """Which metrics to list; of a dimension the value may be None: any.

    ``recently_active`` is empty for all with data in the last two weeks.
    """

    namespace: str | None = None
    name: str | None = None
    dimensions: tuple[tuple[str, str | None], ...] = ()
    recently_active: str = ""


class MetricPage(msgspec.Struct, frozen=True):
    """Some metrics; ``next_token`` is None on the last page."""

    metrics: tuple[MetricKey, ...]
    next_token: str | None


class MetricBook:
    """Stores data of metrics and answers questions about it.

    Args:
        store: Where it is kept.
        clock: The time.
        settings: The account.
        arrived: Is told which metrics have new data, once it is stored.
        most_metrics: How many metrics there may be.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        arrived: Callable[[Collection[MetricKey]], None],
        most_metrics: int = MOST_METRICS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._arrived = arrived
        self._most_metrics = most_metrics
        self._reading = MetricDataReading(store, clock, settings)

    def put(self, given: MetricsPut) -> None:
        """Stores data; a datum that was sent before is added again.

        Raises:
            RequestRefusedError: Any of it is not allowed, or there would be too many metrics.
        """
        _check_put(given)
        contributions = {place: Contribution.merge(*parts) for place, parts in self._added(given).items()}
        with self._store.write() as transaction:
            newest_row = transaction.metrics.newest_row()
            transaction.datapoints.add(contributions)
            is_new = transaction.metrics.newest_row() > newest_row
            if is_new and transaction.metrics.is_more_than(self._most_metrics):
                raise RequestRefusedError(
                    RefusalKind.LIMIT_EXCEEDED,
                    f"Trailbell keeps at most {self._most_metrics} metrics, and these data would make "
                    f"more: use fewer dimension values. A metric that has had no data for {KEPT_DAYS} days "
                    "is forgotten.",
                )
        self._arrived({place.metric for place in contributions})

    def statistics(self, question: StatisticsQuestion) -> list[StatisticsPoint]:
        """Returns statistics of a metric, oldest first; nothing where data is not kept by such a period.

        Raises:
            RequestRefusedError: The question cannot be asked like that.
        """
        windows = windows_of_question(question)
        if not is_period_kept(question.period_seconds, question.start_ms, self._clock.now_ms()):
            return []
        with self._store.read() as transaction:
            found = transaction.datapoints.windowed(
                question.metric, windows, with_histograms=bool(question.extended_statistics)
            )
            return points_of(question, windows, found)

    def data(self, question: MetricDataQuestion, token: str | None = None) -> MetricDataPage:
        """Returns series of several metrics, a bounded number of points at a time.

        Raises:
            RequestRefusedError: The question cannot be asked like that, or the token is not one of its own.
        """
        return self._reading.page(question, token)

    def page(self, question: MetricSearch, token: str | None = None) -> MetricPage:
        """Lists metrics that have data.

        Raises:
            RequestRefusedError: The question cannot be asked like that, or the token is not one of its own.
        """
        age_ms = _LISTED_MS
        if question.recently_active:
            if question.recently_active not in _ACTIVE:
                raise RequestRefusedError(
                    RefusalKind.INVALID_PARAMETER, "Request parameter recentlyActive value is invalid"
                )
            age_ms = _ACTIVE[question.recently_active]
        with self._store.read() as transaction:
            after = None
            if token is not None:
                after = transaction.metrics.key_of(_row_in(token, question))
                if after is None:
                    raise _bad_list_token()
            query = MetricQuery(
                since_ms=self._clock.now_ms() - age_ms,
                namespace=question.namespace,
                name=question.name,
                dimensions=question.dimensions,
                after=after,
                limit=_PAGE_SIZE + 1,
            )
            found = transaction.metrics.page(query)
        metrics = tuple(key for _, key in found[:_PAGE_SIZE])
        if len(found) <= _PAGE_SIZE:
            return MetricPage(metrics, None)
        return MetricPage(metrics, make_token(_LIST, (_fingerprint(question), found[_PAGE_SIZE - 1][0])))

    def _added(self, given: MetricsPut) -> dict[SeriesMinute, list[Contribution]]:
        now_ms = self._clock.now_ms()
        placed = [(f"MetricData.member.{index}", datum) for index, datum in enumerate(given.data, 1)]
        for number, entity in enumerate(given.entities, 1):
            path = f"EntityMetricData.member.{number}.MetricData.member"
            placed.extend((f"{path}.{index}", datum) for index, datum in enumerate(entity, 1))
        added: dict[SeriesMinute, list[Contribution]] = {}
        for path, datum in placed:
            datapoint = datapoint_of(datum, path, now_ms)
            metric = MetricKey(given.namespace, datum.name, datum.dimensions)
            place = SeriesMinute(metric, datapoint.unit, datapoint.start_ms)
            contribution = Contribution(datapoint.statistics, None, datapoint.histogram)
            added.setdefault(place, []).append(contribution)
        return added


def _check_put(given: MetricsPut) -> None:
    if given.namespace.startswith(_RESERVED_NAMESPACE):
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            f"The value {_RESERVED_NAMESPACE} for parameter Namespace is invalid.",
        )
    check_name(given.namespace, "Namespace")
    if given.entities and given.is_strict is None:
        raise RequestRefusedError(
            RefusalKind.INVALID_COMBINATION,
            "Field StrictEntityValidation is required when setting EntityMetricData",
        )
    check_size(given.entities, _MOST_ENTITIES, "EntityMetricData")
    data = [*given.data, *(datum for entity in given.entities for datum in entity)]
    if not data:
        raise RequestRefusedError(
            RefusalKind.MISSING_PARAMETER, "At least one MetricDatum object must be present in the request."
        )
    check_size(data, _MOST_DATA, "MetricData")


def _row_in(token: str, question: MetricSearch) -> int:
    try:
        fingerprint, row = read_token(_LIST, token, tuple[bytes, _RowNumber])
    except RequestRefusedError:
        raise _bad_list_token() from None
    if fingerprint != _fingerprint(question):
        raise _bad_list_token()
    return row


def _fingerprint(question: MetricSearch) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(question), digest_size=8).digest()


def _bad_list_token() -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, "Request parameter NextToken is invalid")
