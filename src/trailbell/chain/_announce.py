"""From a state change to the messages its actions promise, in the transaction of the change."""

import uuid
from urllib.parse import quote

import msgspec

from trailbell.alarms import AlarmState, StateChange, message_body, message_subject
from trailbell.chain._recipients import recipients
from trailbell.evidence import Evidence, to_json
from trailbell.store import HistoryItem, NewMessage, StoredAlarm, Transaction
from trailbell.topics import NoticeKind, Subscription

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
        body = message_body(
            change, to_json(evidence, _TOP_IN_MESSAGE), self.alarm_url(stored.definition.name)
        )
        notice = _Notice(change, stored, NoticeKind.CHANGE, body)
        written = 0
        if change.old_state is AlarmState.ALARM:
            told_anyway = stored.definition.actions_for(AlarmState.ALARM)
            for topic in (each for each in told_anyway if each not in actions):
                written += self._tell_people(transaction, topic, notice)
        for action in actions:
            failure = None if transaction.topics.find(action) else "the topic does not exist"
            if failure is None:
                written += self._write(transaction, action, notice)
            transaction.alarms.add_history(_action_item(change, action, body, failure))
        return written

    def update(self, transaction: Transaction, change: StateChange, stored: StoredAlarm) -> int:
        """Tells people (and only them) that an alarm goes on with a principal or call they were not told."""
        body = message_body(change, None, self.alarm_url(stored.definition.name))
        notice = _Notice(change, stored, NoticeKind.UPDATE, body)
        topics = stored.definition.actions_for(AlarmState.ALARM)
        return sum(self._tell_people(transaction, topic, notice) for topic in topics)

    def _tell_people(self, transaction: Transaction, topic: str, notice: "_Notice") -> int:
        told = [
            each
            for each in recipients(transaction, topic, {}, lambda _: notice.body)
            if each.protocol.is_for_people
        ]
        message_id = str(uuid.uuid4())
        for subscription in told:
            transaction.outbox.add(notice.message(message_id, subscription, notice.change.at_ms))
        return len(told)

    def _write(self, transaction: Transaction, topic: str, notice: "_Notice") -> int:
        told = recipients(transaction, topic, {}, lambda _: notice.body)
        # One publication has one id, whoever gets it.
        message_id = str(uuid.uuid4())
        for subscription in told:
            gathering_ms = self._gather_ms if subscription.protocol.is_for_people else 0
            due_ms = notice.change.at_ms + gathering_ms
            transaction.outbox.add(notice.message(message_id, subscription, due_ms))
        return len(told)


class _Notice(msgspec.Struct, frozen=True):
    """What is told of a change, before it is known to whom."""

    change: StateChange
    stored: StoredAlarm
    kind: NoticeKind
    body: str

    def message(self, message_id: str, subscription: Subscription, due_ms: int) -> NewMessage:
        """Addresses it to a subscription."""
        return NewMessage(
            message_id=message_id,
            subscription_arn=subscription.arn,
            topic_arn=subscription.topic_arn,
            kind=self.kind,
            change=self.change,
            evidence_start_ms=self.stored.episode_start_ms,
            subject=message_subject(self.change),
            body=self.body,
            created_ms=self.change.at_ms,
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
        "muteWindowEndTimestamp": None,
    }
    return HistoryItem(
        alarm_name=change.alarm.name,
        at_ms=change.at_ms,
        item_type="Action",
        summary=summary,
        data=msgspec.json.encode(data).decode(),
    )
