"""Alarms of both kinds listed by name: by what is asked of them, or by their place among composite alarms."""

from typing import TypeVar

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.store import AlarmQuery, StoredAlarm, StoredComposite, Transaction

__all__ = ["COMPOSITE_ALARM", "METRIC_ALARM", "AlarmPage", "AlarmSearch", "list_alarms", "place_of"]

METRIC_ALARM = "MetricAlarm"
COMPOSITE_ALARM = "CompositeAlarm"

_ALARMS = "DescribeAlarms"

_PlaceT = TypeVar("_PlaceT")


class AlarmSearch(msgspec.Struct, frozen=True):
    """Which alarms are asked for: by themselves, by their type, or by their place among composite alarms.

    Without a type they are those on metrics, as on AWS, even if a composite alarm is asked for by name.
    """

    query: AlarmQuery = AlarmQuery()
    types: tuple[str, ...] = ()
    children_of: str = ""
    parents_of: str = ""
    token: str | None = None

    @property
    def is_for_kin(self) -> bool:
        """Whether alarms are asked for by their place among composite alarms."""
        return bool(self.children_of or self.parents_of)


class AlarmPage(msgspec.Struct, frozen=True):
    """Some alarms, of each kind by name; ``next_token`` is None on the last page."""

    alarms: tuple[StoredAlarm, ...]
    next_token: str | None
    composites: tuple[StoredComposite, ...] = ()


def list_alarms(transaction: Transaction, search: AlarmSearch) -> AlarmPage:
    """Lists alarms by name: a page holds the next ones of both kinds together.

    Raises:
        RequestRefusedError: The token is none, or what is asked excludes each other.
    """
    after = "" if search.token is None else place_of(_ALARMS, search.token, str)
    _refuse_what_excludes_each_other(search)
    query = replace(search.query, after=after, limit=search.query.limit + 1)
    types: tuple[str, ...] = search.types or (METRIC_ALARM,)
    if search.is_for_kin:
        types = (METRIC_ALARM, COMPOSITE_ALARM)
        query = replace(query, names=_kin(transaction, search))
        if not query.names:
            return AlarmPage((), None)
    found: list[StoredAlarm | StoredComposite] = []
    if METRIC_ALARM in types:
        found.extend(transaction.alarms.page(query))
    if COMPOSITE_ALARM in types:
        found.extend(transaction.composites.page(query))
    found.sort(key=_name)
    kept = found[: search.query.limit]
    return AlarmPage(
        alarms=tuple(each for each in kept if isinstance(each, StoredAlarm)),
        next_token=make_token(_ALARMS, _name(kept[-1])) if len(found) > len(kept) else None,
        composites=tuple(each for each in kept if isinstance(each, StoredComposite)),
    )


def place_of(operation: str, token: str, kind: type[_PlaceT]) -> _PlaceT:
    """Reads where a list of CloudWatch goes on.

    Raises:
        RequestRefusedError: The token is none that the operation made.
    """
    try:
        return read_token(operation, token, kind)
    except RequestRefusedError as error:
        raise RequestRefusedError(error.kind, f"Invalid NextToken : {token}") from error


def _kin(transaction: Transaction, search: AlarmSearch) -> tuple[str, ...]:
    if search.children_of:
        return transaction.composites.children((search.children_of,)).get(search.children_of, ())
    return tuple(transaction.composites.parents((search.parents_of,)))


def _refuse_what_excludes_each_other(search: AlarmSearch) -> None:
    query = search.query
    if query.names and query.prefix:
        raise RequestRefusedError(
            RefusalKind.INVALID_COMBINATION,
            "The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified "
            "both.",
        )
    others = (search.types, query.names, query.prefix, query.state, query.action_prefix)
    if search.is_for_kin and (any(others) or (search.children_of and search.parents_of)):
        raise RequestRefusedError(
            RefusalKind.VALIDATION,
            "ChildrenOfAlarmName and ParentsOfAlarmName can be specified with MaxRecords and NextToken only.",
        )


def _name(stored: StoredAlarm | StoredComposite) -> str:
    return stored.definition.name
