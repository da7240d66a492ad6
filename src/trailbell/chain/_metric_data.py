"""Series of several metrics, page by page, as GetMetricData gives them."""

import enum
import hashlib
from collections.abc import Sequence

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.metrics import (
    MetricDataQuery,
    Series,
    SeriesQuery,
    is_period_kept,
    read_queries,
    series_of,
    windows_between,
)
from trailbell.settings import Settings
from trailbell.store import Store, Transaction

__all__ = [
    "MOST_POINTS",
    "MetricDataPage",
    "MetricDataQuestion",
    "MetricDataReading",
    "SeriesPart",
    "SeriesStatus",
]

MOST_POINTS = 100_800
"""How many points a page has at most, and where the question does not say how many."""

_OPERATION = "GetMetricData"


class SeriesStatus(enum.StrEnum):
    """How much of a series a page has brought to its end, by AWS's words."""

    COMPLETE = "Complete"
    PARTIAL = "PartialData"
    FORBIDDEN = "Forbidden"


class MetricDataQuestion(msgspec.Struct, frozen=True):
    """Series from ``start_ms`` to ``end_ms``, the newest points first unless ``is_ascending``."""

    queries: tuple[MetricDataQuery, ...]
    start_ms: int
    end_ms: int
    is_ascending: bool = False
    most_points: int = MOST_POINTS


class SeriesPart(msgspec.Struct, frozen=True):
    """The points of one series that are on a page; ``units`` are those found where there are several."""

    id: str
    label: str
    points: tuple[tuple[int, float], ...]
    status: SeriesStatus
    units: tuple[str, ...] = ()


class MetricDataPage(msgspec.Struct, frozen=True):
    """A part of every series asked for; ``next_token`` is None on the last page."""

    parts: tuple[SeriesPart, ...]
    next_token: str | None


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page begins: in which query, and after which point of it."""

    fingerprint: bytes
    query: int = 0
    after_ms: int | None = None


class MetricDataReading:
    """Reads series.

    Args:
        store: Where the datapoints are.
        clock: The time.
        settings: The account.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    def page(self, question: MetricDataQuestion, token: str | None) -> MetricDataPage:
        """Returns the page that a token stands for, the first one without.

        Every page has all series. Those it has not come to are partial, those that ended before are complete.

        Raises:
            RequestRefusedError: The question cannot be asked like that, or the token is not one of its own.
        """
        _check_span(question)
        queries = [each for each in read_queries(question.queries) if each.is_returned]
        place = _place_of(question, token)
        parts: list[SeriesPart] = []
        next_place: _Place | None = None
        room = question.most_points
        with self._store.read() as transaction:
            for number, query in enumerate(queries):
                if query.account_id not in {None, self._settings.account_id}:
                    parts.append(_empty(query, SeriesStatus.FORBIDDEN))
                elif number < place.query:
                    parts.append(_empty(query, SeriesStatus.COMPLETE))
                elif next_place is not None:
                    parts.append(_empty(query, SeriesStatus.PARTIAL))
                else:
                    after_ms = place.after_ms if number == place.query else None
                    series = self._series(transaction, query, question)
                    left = _left(series, after_ms, is_ascending=question.is_ascending)
                    part = _part(query, series, left, room)
                    parts.append(part)
                    room -= len(part.points)
                    if part.status is SeriesStatus.PARTIAL:
                        last_ms = part.points[-1][0] if part.points else after_ms
                        next_place = _Place(place.fingerprint, number, last_ms)
        return MetricDataPage(
            tuple(parts), None if next_place is None else make_token(_OPERATION, next_place)
        )

    def _series(self, transaction: Transaction, query: SeriesQuery, question: MetricDataQuestion) -> Series:
        if not is_period_kept(query.period_seconds, question.start_ms, self._clock.now_ms()):
            return Series((), ())
        windows = windows_between(question.start_ms, question.end_ms, query.period_seconds)
        found = transaction.datapoints.windowed(
            query.metric, windows.start_ms, windows.end_ms, query.period_seconds
        )
        return series_of(query, windows, found)


def _check_span(question: MetricDataQuestion) -> None:
    if question.start_ms == question.end_ms:
        raise _invalid("The parameter StartTime must not equal parameter EndTime.")
    if question.start_ms > question.end_ms:
        raise _invalid("The parameter EndTime must be greater than StartTime.")
    if not 1 <= question.most_points <= MOST_POINTS:
        raise _invalid(f"The parameter MaxDatapoints must be between 1 and {MOST_POINTS}.")


def _place_of(question: MetricDataQuestion, token: str | None) -> _Place:
    # Pages of one question may differ in size.
    asked = msgspec.structs.replace(question, most_points=MOST_POINTS)
    fingerprint = hashlib.blake2b(msgspec.msgpack.encode(asked), digest_size=8).digest()
    if token is None:
        return _Place(fingerprint)
    try:
        place = read_token(_OPERATION, token, _Place)
    except RequestRefusedError:
        raise _bad_token() from None
    if place.fingerprint != fingerprint:
        raise _bad_token()
    return place


def _left(series: Series, after_ms: int | None, *, is_ascending: bool) -> Sequence[tuple[int, float]]:
    """Returns the points not given yet, in the order asked for."""
    points = series.points if is_ascending else series.points[::-1]
    if after_ms is None:
        return points
    return [each for each in points if (each[0] > after_ms if is_ascending else each[0] < after_ms)]


def _part(query: SeriesQuery, series: Series, left: Sequence[tuple[int, float]], room: int) -> SeriesPart:
    return SeriesPart(
        id=query.id,
        label=query.label,
        points=tuple(left[:room]),
        status=SeriesStatus.COMPLETE if len(left) <= room else SeriesStatus.PARTIAL,
        units=series.units if len(series.units) > 1 else (),
    )


def _empty(query: SeriesQuery, status: SeriesStatus) -> SeriesPart:
    return SeriesPart(query.id, query.label, (), status)


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.VALIDATION, message)


def _bad_token() -> RequestRefusedError:
    # AWS says nothing more.
    return RequestRefusedError(RefusalKind.INVALID_TOKEN, "")
