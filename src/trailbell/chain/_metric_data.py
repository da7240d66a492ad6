"""Series of several metrics, page by page, as GetMetricData gives them."""

import enum
import hashlib
from collections.abc import Sequence

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.metrics import (
    DataPlan,
    MathError,
    MathGrid,
    MetricDataQuery,
    Series,
    SeriesQuery,
    Windows,
    evaluate_math,
    is_period_kept,
    read_queries,
    series_of,
    told_statistic,
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
_MINUTE_SECONDS = 60


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
    """Where a page begins: in which query, in which of its series, and after which point of that."""

    fingerprint: bytes
    query: int = 0
    after_ms: int | None = None
    part: int = 0


class _Answer(msgspec.Struct, frozen=True):
    """One series of a query."""

    id: str
    label: str
    series: Series

    def part(self, points: Sequence[tuple[int, float]], status: SeriesStatus) -> SeriesPart:
        """Returns some of its points as they are on a page."""
        units = self.series.units
        return SeriesPart(self.id, self.label, tuple(points), status, units if len(units) > 1 else ())


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
        plan = read_queries(question.queries)
        place = _place_of(question, token)
        parts: list[SeriesPart] = []
        next_place: _Place | None = None
        room = question.most_points
        with self._store.read() as transaction:
            for number, query_id in enumerate(plan.returned):
                if self._is_foreign(plan, query_id):
                    parts.append(_empty(plan, query_id, SeriesStatus.FORBIDDEN))
                elif number < place.query:
                    parts.append(_empty(plan, query_id, SeriesStatus.COMPLETE))
                elif next_place is not None:
                    parts.append(_empty(plan, query_id, SeriesStatus.PARTIAL))
                else:
                    begin = place if number == place.query else _Place(place.fingerprint, number)
                    answer = self._answer(transaction, plan, query_id, question)
                    added, next_place = _added(answer, begin, room, is_ascending=question.is_ascending)
                    parts += added
                    room -= sum(len(each.points) for each in added)
        return MetricDataPage(
            tuple(parts), None if next_place is None else make_token(_OPERATION, next_place)
        )

    def _is_foreign(self, plan: DataPlan, query_id: str) -> bool:
        """Says whether a query, or a metric that its expression uses, is of another account."""
        own = {None, self._settings.account_id}
        return any(
            plan.metrics[each].account_id not in own for each in plan.math.needed_metric_ids({query_id})
        )

    def _answer(
        self, transaction: Transaction, plan: DataPlan, query_id: str, question: MetricDataQuestion
    ) -> list["_Answer"]:
        """Returns the series of a query: one, or any number where an expression gives an array."""
        period_seconds = plan.math.period_of(query_id) or _MINUTE_SECONDS
        if not is_period_kept(period_seconds, question.start_ms, self._clock.now_ms()):
            return [_Answer(query_id, plan.label(query_id), Series((), ()))]
        windows = windows_between(question.start_ms, question.end_ms, period_seconds)
        query = plan.metrics.get(query_id)
        if query is not None:
            return [_Answer(query_id, query.label, self._series(transaction, query, windows))]
        if windows.count > MOST_POINTS:
            raise _invalid(
                f"Error in expression '{query_id}': {windows.count} periods are more than {MOST_POINTS}"
            )
        series = {
            each: dict(self._series(transaction, plan.metrics[each], windows).points)
            for each in plan.math.needed_metric_ids({query_id})
        }
        starts_ms = tuple(range(windows.start_ms, windows.end_ms, period_seconds * 1000))
        try:
            found = evaluate_math(plan.math, series, MathGrid(starts_ms, period_seconds), [query_id])
        except MathError as error:
            raise _invalid(str(error)) from error
        return [_Answer(query_id, each.label, Series(each.points, ())) for each in found[query_id]]

    def _series(self, transaction: Transaction, query: SeriesQuery, windows: Windows) -> Series:
        with_histograms = told_statistic(query.statistic) is None
        found = transaction.datapoints.windowed(query.metric, windows, with_histograms=with_histograms)
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


def _added(
    answer: Sequence["_Answer"], begin: _Place, room: int, *, is_ascending: bool
) -> tuple[list[SeriesPart], _Place | None]:
    """Cuts what a page has room for out of the series of one query; returns it and where the next begins."""
    parts: list[SeriesPart] = []
    for number, each in enumerate(answer):
        if number < begin.part:
            parts.append(each.part((), SeriesStatus.COMPLETE))
            continue
        after_ms = begin.after_ms if number == begin.part else None
        left = _left(each.series, after_ms, is_ascending=is_ascending)
        if len(left) > room:
            part = each.part(left[:room], SeriesStatus.PARTIAL)
            last_ms = part.points[-1][0] if part.points else after_ms
            place = _Place(begin.fingerprint, begin.query, last_ms, number)
            rest = [later.part((), SeriesStatus.PARTIAL) for later in answer[number + 1 :]]
            return [*parts, part, *rest], place
        parts.append(each.part(left, SeriesStatus.COMPLETE))
        room -= len(left)
    return parts, None


def _empty(plan: DataPlan, query_id: str, status: SeriesStatus) -> SeriesPart:
    return SeriesPart(query_id, plan.label(query_id), (), status)


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.VALIDATION, message)


def _bad_token() -> RequestRefusedError:
    # AWS says nothing more.
    return RequestRefusedError(RefusalKind.INVALID_TOKEN, "")
