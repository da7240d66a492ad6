"""Alarms as the operations of CloudWatch put, list, set, silence and delete them, with history and tags."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import AlarmParameters, AlarmState, ConfigurationChange, alarm_arn, alarm_of
from trailbell.chain._alarm_changes import delete_alarm, put_alarm
from trailbell.chain._alarm_tags import MOST_TAGS, existing_alarm_arn, refuse_reserved_tags
from trailbell.chain._clock import Clock
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.metrics import MetricKey, Statistic
from trailbell.settings import Evaluation, Settings
from trailbell.store import AlarmQuery, HistoryItem, HistoryQuery, Store, StoredAlarm

__all__ = ["AlarmBook", "AlarmPage", "AlarmSearch", "HistoryPage", "MetricQuestion"]

_METRIC_ALARM = "MetricAlarm"
_ALARMS, _HISTORY = "DescribeAlarms", "DescribeAlarmHistory"
_DEEPEST_REASON_DATA = 100

_PlaceT = TypeVar("_PlaceT")


class AlarmSearch(msgspec.Struct, frozen=True):
    """Which alarms are asked for: by themselves, by their type, or by their place among composite alarms."""

    query: AlarmQuery = AlarmQuery()
    types: tuple[str, ...] = ()
    children_of: str = ""
    parents_of: str = ""
    token: str | None = None


class AlarmPage(msgspec.Struct, frozen=True):
    """Some alarms; ``next_token`` is None on the last page."""

    alarms: tuple[StoredAlarm, ...]
    next_token: str | None


class HistoryPage(msgspec.Struct, frozen=True):
    """Some of the history; ``next_token`` is None on the last page."""

    items: tuple[HistoryItem, ...]
    next_token: str | None


class MetricQuestion(msgspec.Struct, frozen=True):
    """Which alarms on one metric are asked for; what is None may be anything."""

    metric: MetricKey
    statistic: Statistic | None = None
    extended_statistic: str | None = None
    period_seconds: int | None = None
    unit: str | None = None


class AlarmBook:
    """Puts, lists, sets, silences and deletes alarms.

    Args:
        store: Where they are kept.
        clock: The time.
        settings: The account, the region and when alarms are judged.
        evaluator: Moves alarms between states.
        wake: Tells whoever sends messages that there may be new ones.
    """

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, evaluator: Evaluator, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._evaluator = evaluator
        self._wake = wake

    def arn(self, name: str) -> str:
        """Returns an alarm's ARN."""
        return alarm_arn(self._settings.region, self._settings.account_id, name)

    def put(self, parameters: AlarmParameters, tags: Mapping[str, str]) -> None:
        """Puts an alarm; one of the same name is replaced, and keeps its state and its tags.

        Raises:
            RequestRefusedError: AWS would not take it, or Trailbell cannot evaluate it.
            AlarmDefinitionError: The alarm is beyond AWS's limits.
        """
        alarm = alarm_of(parameters)
        refuse_reserved_tags(tags)
        if len(tags) > MOST_TAGS:
            raise RequestRefusedError(
                RefusalKind.VALIDATION,
                f"The resultant tag set must not have more than {MOST_TAGS} user tags.",
            )
        with self._store.write() as transaction:
            change = put_alarm(transaction, self._settings, alarm, self._clock.now_ms())
            if change is ConfigurationChange.CREATE:
                transaction.tags.put(self.arn(alarm.name), tags)
        # The data may be there already.
        if self._settings.evaluation is Evaluation.EAGER and self._evaluator.look_ahead({alarm.metric}):
            self._wake()

    def page(self, search: AlarmSearch) -> AlarmPage:
        """Lists alarms by name.

        Raises:
            RequestRefusedError: The token is none, or what is asked excludes each other.
        """
        query = search.query
        after = "" if search.token is None else _place(_ALARMS, search.token, str)
        if query.names and query.prefix:
            raise RequestRefusedError(
                RefusalKind.INVALID_COMBINATION,
                "The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified "
                "both.",
            )
        if search.children_of or search.parents_of:
            _refuse_more_than_kin(search)
            # There are no composite alarms, so none has children and no alarm has parents.
            return AlarmPage((), None)
        if search.types and _METRIC_ALARM not in search.types:
            return AlarmPage((), None)
        with self._store.read() as transaction:
            found = transaction.alarms.page(replace(query, after=after, limit=query.limit + 1))
        alarms = tuple(found[: query.limit])
        if len(found) <= query.limit:
            return AlarmPage(alarms, None)
        return AlarmPage(alarms, make_token(_ALARMS, alarms[-1].definition.name))

    def of_metric(self, question: MetricQuestion) -> tuple[StoredAlarm, ...]:
        """Lists the alarms on exactly one metric, by name."""
        # No alarm here has an extended statistic.
        if question.extended_statistic is not None:
            return ()
        with self._store.read() as transaction:
            found = transaction.alarms.of_metrics((question.metric,))
        return tuple(
            each
            for each in found
            if question.statistic in {None, each.definition.statistic}
            and question.period_seconds in {None, each.definition.period_seconds}
            and question.unit in {None, each.definition.unit}
        )

    def set_state(self, name: str, state: AlarmState, reason: str, reason_data: str = "") -> None:
        """Sets an alarm's state until its next evaluation; nothing happens if it is in it already.

        Raises:
            RequestRefusedError: There is no such alarm, or the reason's data is no JSON.
        """
        if reason_data and not _is_json(reason_data):
            raise RequestRefusedError(RefusalKind.INVALID_FORMAT)
        if self._evaluator.set_state(name, state, reason, reason_data) is not None:
            self._wake()

    def set_actions_enabled(self, names: Collection[str], *, are_enabled: bool) -> None:
        """Says whether changes of alarms run their actions; names of no alarm are no matter."""
        with self._store.write() as transaction:
            now_ms = self._clock.now_ms()
            for name in dict.fromkeys(names):
                stored = transaction.alarms.find(name)
                if stored is not None:
                    changed = replace(stored.definition, actions_enabled=are_enabled)
                    put_alarm(transaction, self._settings, changed, now_ms)

    def delete(self, names: Collection[str]) -> None:
        """Deletes alarms and keeps their history; names of no alarm are no matter."""
        with self._store.write() as transaction:
            now_ms = self._clock.now_ms()
            for name in dict.fromkeys(names):
                delete_alarm(transaction, self._settings, name, now_ms)

    def history(
        self, query: HistoryQuery, types: Collection[str] = (), token: str | None = None
    ) -> HistoryPage:
        """Lists what happened to alarms, also to those that are deleted.

        Raises:
            RequestRefusedError: The token is none.
        """
        after = None if token is None else _place(_HISTORY, token, tuple[int, int])
        if types and _METRIC_ALARM not in types:
            return HistoryPage((), None)
        with self._store.read() as transaction:
            found = transaction.alarms.history_page(replace(query, after=after, limit=query.limit + 1))
        items = tuple(item for _, item in found[: query.limit])
        if len(found) <= query.limit:
            return HistoryPage(items, None)
        last_id, last = found[query.limit - 1]
        return HistoryPage(items, make_token(_HISTORY, (last.at_ms, last_id)))

    def tags(self, arn: str) -> dict[str, str]:
        """Lists an alarm's tags.

        Raises:
            RequestRefusedError: There is no such alarm.
        """
        with self._store.read() as transaction:
            return transaction.tags.of(existing_alarm_arn(transaction, self._settings, arn))

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Adds tags to an alarm; those of a key that is there are overwritten.

        Raises:
            RequestRefusedError: There is no such alarm, a key is reserved, or there would be too many tags.
        """
        with self._store.write() as transaction:
            existing_alarm_arn(transaction, self._settings, arn)
            refuse_reserved_tags(tags)
            if len({*transaction.tags.of(arn), *tags}) > MOST_TAGS:
                raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, "tags are invalid.")
            transaction.tags.put(arn, tags)

    def untag(self, arn: str, keys: Collection[str]) -> None:
        """Removes tags from an alarm; keys that are not there are no matter.

        Raises:
            RequestRefusedError: There is no such alarm.
        """
        with self._store.write() as transaction:
            transaction.tags.remove(existing_alarm_arn(transaction, self._settings, arn), keys)


def _refuse_more_than_kin(search: AlarmSearch) -> None:
    query = search.query
    others = (search.types, query.names, query.prefix, query.state, query.action_prefix)
    if any(others) or (search.children_of and search.parents_of):
        raise RequestRefusedError(
            RefusalKind.VALIDATION,
            "ChildrenOfAlarmName and ParentsOfAlarmName can be specified with MaxRecords and NextToken only.",
        )


def _place(operation: str, token: str, kind: type[_PlaceT]) -> _PlaceT:
    try:
        return read_token(operation, token, kind)
    except RequestRefusedError as error:
        raise RequestRefusedError(error.kind, f"Invalid NextToken : {token}") from error


def _is_json(text: str) -> bool:
    """Whether a text is JSON, and not nested so deep that the history which holds it could not be read."""
    try:
        level: list[Any] = [msgspec.json.decode(text)]
    except (msgspec.MsgspecError, RecursionError):
        return False
    for _ in range(_DEEPEST_REASON_DATA):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
