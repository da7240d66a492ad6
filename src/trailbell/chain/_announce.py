"""From a state change to the messages its actions promise, in the transaction of the change."""

import uuid
from collections.abc import Iterable
from urllib.parse import quote

import msgspec

from trailbell.alarms import AlarmState, StateChange, message_body, message_subject
from trailbell.evidence import Evidence, to_json
from trailbell.store import HistoryItem, NewMessage, StoredAlarm, Transaction
from trailbell.topics import NoticeKind

__all__ = ["Announcer"]

_TOP_IN_MESSAGE = 10


class Announcer:
    """Writes what alarms say to their topics.

    Args:
        base_url: Where the JSON addresses in messages begin.
        gather_ms: How long a message for people waits, so that it names more than the first caller.
    """

    def __init__(self, base_url: str, gather_ms: int) -> None:
        self._base_url = base_url
        self._gather_ms = gather_ms

    @property
    def gather_ms(self) -> int:
        """How long messages for people wait."""
        return self._gather_ms

    def alarm_url(self, name: str) -> str:
        """Builds the address of an alarm."""
        return f"{self._base_url}/api/v1/alarms/{quote(name, safe='')}"

    def announce(
        self, transaction: Transaction, change: StateChange, stored: StoredAlarm, evidence: Evidence
    ) -> int:
        """Runs the new state's actions: one message per subscription; returns how many.

        People who were told of an ALARM are told of its end too, whether it has an action or not: AWS sends
        programs nothing then, and someone would go on looking.
        """
        actions = stored.definition.actions_for(stored.state)
        written = 0
        if change.old_state is AlarmState.ALARM:
            told_anyway = stored.definition.actions_for(AlarmState.ALARM)
            written += self._tell_people(
                transaction, [each for each in told_anyway if each not in actions], change, stored
            )
        if not actions:
            return written
        body = message_body(
            change, to_json(evidence, _TOP_IN_MESSAGE), self.alarm_url(stored.definition.name)
        )
        topics = {topic.arn for topic in transaction.topics.all()}
        for action in actions:
            failure = None if action in topics else "the topic does not exist"
            if failure is None:
                written += self._write(transaction, action, change, stored, body)
            transaction.alarms.add_history(_action_item(change, action, body, failure))
        return written

    def update(self, transaction: Transaction, change: StateChange, stored: StoredAlarm) -> int:
        """Tells people (and only them) that an alarm goes on with a principal or call they were not told."""
        actions = stored.definition.actions_for(AlarmState.ALARM)
        return self._tell_people(transaction, actions, change, stored, NoticeKind.UPDATE)

    def _tell_people(
        self,
        transaction: Transaction,
        topics: Iterable[str],
        change: StateChange,
        stored: StoredAlarm,
        kind: NoticeKind = NoticeKind.CHANGE,
    ) -> int:
        told = [
            subscription
            for topic in topics
            for subscription in transaction.topics.subscriptions(topic)
            if subscription.protocol.is_for_people
        ]
        for subscription in told:
            transaction.outbox.add(_message(subscription.arn, change, stored, change.at_ms, kind=kind))
        return len(told)

    def _write(
        self, transaction: Transaction, topic: str, change: StateChange, stored: StoredAlarm, body: str
    ) -> int:
        subscriptions = transaction.topics.subscriptions(topic)
        for subscription in subscriptions:
            people = subscription.protocol.is_for_people
            due_ms = change.at_ms + (self._gather_ms if people else 0)
            transaction.outbox.add(_message(subscription.arn, change, stored, due_ms, body=body))
        return len(subscriptions)


def _message(
    subscription_arn: str,
    change: StateChange,
    stored: StoredAlarm,
    due_ms: int,
    *,
    kind: NoticeKind = NoticeKind.CHANGE,
    body: str = "",
) -> NewMessage:
    return NewMessage(
        message_id=str(uuid.uuid4()),
        subscription_arn=subscription_arn,
        kind=kind,
        change=change,
        evidence_start_ms=stored.episode_start_ms,
        subject=message_subject(change),
        body=body,
        created_ms=change.at_ms,
        due_ms=due_ms,
    )


def _action_item(change: StateChange, action: str, body: str, failure: str | None) -> HistoryItem:
    summary = (
        f"Successfully executed action {action}"
        if failure is None
        else f'Failed to execute action {action}. Received error: "{failure}"'
    )
    data = {
        "actionState": "Succeeded" if failure is None else "Failed",
        "stateUpdateTimestamp": change.at_ms,
        "notificationResource": action,
        "publishedMessage": msgspec.json.encode({"default": body}).decode(),
        "error": failure,
    }
    return HistoryItem(
        alarm_name=change.alarm.name,
        at_ms=change.at_ms,
        item_type="Action",
        summary=summary,
        data=msgspec.json.encode(data).decode(),
    )
