"""What a composite alarm stands on: the alarms it mentions, and the alarms on metrics below all of them."""

from collections.abc import Iterable, Sequence

from trailbell.alarms import (
    MOST_LEAVES,
    ChildState,
    CompositeAlarm,
    CompositeConfiguration,
    alarm_arn,
    alarm_name_of,
    child_names,
    parse_rule,
)
from trailbell.evidence import Evidence, merge
from trailbell.metrics import MetricKey
from trailbell.settings import Settings
from trailbell.store import AlarmQuery, AlarmStanding, StoredAlarm, StoredComposite, Transaction

__all__ = [
    "behind",
    "configuration_of",
    "evidence_of",
    "leaves_of",
    "mentioned_by",
    "metrics_of",
    "standing_of",
    "suppressor_of",
]

# A composite alarm may stand on thousands of alarms, by others; looking for them has to end.
_MOST_BELOW = 10_000


def mentioned_by(alarm: CompositeAlarm, settings: Settings) -> tuple[str, ...]:
    """Returns the names of the alarms that a rule mentions."""
    return child_names(parse_rule(alarm.rule), settings.region, settings.account_id)


def suppressor_of(alarm: CompositeAlarm, settings: Settings) -> str | None:
    """Returns the name of the alarm that holds the actions back; None if there is none."""
    if alarm.suppressor is None:
        return None
    return alarm_name_of(alarm.suppressor, settings.region, settings.account_id)


def standing_of(transaction: Transaction, settings: Settings, name: str | None) -> ChildState | None:
    """Says how one alarm stands; None if it does not exist."""
    found = {} if name is None else transaction.composites.standings((name,))
    return None if name not in found else _child_state(found[name], settings)


def configuration_of(
    transaction: Transaction, settings: Settings, stored: StoredComposite
) -> CompositeConfiguration:
    """Returns a composite alarm as it stands, with the alarms that its rule mentions."""
    standings = transaction.composites.standings(mentioned_by(stored.definition, settings))
    return CompositeConfiguration(
        alarm=stored.definition,
        account_id=settings.account_id,
        region=settings.region,
        configuration_updated_ms=stored.configuration_updated_ms,
        state=stored.state,
        state_updated_ms=stored.state_updated_ms,
        children=tuple(_child_state(each, settings) for each in standings.values()),
    )


def leaves_of(transaction: Transaction, names: Sequence[str]) -> tuple[StoredAlarm, ...]:
    """Returns the alarms on metrics among some alarms and below them by name: at most 500."""
    below = transaction.composites.below(names, _MOST_BELOW)
    everyone = tuple(dict.fromkeys([*names, *below]))
    # To ask for no names would be to ask for all.
    return tuple(transaction.alarms.page(AlarmQuery(names=everyone, limit=MOST_LEAVES))) if everyone else ()


def metrics_of(leaves: Iterable[StoredAlarm]) -> tuple[MetricKey, ...]:
    """Returns the metrics that alarms watch, each once."""
    return tuple(dict.fromkeys(metric for each in leaves for metric in each.definition.watched))


def evidence_of(
    transaction: Transaction, metrics: Iterable[MetricKey], spans: Sequence[tuple[int, int]]
) -> Evidence:
    """Merges the evidence of metrics over spans of milliseconds (start inclusive, end exclusive).

    A record that counted for two of the metrics is in it twice.
    """
    found = [transaction.datapoints.evidence_within(each, spans) for each in metrics]
    return found[0] if len(found) == 1 else merge(found)


def behind(transaction: Transaction, settings: Settings, stored: StoredComposite, now_ms: int) -> Evidence:
    """Returns who is behind the present or last ALARM of a composite alarm, up to now."""
    if stored.episode_start_ms is None:
        return Evidence.empty()
    leaves = leaves_of(transaction, mentioned_by(stored.definition, settings))
    return evidence_of(transaction, metrics_of(leaves), [(stored.episode_start_ms, now_ms + 1)])


def _child_state(standing: AlarmStanding, settings: Settings) -> ChildState:
    return ChildState(
        arn=alarm_arn(settings.region, settings.account_id, standing.name),
        state=standing.state,
        transitioned_ms=standing.transitioned_ms,
        updated_ms=standing.updated_ms,
    )
