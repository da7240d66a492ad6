"""Metric filters as the operations of CloudWatch Logs put, list, delete and test them."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._filterings import Filterings
from trailbell.chain._log_groups import STANDARD_CLASS
from trailbell.chain._log_lookup import existing_group
from trailbell.chain._log_patterns import filter_pattern, parsed_pattern
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.filters import MetricFilter, check_filter, holds_regex
from trailbell.patterns import parse_pattern
from trailbell.settings import Settings
from trailbell.store import FilterQuery, Store, StoredFilter, Transaction

__all__ = ["FilterPage", "MetricFilters"]

_MOST_FILTERS = 100
_MOST_WITH_REGEX = 5


class FilterPage(msgspec.Struct, frozen=True):
    """Some metric filters; ``next_token`` is None on the last page."""

    filters: tuple[StoredFilter, ...]
    next_token: str | None


class MetricFilters:
    """Puts, lists, deletes and tests metric filters; none counts what was ingested before it was put.

    Args:
        store: Where they are kept.
        clock: The time.
        settings: The account and the region.
        filterings: The compiled filters of each group, which are told of every change.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings, filterings: Filterings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._filterings = filterings

    def put(self, definition: MetricFilter) -> None:
        """Puts a filter on a group; one of the same name is replaced, and keeps when it was first put.

        Raises:
            RequestRefusedError: There is no such group, it takes no more filters or none at all, or the
                pattern, the value or a dimension is not valid. A filter that was there stays as it was.
        """
        pattern = parsed_pattern(definition.pattern)
        check_filter(definition, pattern)
        has_regex = holds_regex(pattern)
        with self._store.write() as transaction:
            _check_room(transaction, definition, has_regex=has_regex)
            transaction.filters.put(definition, self._clock.now_ms())
        self._filterings.changed(definition.log_group)

    def delete(self, log_group: str, name: str) -> None:
        """Deletes a filter; what it has counted stays.

        Raises:
            RequestRefusedError: There is no such group or filter.
        """
        with self._store.write() as transaction:
            existing_group(transaction, log_group)
            if not transaction.filters.delete(log_group, name):
                raise RequestRefusedError(
                    RefusalKind.NOT_FOUND, "The specified metric filter does not exist."
                )
        self._filterings.changed(log_group)

    def page(self, query: FilterQuery, token: str | None = None) -> FilterPage:
        """Lists filters by name, of one group, of one metric, or all.

        Raises:
            RequestRefusedError: There is no such group, or the token is none.
        """
        operation = "DescribeMetricF"
        after = ("", "") if token is None else read_token(operation, token, tuple[str, str])
        with self._store.read() as transaction:
            if query.group:
                existing_group(transaction, query.group)
            found = transaction.filters.page(replace(query, after=after, limit=query.limit + 1))
        filters = tuple(found[: query.limit])
        if len(found) <= query.limit:
            return FilterPage(filters, None)
        last = filters[-1].definition
        return FilterPage(filters, make_token(operation, (last.name, last.log_group)))

    @staticmethod
    def test(pattern: str, messages: Sequence[str]) -> dict[int, dict[str, str]]:
        """Returns the indexes of the messages that a pattern matches, each with the values extracted.

        Raises:
            RequestRefusedError: The pattern is not valid.
        """
        tested = filter_pattern(pattern)
        extracted = {index: tested.extract(message) for index, message in enumerate(messages)}
        return {index: values for index, values in extracted.items() if values is not None}


def _check_room(transaction: Transaction, definition: MetricFilter, *, has_regex: bool) -> None:
    group = existing_group(transaction, definition.log_group)
    if group.log_class != STANDARD_CLASS:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            f"Metric filters are not supported on log groups of the class {group.log_class}.",
        )
    others = [
        each.definition
        for each in transaction.filters.all(group.name)
        if each.definition.name != definition.name
    ]
    with_regex = sum(holds_regex(parse_pattern(each.pattern)) for each in others) if has_regex else 0
    if len(others) >= _MOST_FILTERS or with_regex >= _MOST_WITH_REGEX:
        raise RequestRefusedError(RefusalKind.LIMIT_EXCEEDED, "Resource limit exceeded.")
