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

__all__ = ["LOG_GROUP", "TOPIC_NAME", "apply_controls", "chosen_controls", "subscribe_settings"]

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


def apply_controls(
    transaction: Transaction,
    settings: Settings,
    controls: Sequence[Control],
    now_ms: int,
    *,
    keep: bool = False,
) -> list[str]:
    """Puts the filters and alarms of controls in place; returns the alarms that were made or changed.

    With ``keep`` those that are there stay as they are: somebody may have changed them on purpose.

    Raises:
        ChainError: The log group does not exist: a filter on a group that nothing writes to would be blind.
    """
    if controls and not transaction.filters.has_group(LOG_GROUP):
        raise ChainError(
            f"the log group {LOG_GROUP} does not exist, as nothing delivers CloudTrail records yet: "
            "start the server with --source PATH"
        )
    topic = topic_arn(settings.region, settings.account_id, TOPIC_NAME)
    changed: list[str] = []
    filters = {each.definition.name for each in transaction.filters.all(LOG_GROUP)} if keep else set()
    for control in controls:
        put = provision(control, LOG_GROUP, (topic,))
        if put.metric_filter.name not in filters:
            transaction.filters.put(put.metric_filter, now_ms)
        if keep and transaction.composites.find(put.alarm.name) is not None:
            continue
        stands = transaction.alarms.find(put.alarm.name)
        if stands is None or (stands.definition != put.alarm and not keep):
            put_alarm(transaction, settings, put.alarm, now_ms)
            changed.append(put.alarm.name)
    return changed


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
