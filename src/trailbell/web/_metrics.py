"""What Prometheus can read, made afresh from the chain's status at every scrape."""

from collections.abc import Iterator

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from trailbell.chain import Status

__all__ = ["METRICS", "MetricField", "exposition"]


class MetricField(msgspec.Struct, frozen=True):
    """A metric as its reader meets it; a counter's samples end in ``_total``."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


METRICS: tuple[MetricField, ...] = (
    MetricField("trailbell_build_info", "gauge", ("version",), "1, with the running version."),
    MetricField(
        "trailbell_records_total",
        "counter",
        ("source", "class"),
        "Records read, by class: matched, unmatched, duplicate, rejected.",
    ),
    MetricField("trailbell_files_total", "counter", ("source",), "Files read."),
    MetricField(
        "trailbell_files_waiting",
        "gauge",
        ("source",),
        "Files seen and not yet read, or still being written.",
    ),
    MetricField(
        "trailbell_files_unreadable", "gauge", ("source",), "Files that could not be opened since the start."
    ),
    MetricField(
        "trailbell_source_lag_seconds",
        "gauge",
        ("source",),
        "From first seeing a file to its commit, at the last read.",
    ),
    MetricField("trailbell_alarm_state", "gauge", ("alarm", "state"), "1 for the state the alarm is in."),
    MetricField(
        "trailbell_messages", "gauge", ("state",), "Messages in the outbox: pending, delivered, dead."
    ),
    MetricField("trailbell_trouble", "gauge", ("part",), "1 for each part of the chain that fails now."),
    MetricField("trailbell_store_bytes", "gauge", (), "Size of the database with its write-ahead log."),
    MetricField("trailbell_table_rows", "gauge", ("table",), "Rows in every table that grows."),
)

_ALARM_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")


def exposition(status: Status) -> tuple[bytes, str]:
    """Writes the metrics as Prometheus text; returns the body and its media type."""
    registry = CollectorRegistry()
    registry.register(_Snapshot(status))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Snapshot:
    """A collector over one status."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        samples = dict(self._samples())
        for field in METRICS:
            family_type = CounterMetricFamily if field.kind == "counter" else GaugeMetricFamily
            family = family_type(field.name.removesuffix("_total"), field.meaning, labels=field.labels)
            for labels, value in samples[field.name]:
                family.add_metric(labels, value)
            yield family

    def _samples(self) -> Iterator[tuple[str, list[tuple[tuple[str, ...], float]]]]:
        status = self._status
        yield "trailbell_build_info", [((status.version,), 1)]
        yield (
            "trailbell_records_total",
            [
                ((source.location, name), getattr(source.records, name))
                for source in status.sources
                for name in ("matched", "unmatched", "duplicate", "rejected")
            ],
        )
        yield "trailbell_files_total", [((each.location,), each.files) for each in status.sources]
        yield "trailbell_files_waiting", [((each.location,), each.files_waiting) for each in status.sources]
        yield (
            "trailbell_files_unreadable",
            [((each.location,), each.files_unreadable) for each in status.sources],
        )
        yield (
            "trailbell_source_lag_seconds",
            [((each.location,), each.lag_seconds) for each in status.sources if each.lag_seconds is not None],
        )
        yield (
            "trailbell_alarm_state",
            [
                ((alarm.name, state), float(alarm.state == state))
                for alarm in status.alarms
                for state in _ALARM_STATES
            ],
        )
        yield "trailbell_messages", [((state,), number) for state, number in status.messages.items()]
        yield "trailbell_trouble", [((part,), 1) for part in status.troubles]
        yield "trailbell_store_bytes", [((), status.store_bytes)]
        yield "trailbell_table_rows", [((each.table,), each.rows) for each in status.tables]
