"""Putting and deleting composite alarms, each with the item it leaves in the history."""

from trailbell.alarms import (
    CompositeAlarm,
    ConfigurationChange,
    DefinitionEvent,
    alarm_arn,
    alarms_in_cycles,
    check_composite_references,
    composite_configuration_history,
)
from trailbell.chain._alarm_changes import refuse_other_type
from trailbell.chain._composite_reading import configuration_of, mentioned_by, suppressor_of
from trailbell.chain._composites import CompositeEvaluator
from trailbell.chain._suppressions import Suppressions
from trailbell.settings import Settings
from trailbell.store import HistoryItem, StoredComposite, Transaction

__all__ = ["CompositeChanges"]


class CompositeChanges:
    """Puts, silences and deletes composite alarms; every call is in a transaction that writes."""

    def __init__(self, settings: Settings, evaluator: CompositeEvaluator, suppressions: Suppressions) -> None:
        self._settings = settings
        self._evaluator = evaluator
        self._suppressions = suppressions

    def put(self, transaction: Transaction, alarm: CompositeAlarm, now_ms: int) -> ConfigurationChange:
        """Puts a valid composite alarm and evaluates its rule; an update keeps the state until then.

        Raises:
            RequestRefusedError: An alarm on a metric has the name.
            AlarmDefinitionError: It refers to what a composite alarm cannot watch.
        """
        refuse_other_type(alarm.name, transaction.alarms.find(alarm.name))
        self._check_references(transaction, alarm)
        self._suppressions.end_overdue(transaction, now_ms)
        before = transaction.composites.find(alarm.name)
        inner = transaction.composites.inner_children()
        stuck = alarms_in_cycles(inner, inner)
        change = self._write(transaction, alarm, before, now_ms)
        inner = transaction.composites.inner_children()
        released = stuck - alarms_in_cycles(stuck, inner) - {alarm.name}
        after = _found(transaction, alarm.name)
        event = DefinitionEvent.CREATED if before is None else DefinitionEvent.UPDATED
        moved = self._evaluator.judge(transaction, after, event, released, now_ms)
        if moved is None and before is not None:
            self._suppressions.update(transaction, before, _found(transaction, alarm.name), now_ms)
        return change

    def replace(self, transaction: Transaction, alarm: CompositeAlarm, now_ms: int) -> None:
        """Replaces a composite alarm by one with the same rule and suppressor; its rule is not evaluated."""
        self._write(transaction, alarm, transaction.composites.find(alarm.name), now_ms)

    def delete(self, transaction: Transaction, name: str, now_ms: int) -> None:
        """Deletes a composite alarm and its tags, and keeps its history."""
        stored = _found(transaction, name)
        configuration = configuration_of(transaction, self._settings, stored)
        told = composite_configuration_history(ConfigurationChange.DELETE, configuration)
        transaction.composites.delete(name)
        transaction.tags.remove_all(alarm_arn(self._settings.region, self._settings.account_id, name))
        _add_history(transaction, name, told, now_ms)

    def _check_references(self, transaction: Transaction, alarm: CompositeAlarm) -> None:
        settings = self._settings
        suppressor = suppressor_of(alarm, settings)
        names = [*mentioned_by(alarm, settings), *([] if suppressor is None else [suppressor])]
        known = transaction.composites.standings(names)
        check_composite_references(
            alarm,
            settings.region,
            settings.account_id,
            known.__contains__,
            lambda name: transaction.composites.parent_count(name, alarm.name),
        )

    def _write(
        self, transaction: Transaction, alarm: CompositeAlarm, before: StoredComposite | None, now_ms: int
    ) -> ConfigurationChange:
        settings = self._settings
        original = None if before is None else configuration_of(transaction, settings, before)
        transaction.composites.put(
            alarm, mentioned_by(alarm, settings), suppressor_of(alarm, settings), now_ms
        )
        after = configuration_of(transaction, settings, _found(transaction, alarm.name))
        change = ConfigurationChange.CREATE if before is None else ConfigurationChange.UPDATE
        _add_history(
            transaction, alarm.name, composite_configuration_history(change, after, original), now_ms
        )
        return change


def _found(transaction: Transaction, name: str) -> StoredComposite:
    found = transaction.composites.find(name)
    if found is None:
        raise AssertionError(f"composite alarm {name} was put and is not there")
    return found


def _add_history(transaction: Transaction, name: str, told: tuple[str, str], now_ms: int) -> None:
    transaction.alarms.add_history(
        HistoryItem(name, now_ms, "ConfigurationUpdate", *told, alarm_type="CompositeAlarm")
    )
