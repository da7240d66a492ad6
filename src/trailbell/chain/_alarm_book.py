"""Alarms as the operations of CloudWatch put, list, set, silence and delete them, with history and tags."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import (
    Alarm,
    AlarmParameters,
    AlarmState,
    CompositeAlarm,
    ConfigurationChange,
    alarm_arn,
    alarm_of,
    check_composite,
)
from trailbell.chain._alarm_changes import delete_alarm, put_alarm
from trailbell.chain._alarm_listing import METRIC_ALARM, AlarmPage, AlarmSearch, list_alarms, place_of
from trailbell.chain._alarm_tags import (
    check_new_tags,
    existing_alarm_arn,
    refuse_reserved_tags,
    refuse_too_many_tags,
)
from trailbell.chain._clock import Clock
from trailbell.chain._composite_changes import CompositeChanges
from trailbell.chain._evaluate import Evaluator
from trailbell.chain._log_tokens import make_token
from trailbell.metrics import MetricKey, Statistic
from trailbell.settings import Evaluation, Settings
from trailbell.store import HistoryItem, HistoryQuery, Store, StoredAlarm, Transaction

__all__ = ["AlarmBook", "HistoryPage", "MetricQuestion"]

_HISTORY = "DescribeAlarmHistory"
_DEEPEST_REASON_DATA = 100


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
    """Puts, lists, sets, silences and deletes alarms on metrics and composite ones.

    Args:
        store: Where they are kept.
        clock: The time.
        settings: The account, the region and when alarms are judged.
        evaluator: Moves alarms between states.
        composites: Puts and deletes composite alarms.
        wake: Tells whoever sends messages that there may be new ones.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        evaluator: Evaluator,
        composites: CompositeChanges,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._evaluator = evaluator
        self._composites = composites
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
        self._refuse_other_accounts(alarm)
        check_new_tags(tags)
        with self._store.write() as transaction:
            change = put_alarm(transaction, self._settings, alarm, self._clock.now_ms())
            if change is ConfigurationChange.CREATE:
                transaction.tags.put(self.arn(alarm.name), tags)
        # The data may be there already.
        if self._settings.evaluation is Evaluation.EAGER and self._evaluator.look_ahead(alarm.watched):
            self._wake()

    def put_composite(self, alarm: CompositeAlarm, tags: Mapping[str, str]) -> None:
        """Puts a composite alarm and evaluates it; one of the same name is replaced, and keeps its tags.

        Raises:
            RequestRefusedError: An alarm on a metric has the name, or the tags are refused.
            AlarmDefinitionError: AWS would not take it.
        """
        check_composite(alarm)
        check_new_tags(tags)
        with self._store.write() as transaction:
            change = self._composites.put(transaction, alarm, self._clock.now_ms())
            if change is ConfigurationChange.CREATE:
                transaction.tags.put(self.arn(alarm.name), tags)
        self._wake()

    def _refuse_other_accounts(self, alarm: Alarm) -> None:
        for each in alarm.metrics:
            if each.account_id not in {None, self._settings.account_id}:
                raise RequestRefusedError(
                    RefusalKind.UNSUPPORTED,
                    f"Trailbell has one account, {self._settings.account_id}: leave AccountId out of "
                    f"the element {each.id} of Metrics.",
                )

    def page(self, search: AlarmSearch) -> AlarmPage:
        """Lists alarms by name.

        Raises:
            RequestRefusedError: The token is none, or what is asked excludes each other.
        """
        with self._store.read() as transaction:
            return list_alarms(transaction, search)

    def of_metric(self, question: MetricQuestion) -> tuple[StoredAlarm, ...]:
        """Lists the alarms on exactly one metric, by name."""
        with self._store.read() as transaction:
            found = transaction.alarms.of_metrics((question.metric,))
        return tuple(
            each
            for each in found
            if not each.definition.metrics
            and question.statistic in {None, each.definition.statistic}
            and question.extended_statistic in {None, each.definition.extended_statistic}
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
                composite = transaction.composites.find(name)
                if stored is not None:
                    changed = replace(stored.definition, actions_enabled=are_enabled)
                    put_alarm(transaction, self._settings, changed, now_ms)
                elif composite is not None:
                    changed_composite = replace(composite.definition, actions_enabled=are_enabled)
                    self._composites.replace(transaction, changed_composite, now_ms)

    def delete(self, names: Collection[str]) -> None:
        """Deletes alarms and keeps their history; names of no alarm are no matter.

        Raises:
            RequestRefusedError: A composite alarm mentions one of them or is suppressed by it, even if it is
                to be deleted too; or more than one is a composite alarm. Nothing is deleted then.
        """
        wanted = list(dict.fromkeys(names))
        with self._store.write() as transaction:
            now_ms = self._clock.now_ms()
            composites = [each for each in wanted if transaction.composites.find(each) is not None]
            _refuse_deletion(transaction, wanted, composites)
            for name in wanted:
                if name in composites:
                    self._composites.delete(transaction, name, now_ms)
                else:
                    delete_alarm(transaction, self._settings, name, now_ms)

    def history(
        self, query: HistoryQuery, types: Collection[str] = (), token: str | None = None
    ) -> HistoryPage:
        """Lists what happened to alarms, also to those that are deleted; without types to those on metrics.

        Raises:
            RequestRefusedError: The token is none.
        """
        after = None if token is None else place_of(_HISTORY, token, tuple[int, int])
        query = replace(query, alarm_types=tuple(types) or (METRIC_ALARM,))
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
            refuse_too_many_tags({*transaction.tags.of(arn), *tags})
            transaction.tags.put(arn, tags)

    def untag(self, arn: str, keys: Collection[str]) -> None:
        """Removes tags from an alarm; keys that are not there are no matter.

        Raises:
            RequestRefusedError: There is no such alarm.
        """
        with self._store.write() as transaction:
            transaction.tags.remove(existing_alarm_arn(transaction, self._settings, arn), keys)


def _refuse_deletion(transaction: Transaction, names: Collection[str], composites: Collection[str]) -> None:
    if len(composites) > 1:
        # AWS's text is not known.
        raise RequestRefusedError(
            RefusalKind.VALIDATION,
            f"At most one composite alarm can be deleted at a time, and {', '.join(composites)} are "
            "composite alarms.",
        )
    depended_on = transaction.composites.depended_on(names)
    blocked = [each for each in names if each in depended_on]
    if blocked:
        them = "it" if len(blocked) == 1 else "them"
        raise RequestRefusedError(
            RefusalKind.VALIDATION,
            f"Cannot delete {','.join(blocked)} as there are composite alarm(s) depending on {them}.",
        )


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
