"""From a state change to the messages its actions promise, in the transaction of the change."""

import uuid
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec

from trailbell.alarms import (
    AlarmState,
    CompositeChange,
    StateChange,
    composite_message_body,
    message_body,
    message_subject,
)
from trailbell.chain._recipients import recipients
from trailbell.evidence import Evidence, to_json
from trailbell.store import HistoryItem, NewMessage, StoredAlarm, StoredComposite, Transaction
from trailbell.topics import NoticeKind, Subscription

__all__ = ["Announcer"]

_TOP_IN_MESSAGE = 10

_Change: TypeAlias = StateChange | CompositeChange
_Stored: TypeAlias = StoredAlarm | StoredComposite


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
        self,
        transaction: Transaction,
        change: _Change,
        stored: _Stored,
        evidence: Evidence,
        now_ms: int | None = None,
    ) -> int:
        """Runs the new state's actions: one message per subscription; returns how many.

        People who were told of an ALARM are told of its end too, whether it has an action or not: AWS sends
        programs nothing then, and someone would go on looking.

        Args:
            transaction: That of the change.
            change: What changed.
            stored: The alarm after the change.
            evidence: Who is behind it.
            now_ms: The time, where the actions were held back for a while after the change.
        """
        actions = stored.definition.actions_for(stored.state)
        body = self._body(change, to_json(evidence, _TOP_IN_MESSAGE))
        notice = _Notice(change, stored, NoticeKind.CHANGE, body, change.at_ms if now_ms is None else now_ms)
        written = 0
        if change.old_state is AlarmState.ALARM and stored.told_ms is not None:
            told_anyway = stored.definition.actions_for(AlarmState.ALARM)
            for topic in (each for each in told_anyway if each not in actions):
                written += self._tell_people(transaction, topic, notice)
        for action in actions:
            failure = None if transaction.topics.find(action) else "the topic does not exist"
            if failure is None:
                written += self._write(transaction, action, notice)
            transaction.alarms.add_history(_action_item(notice, action, failure))
        return written

    def update(self, transaction: Transaction, change: _Change, stored: _Stored) -> int:
        """Tells people (and only them) that an alarm goes on with a principal or call they were not told."""
        notice = _Notice(change, stored, NoticeKind.UPDATE, self._body(change, None), change.at_ms)
        topics = stored.definition.actions_for(AlarmState.ALARM)
        return sum(self._tell_people(transaction, topic, notice) for topic in topics)

    def _body(self, change: _Change, evidence: dict[str, Any] | None) -> str:
        url = self.alarm_url(change.alarm.name)
        if isinstance(change, CompositeChange):
            return composite_message_body(change, evidence, url)
        return message_body(change, evidence, url)

    def _tell_people(self, transaction: Transaction, topic: str, notice: "_Notice") -> int:
        told = [
            each
            for each in recipients(transaction, topic, {}, lambda _: notice.body)
            if each.protocol.is_for_people
        ]
        message_id = str(uuid.uuid4())
        for subscription in told:
            transaction.outbox.add(notice.message(message_id, subscription, notice.at_ms))
        return len(told)

    def _write(self, transaction: Transaction, topic: str, notice: "_Notice") -> int:
        told = recipients(transaction, topic, {}, lambda _: notice.body)
        # One publication has one id, whoever gets it.
        message_id = str(uuid.uuid4())
        for subscription in told:
            gathering_ms = self._gather_ms if subscription.protocol.is_for_people else 0
            # What was held back has gathered for long enough.
            due_ms = max(notice.change.at_ms + gathering_ms, notice.at_ms)
            transaction.outbox.add(notice.message(message_id, subscription, due_ms))
        return len(told)


class _Notice(msgspec.Struct, frozen=True):
    """What is told of a change, before it is known to whom; `at_ms` is when."""

    change: _Change
    stored: _Stored
    kind: NoticeKind
    body: str
    at_ms: int

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
            created_ms=self.at_ms,
            due_ms=due_ms,
        )


def _alarm_type(change: _Change) -> str:
    """Returns AWS's name of the kind of alarm that changed."""
    return "CompositeAlarm" if isinstance(change, CompositeChange) else "MetricAlarm"


def _action_item(notice: _Notice, action: str, failure: str | None) -> HistoryItem:
    summary = (
        f"Successfully executed action {action}"
        if failure is None
        else f'Failed to execute action {action}. Received error: "{failure}"'
    )
    data = {
        "actionState": "Succeeded" if failure is None else "Failed",
        "stateUpdateTimestamp": notice.change.at_ms,
        "notificationResource": action,
        "publishedMessage": msgspec.json.encode({"default": notice.body}).decode(),
        "error": failure,
        "muteWindowEndTimestamp": None,
    }
    return HistoryItem(
        alarm_name=notice.change.alarm.name,
        at_ms=notice.at_ms,
        item_type="Action",
        summary=summary,
        data=msgspec.json.encode(data).decode(),
        alarm_type=_alarm_type(notice.change),
    )
