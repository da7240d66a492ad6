"""What exists from the start: the log group, the controls' filters and alarms, the topic, who is told."""

import hashlib
from collections.abc import Sequence

import structlog

from trailbell.chain._alarm_changes import put_alarm
from trailbell.chain._errors import ChainError
from trailbell.controls import Control, control_of, provision, watched_controls
from trailbell.settings import NO_CONTROLS, Settings
from trailbell.store import Transaction
from trailbell.topics import Protocol, Subscription, Topic, topic_arn

__all__ = ["LOG_GROUP", "TOPIC_NAME", "chosen_controls", "set_up_controls", "subscribe_settings"]

LOG_GROUP = "CloudTrail/logs"
"""The log group that trail sources write to, named as in the benchmark's own commands."""

TOPIC_NAME = "security-alarms"

_log = structlog.get_logger(__name__)


def chosen_controls(keys: Sequence[str]) -> tuple[Control, ...]:
    """Finds the controls that a setting names: none given means all, the word ``none`` means none.

    Raises:
        UnknownControlError: A key is not in the catalogue.
        ChainError: A control is not watched by a metric filter.
    """
    if tuple(keys) == (NO_CONTROLS,):
        return ()
    if not keys:
        return watched_controls()
    chosen = tuple(control_of(key) for key in keys)
    for control in chosen:
        if control.pattern is None:
            raise ChainError(f"control {control.key} is not a metric filter, so it cannot be provisioned")
    return chosen


def set_up_controls(
    transaction: Transaction, settings: Settings, controls: Sequence[Control], now_ms: int
) -> None:
    """Puts the filters and alarms of controls on the sources' log group where they are not there.

    Those that are there stay as they are: somebody may have changed them on purpose.
    """
    topic = topic_arn(settings.region, settings.account_id, TOPIC_NAME)
    filters = {each.definition.name for each in transaction.filters.all(LOG_GROUP)}
    for control in controls:
        put = provision(control, LOG_GROUP, (topic,))
        if put.metric_filter.name not in filters:
            transaction.filters.put(put.metric_filter, now_ms)
        if transaction.composites.find(put.alarm.name) is not None:
            continue
        if transaction.alarms.find(put.alarm.name) is None:
            put_alarm(transaction, settings, put.alarm, now_ms)


def subscribe_settings(transaction: Transaction, settings: Settings, now_ms: int) -> list[Subscription]:
    """Makes the topic and hold its subscriptions to what ``notify`` says; messages of others are buried."""
    topic = Topic(topic_arn(settings.region, settings.account_id, TOPIC_NAME), TOPIC_NAME)
    if settings.notify:
        transaction.topics.put(topic, now_ms)
    transaction.topics.keep_only(topic.arn, settings.notify)
    for endpoint in settings.notify:
        protocol = Protocol.TERMINAL if endpoint == "-" else Protocol.WEBHOOK
        name = hashlib.blake2b(endpoint.encode(), digest_size=8).hexdigest()
        transaction.topics.subscribe(
            Subscription(f"{topic.arn}:{name}", topic.arn, protocol, endpoint), now_ms
        )
    subscriptions = transaction.topics.subscriptions(topic.arn)
    buried = transaction.outbox.bury_orphans(now_ms)
    if buried:
        _log.warning("messages given up, as their receiver is no longer in the settings", messages=buried)
    return subscriptions
