"""Putting and deleting alarms, each with the item it leaves in the history."""

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import (
    Alarm,
    AlarmConfiguration,
    ConfigurationChange,
    alarm_arn,
    configuration_history,
)
from trailbell.settings import Settings
from trailbell.store import HistoryItem, StoredAlarm, Transaction

__all__ = ["delete_alarm", "put_alarm", "refuse_other_type"]


def put_alarm(transaction: Transaction, settings: Settings, alarm: Alarm, now_ms: int) -> ConfigurationChange:
    """Puts an alarm; one of the same name is replaced, and keeps its state.

    Raises:
        RequestRefusedError: A composite alarm has the name.
    """
    refuse_other_type(alarm.name, transaction.composites.find(alarm.name))
    before = transaction.alarms.find(alarm.name)
    if not transaction.alarms.put(alarm, now_ms):
        # An Update on AWS always lists the former time among what changed (metrics-and-alarms 9.3), so the
        # time moves, and the history says so, where nothing else does.
        transaction.alarms.touch(alarm.name, now_ms)
    after = transaction.alarms.find(alarm.name)
    if after is None:
        raise AssertionError(f"alarm {alarm.name} was put and is not there")
    change = ConfigurationChange.CREATE if before is None else ConfigurationChange.UPDATE
    _add_history(transaction, settings, change, after, before)
    return change


def delete_alarm(transaction: Transaction, settings: Settings, name: str, now_ms: int) -> bool:
    """Deletes an alarm and its tags, and keeps its history; False if there is none."""
    before = transaction.alarms.find(name)
    if before is None:
        return False
    transaction.alarms.delete(name)
    transaction.tags.remove_all(alarm_arn(settings.region, settings.account_id, name))
    _add_history(transaction, settings, ConfigurationChange.DELETE, before, at_ms=now_ms)
    return True


def refuse_other_type(name: str, stored: object | None) -> None:
    """Refuses a name that an alarm of the other kind has.

    Raises:
        RequestRefusedError: There is such an alarm.
    """
    if stored is not None:
        raise RequestRefusedError(
            RefusalKind.VALIDATION,
            f"AlarmName [{name}] is already used by another alarm of a different type",
        )


def _add_history(
    transaction: Transaction,
    settings: Settings,
    change: ConfigurationChange,
    stored: StoredAlarm,
    original: StoredAlarm | None = None,
    at_ms: int | None = None,
) -> None:
    summary, data = configuration_history(
        change,
        _configuration(stored, settings),
        None if original is None else _configuration(original, settings),
    )
    at_ms = stored.configuration_updated_ms if at_ms is None else at_ms
    name = stored.definition.name
    transaction.alarms.add_history(HistoryItem(name, at_ms, "ConfigurationUpdate", summary, data))


def _configuration(stored: StoredAlarm, settings: Settings) -> AlarmConfiguration:
    return AlarmConfiguration(
        alarm=stored.definition,
        account_id=settings.account_id,
        region=settings.region,
        configuration_updated_ms=stored.configuration_updated_ms,
        state=stored.state,
        state_updated_ms=stored.state_updated_ms,
    )
