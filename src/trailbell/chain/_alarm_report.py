"""What the running system tells about alarms of both kinds: how they stand, why, and who is behind them."""

from typing import Any

import msgspec

from trailbell.alarms import alarm_arn
from trailbell.chain._alarm_listing import COMPOSITE_ALARM, METRIC_ALARM
from trailbell.chain._composite_reading import behind, evidence_of, leaves_of, mentioned_by, metrics_of
from trailbell.chain._errors import UnknownAlarmError
from trailbell.chain._instants import instant_text
from trailbell.evidence import to_json
from trailbell.metrics import MetricKey
from trailbell.settings import Settings
from trailbell.store import HistoryItem, StoredAlarm, StoredComposite, Transaction

__all__ = [
    "AlarmDetail",
    "AlarmSummary",
    "ChildLine",
    "HistoryLine",
    "alarm_detail",
    "alarm_summaries",
    "watched_by",
]

_HISTORY_SHOWN = 50


class AlarmSummary(msgspec.Struct, frozen=True):
    """An alarm in a list; its type is MetricAlarm or CompositeAlarm."""

    name: str
    type: str
    state: str
    since: str
    reason: str
    description: str


class HistoryLine(msgspec.Struct, frozen=True):
    """An entry of an alarm's history; evidence stands with state updates."""

    at: str
    type: str
    summary: str
    data: Any
    evidence: dict[str, Any] | None


class ChildLine(msgspec.Struct, frozen=True):
    """An alarm that a composite alarm mentions."""

    name: str
    state: str
    since: str


class AlarmDetail(msgspec.Struct, frozen=True):
    """An alarm with its definition, the evidence of its present or last ALARM, and its history.

    The evidence of a composite alarm is that of the alarms below it. What its rule mentions is told too, and
    why its actions are held back, if they are.
    """

    name: str
    type: str
    arn: str
    state: str
    since: str
    reason: str
    definition: dict[str, Any]
    evidence: dict[str, Any]
    history: list[HistoryLine]
    children: list[ChildLine] = []
    actions_suppressed: str = ""


def alarm_summaries(transaction: Transaction) -> list[AlarmSummary]:
    """Lists all alarms by name."""
    alarms = [_summary(each) for each in transaction.alarms.all()]
    composites = [_summary(each) for each in transaction.composites.all()]
    return sorted(alarms + composites, key=lambda each: each.name)


def alarm_detail(transaction: Transaction, settings: Settings, name: str, now_ms: int) -> AlarmDetail:
    """Shows one alarm.

    Raises:
        UnknownAlarmError: There is no such alarm.
    """
    stored = _find(transaction, name)
    history = transaction.alarms.history(name, _HISTORY_SHOWN)
    children: list[ChildLine] = []
    if isinstance(stored, StoredComposite):
        evidence = behind(transaction, settings, stored, now_ms)
        children = _children(transaction, settings, stored)
    else:
        spans = [] if stored.episode_start_ms is None else [(stored.episode_start_ms, now_ms + 1)]
        evidence = evidence_of(transaction, stored.definition.watched, spans)
    return AlarmDetail(
        name=name,
        type=_type(stored),
        arn=alarm_arn(settings.region, settings.account_id, name),
        state=stored.state.value,
        since=_since(stored),
        reason=stored.reason,
        definition=msgspec.to_builtins(stored.definition),
        evidence=to_json(evidence),
        history=[_history_line(each) for each in history],
        children=children,
        actions_suppressed=stored.suppression.reason if isinstance(stored, StoredComposite) else "",
    )


def watched_by(transaction: Transaction, settings: Settings, name: str) -> tuple[MetricKey, ...]:
    """Returns the metrics that an alarm watches, by itself or by the alarms below it.

    Raises:
        UnknownAlarmError: There is no such alarm.
    """
    stored = _find(transaction, name)
    if isinstance(stored, StoredComposite):
        return metrics_of(leaves_of(transaction, mentioned_by(stored.definition, settings)))
    return stored.definition.watched


def _find(transaction: Transaction, name: str) -> StoredAlarm | StoredComposite:
    stored = transaction.alarms.find(name) or transaction.composites.find(name)
    if stored is None:
        raise UnknownAlarmError(name)
    return stored


def _type(stored: StoredAlarm | StoredComposite) -> str:
    return COMPOSITE_ALARM if isinstance(stored, StoredComposite) else METRIC_ALARM


def _since(stored: StoredAlarm | StoredComposite) -> str:
    if isinstance(stored, StoredComposite):
        return instant_text(stored.state_transitioned_ms)
    return instant_text(stored.state_updated_ms)


def _summary(stored: StoredAlarm | StoredComposite) -> AlarmSummary:
    return AlarmSummary(
        name=stored.definition.name,
        type=_type(stored),
        state=stored.state.value,
        since=_since(stored),
        reason=stored.reason,
        description=stored.definition.description or "",
    )


def _children(transaction: Transaction, settings: Settings, stored: StoredComposite) -> list[ChildLine]:
    names = mentioned_by(stored.definition, settings)
    standings = transaction.composites.standings(names)
    found = [standings[name] for name in names if name in standings]
    return [ChildLine(each.name, each.state.value, instant_text(each.transitioned_ms)) for each in found]


def _history_line(item: HistoryItem) -> HistoryLine:
    return HistoryLine(
        at=instant_text(item.at_ms),
        type=item.item_type,
        summary=item.summary,
        data=msgspec.json.decode(item.data),
        evidence=None if item.evidence is None else to_json(item.evidence),
    )
