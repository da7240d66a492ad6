"""Following a made-up event: what the store says of each link it has to pass."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from trailbell.alarms import AlarmState
from trailbell.chain._instants import instant_text
from trailbell.chain._verification import (
    AddedData,
    Passed,
    Stopped,
    Verification,
    VerificationLink,
    VerificationState,
)
from trailbell.chain._verification_notifier import Notifier, notifier_of
from trailbell.store import DeliveryState, FileState, Promise, StoredAlarm, Transaction
from trailbell.topics import Subscription, SubscriptionState

__all__ = ["follow"]

_Step = Callable[[Transaction, Verification, str], Passed | Stopped | None]

_STATUS = "`trailbell status` shows whether the source is in trouble."
_APPLY = "`trailbell controls apply {control}` puts the control's own back."


def follow(transaction: Transaction, verification: Verification, log_group: str, now_ms: int) -> Verification:
    """Says how far the event of a running verification has got, and whether that is the end of it."""
    passed = list(verification.passed)
    found: Passed | Stopped | None = None
    for step in _STEPS[len(passed) :]:
        found = step(transaction, replace(verification, passed=tuple(passed)), log_group)
        if not isinstance(found, Passed):
            break
        passed.append(found)
    verification = replace(verification, passed=tuple(passed))
    # A clock that was set back would have it wait for as long again.
    if found is None and abs(now_ms - verification.started_ms) >= verification.timeout_ms:
        found = _late(transaction, verification)
    if isinstance(found, Stopped):
        return replace(verification, state=VerificationState.STOPPED, stopped=found, ended_ms=now_ms)
    if len(passed) == len(_STEPS):
        return replace(verification, state=VerificationState.PROVEN, ended_ms=now_ms)
    return verification


def _source(transaction: Transaction, asked: Verification, log_group: str) -> Passed | Stopped | None:
    if asked.source_id is None:
        return None
    file = transaction.sources.files(asked.source_id, [asked.file_name]).get(asked.file_name)
    if file is None:
        return None
    if file.state is FileState.UNREADABLE:
        reason = f"The file {asked.file_name} cannot be read: {file.note}."
        return Stopped(VerificationLink.SOURCE, reason, "Let the server's user read new files of the source.")
    return Passed(VerificationLink.SOURCE, asked.source, file.first_seen_ms, f"saw {asked.file_name}")


def _log_group(transaction: Transaction, asked: Verification, log_group: str) -> Passed | Stopped | None:
    if asked.added is not None:
        if transaction.log_groups.find(log_group) is None:
            reason = f"The log group {log_group} is not there."
            return Stopped(
                VerificationLink.LOG_GROUP, reason, "Start the server anew: it makes the log group."
            )
        detail = f"{len(asked.added.batches) or 'no'} batch of log events kept"
        return Passed(VerificationLink.LOG_GROUP, log_group, asked.added.at_ms, detail)
    if asked.source_id is None:
        return None
    file = transaction.sources.files(asked.source_id, [asked.file_name]).get(asked.file_name)
    if file is None or file.state in {FileState.SEEN, FileState.PENDING}:
        return None
    reason = f"The file was not taken in, but is {file.state}: {file.note}."
    return Stopped(VerificationLink.LOG_GROUP, reason, _STATUS)


def _filter(transaction: Transaction, asked: Verification, log_group: str) -> Passed | Stopped | None:
    added = _added(asked)
    if added.fed:
        wanted = _followed_filter(transaction, asked, added)
        others = [each.filter_name for each in added.fed if each.filter_name != wanted]
        detail = f"also matched: {', '.join(dict.fromkeys(others))}" if others else ""
        return Passed(VerificationLink.FILTER, wanted, added.at_ms, detail)
    apply = _APPLY.format(control=asked.control)
    standing = [each.definition for each in transaction.filters.all(log_group)]
    mine = next((each for each in standing if each.name == asked.filter_name), None)
    if mine is None:
        reason = (
            f"No filter of {log_group} matches an event of {asked.control}, and none is called "
            f"{asked.filter_name}."
        )
        return Stopped(VerificationLink.FILTER, reason, apply)
    reason = f"Filter {mine.name} does not match an event of {asked.control}: {mine.pattern}"
    return Stopped(VerificationLink.FILTER, reason, f"`trailbell pattern explain` says why. {apply}")


def _metric(transaction: Transaction, asked: Verification, log_group: str) -> Passed | Stopped | None:
    added = _added(asked)
    wanted = _followed_filter(transaction, asked, added)
    metric = next((each.metric for each in added.fed if each.filter_name == wanted and each.metric), None)
    if metric is None:
        reason = (
            f"Filter {wanted} matches the event and publishes nothing: its value is a field and no number."
        )
        return Stopped(VerificationLink.METRIC, reason, "Let the filter publish 1.")
    name = f"{metric.namespace}/{metric.name}"
    return Passed(VerificationLink.METRIC, name, added.at_ms)


def _alarm(transaction: Transaction, asked: Verification, log_group: str) -> Passed | Stopped | None:
    added = _added(asked)
    stored = _followed_alarm(transaction, asked, added)
    if stored is None:
        reason = f"No alarm watches the metric {asked.passed[-1].name}."
        return Stopped(VerificationLink.ALARM, reason, _APPLY.format(control=asked.control))
    name = stored.definition.name
    if added.states[name] is AlarmState.ALARM:
        since = instant_text(stored.state_updated_ms)
        reason = f"Alarm {name} was already in ALARM, since {since}, so nothing would be sent."
        return Stopped(
            VerificationLink.ALARM,
            reason,
            f"`trailbell alarm show {name}` says who is behind it; verify again once it is OK.",
        )
    if stored.state is not AlarmState.ALARM or stored.state_updated_ms < added.at_ms:
        return None
    return Passed(VerificationLink.ALARM, name, stored.state_updated_ms, f"{added.states[name]} to ALARM")


def _topic(transaction: Transaction, asked: Verification, log_group: str) -> Passed | Stopped | None:
    notifier = _notifier(transaction, asked)
    name = asked.passed[-1].name
    if notifier is None:
        reason = f"Alarm {name} has no action for ALARM, or its actions are disabled."
        return Stopped(
            VerificationLink.TOPIC, reason, "Give it a topic as its alarm action, and enable its actions."
        )
    if notifier.waits_for:
        return None
    topics = [each for each in notifier.actions if transaction.topics.find(each) is not None]
    if not topics:
        reason = f"The topic {notifier.actions[0]} of alarm {notifier.name} does not exist."
        return Stopped(
            VerificationLink.TOPIC,
            reason,
            "Start the server with --notify, or make the topic over SNS's API.",
        )
    details = [f"by composite alarm {notifier.name}"] if notifier.name != name else []
    details += [f"and {len(topics) - 1} more"] if len(topics) > 1 else []
    return Passed(VerificationLink.TOPIC, topics[0], notifier.moved_ms, ", ".join(details))


def _subscription(transaction: Transaction, asked: Verification, log_group: str) -> Passed | Stopped | None:
    promises = _promises(transaction, asked)
    if not promises:
        notifier = _notifier(transaction, asked)
        topics = () if notifier is None else notifier.actions
        return _unsubscribed([each for topic in topics for each in transaction.topics.subscriptions(topic)])
    if not all(each.tries or each.state is not DeliveryState.PENDING for each in promises):
        return None
    return _acknowledged(promises) or _failed(promises)


_STEPS: tuple[_Step, ...] = (_source, _log_group, _filter, _metric, _alarm, _topic, _subscription)


def _acknowledged(promises: Sequence[Promise]) -> Passed | None:
    done = [each for each in promises if each.state is DeliveryState.DELIVERED]
    if not done:
        return None
    first = min(done, key=lambda each: each.finished_ms or 0)
    rest = [f"{_short(each)}: {each.detail}" for each in promises if each not in done]
    told = f"{len(done)} of {len(promises)} acknowledged"
    detail = f"{told}; not {', not '.join(rest)}" if rest else told
    return Passed(VerificationLink.SUBSCRIPTION, first.subscription_arn, first.finished_ms or 0, detail)


def _failed(promises: Sequence[Promise]) -> Stopped:
    words = "; ".join(f"{_short(each)}: {each.detail}" for each in promises)
    return Stopped(
        VerificationLink.SUBSCRIPTION,
        f"No subscription acknowledged the message. {words}",
        "Look at the receiver, and verify again.",
    )


def _short(promise: Promise) -> str:
    return promise.subscription_arn.rpartition(":")[2]


def _unsubscribed(subscriptions: Sequence[Subscription]) -> Stopped:
    pending = [each for each in subscriptions if each.state is SubscriptionState.PENDING]
    confirmed = [each for each in subscriptions if each.state is SubscriptionState.CONFIRMED]
    if confirmed:
        reason = f"The filter policies of {len(confirmed)} confirmed subscriptions drop what alarms publish."
        advice = "Let them pass it, or take the filter policies away."
    elif pending:
        reason = f"No subscription is confirmed; {len(pending)} wait for it."
        advice = "Follow the link that was sent to the endpoint, or subscribe anew."
    else:
        reason = "The topic has no subscription."
        advice = "Start the server with --notify URL, or subscribe over SNS's API and confirm."
    return Stopped(VerificationLink.SUBSCRIPTION, reason, advice)


def _late(transaction: Transaction, asked: Verification) -> Stopped:
    """Says what the event is waiting for when its time has run out."""
    seconds = f"{asked.timeout_ms / 1000:g} s"
    link = asked.next_link or VerificationLink.SUBSCRIPTION
    if link is VerificationLink.SOURCE:
        return Stopped(link, f"The file was not noticed within {seconds}.", _STATUS)
    if link is VerificationLink.LOG_GROUP:
        return Stopped(link, f"The file was seen, and not read within {seconds}.", _STATUS)
    added = _added(asked)
    if link is VerificationLink.ALARM:
        stored = _followed_alarm(transaction, asked, added)
        how = "" if stored is None else f" It is {stored.state}: {stored.reason}"
        name = "The alarm" if stored is None else f"Alarm {stored.definition.name}"
        return Stopped(
            link,
            f"{name} did not go to ALARM within {seconds}.{how}",
            "See whether one event breaches its threshold, and give --timeout longer than its period.",
        )
    if link is VerificationLink.TOPIC:
        notifier = _notifier(transaction, asked)
        how = "" if notifier is None else f" ({notifier.name}: {notifier.waits_for})"
        return Stopped(
            link,
            f"The composite alarm that notifies took no action within {seconds}{how}.",
            "Verify again once it is OK and nothing suppresses it.",
        )
    waiting = [each for each in _promises(transaction, asked) if not each.tries]
    return Stopped(
        link,
        f"Delivery to {len(waiting)} subscriptions was not tried to its end within {seconds}.",
        "Look at the receiver and at --gather-seconds, and give --timeout longer than that.",
    )


def _added(asked: Verification) -> AddedData:
    if asked.added is None:
        raise AssertionError(f"verification {asked.id} has passed its log group without data")
    return asked.added


def _promises(transaction: Transaction, asked: Verification) -> list[Promise]:
    notifier = _notifier(transaction, asked)
    if notifier is None:
        return []
    return transaction.outbox.promises(notifier.name, _added(asked).newest_message)


def _notifier(transaction: Transaction, asked: Verification) -> Notifier | None:
    added = _added(asked)
    alarm = _followed_alarm(transaction, asked, added)
    return None if alarm is None else notifier_of(transaction, alarm, added.at_ms)


def _followed_alarm(transaction: Transaction, asked: Verification, added: AddedData) -> StoredAlarm | None:
    """Finds an alarm on what the event fed: one that notifies, and of several the control's own."""
    fed = {each.metric for each in added.fed}
    found = (transaction.alarms.find(name) for name in sorted(added.states))
    on_fed = [each for each in found if each is not None and not fed.isdisjoint(each.definition.watched)]
    return min(on_fed, key=lambda each: _preference(each, asked), default=None)


def _preference(stored: StoredAlarm, asked: Verification) -> tuple[bool, bool, str]:
    definition = stored.definition
    return (
        not definition.actions_for(AlarmState.ALARM),
        definition.name != asked.alarm_name,
        definition.name,
    )


def _followed_filter(transaction: Transaction, asked: Verification, added: AddedData) -> str:
    """Names the filter by which the alarm is fed, the control's own where there is a choice."""
    alarm = _followed_alarm(transaction, asked, added)
    watched = () if alarm is None else alarm.definition.watched
    feeding: Iterable[str] = [each.filter_name for each in added.fed if each.metric in watched]
    names = list(feeding) or [each.filter_name for each in added.fed]
    return asked.filter_name if asked.filter_name in names else names[0]
