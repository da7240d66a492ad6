"""Committing the file of a verification apart from all other data, so that it can be taken back exactly."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from trailbell.chain._log_keeping import keep_events
from trailbell.chain._verification import AddedData, FedMetric, as_stored, from_stored
from trailbell.filters import FilterSet, LogEvent, Settled
from trailbell.metrics import MetricKey
from trailbell.store import NewEvent, StoredVerification, Transaction

__all__ = ["FILE_MARK", "VERIFICATION_IS_ELSEWHERE", "VERIFICATION_IS_OVER", "add_apart"]

FILE_MARK = "TrailbellVerify"
"""What the names of files of verifications contain."""

VERIFICATION_IS_ELSEWHERE = "the verification that it was made for reads it by another source or folder"
VERIFICATION_IS_OVER = "the verification that it was made for is over"

# Data is put one millisecond after the start of its minute, where nothing else has its place: CloudWatch
# takes whole seconds at most. Evaluations and questions see it as data of that minute.
_APART_MS = 1


def add_apart(  # noqa: PLR0913, PLR0917 - one commit, which needs them all
    transaction: Transaction,
    log_group: str,
    log_stream: str,
    filters: FilterSet,
    settled: Settled,
    events: Sequence[NewEvent],
    stored: StoredVerification,
    now_ms: int,
) -> frozenset[MetricKey]:
    """Adds what the file of a verification brought, and notes it all; returns the metrics with new data."""
    contributions = {
        replace(place, minute_ms=place.minute_ms + _APART_MS): each
        for place, each in settled.contributions.items()
    }
    metrics = tuple(dict.fromkeys(place.metric for place in contributions))
    newest = transaction.outbox.newest_id()
    alarms = transaction.alarms.of_metrics(metrics)
    transaction.datapoints.add(contributions)
    transaction.sources.remember_counted(settled.identities, now_ms)
    transaction.events.add(events)
    kept = [LogEvent(each.match.at_ms, each.match.message) for each in settled.counted]
    added = AddedData(
        at_ms=now_ms,
        start_ms=next((place.minute_ms for place in contributions), 0),
        fed=tuple(dict.fromkeys(_fed(filters, settled))),
        metrics=metrics,
        batches=tuple(keep_events(transaction, log_group, log_stream, kept, now_ms)),
        identities=tuple(settled.identities),
        states={each.definition.name: each.state for each in alarms},
        newest_message=newest,
    )
    verification = replace(from_stored(stored), added=added)
    transaction.verifications.put(as_stored(verification, is_open=True))
    return frozenset(metrics)


def _fed(filters: FilterSet, settled: Settled) -> Iterator[FedMetric]:
    published = [place.metric for place, each in settled.contributions.items() if each.evidence is not None]
    for counted in settled.counted:
        for index in counted.filters:
            wanted = filters.metric(index)
            # The dimensions come from the event.
            named = (
                each for each in published if (each.namespace, each.name) == (wanted.namespace, wanted.name)
            )
            yield FedMetric(filters.filters[index].name, next(named, None))
