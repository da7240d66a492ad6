"""Every case of metric-filter publishing, through the library: filters checked, folded, settled."""

import pytest

from support.metric_filter_cases import CASES, Case, PutEvent, PutFilter, Row, comparable
from trailbell._errors import RequestRefusedError
from trailbell.filters import (
    Batch,
    FilterSet,
    LogEvent,
    MetricFilter,
    MetricTransformation,
    check_filter,
    fold,
    settle,
)
from trailbell.metrics import MetricKey
from trailbell.patterns import PatternError, parse_pattern

# Refused before the library sees them: by shapes and limits of the API, which the server's tests hold.
_OF_THE_API = {
    "def-string-refused",
    "unit-unknown-refused",
    "err-two-transformations",
    "err-no-transformation",
    "err-metric-name",
    "err-value-length",
    "lim-100-filters",
    "lim-five-regex",
}
LIBRARY_CASES = [case for case in CASES if case.id not in _OF_THE_API]


def _filter(name: str, given: PutFilter) -> MetricFilter:
    [transformation] = given.metric_transformations
    return MetricFilter(
        log_group="g",
        name=name,
        pattern=given.filter_pattern,
        transformation=MetricTransformation(
            metric=MetricKey(transformation["metricNamespace"], transformation["metricName"]),
            value=transformation["metricValue"],
            default_value=transformation.get("defaultValue"),
            unit=transformation.get("unit"),
            dimensions=tuple(transformation.get("dimensions", {}).items()),
        ),
        system_dimensions=tuple(given.emit_system_field_dimensions),
    )


def _published(events: list[PutEvent], filters: FilterSet) -> list[Row]:
    batch = Batch(
        tuple(LogEvent(each.timestamp_ms, each.message.encode()) for each in events), from_trail=False
    )
    settled = settle(fold(batch, filters), filters, ())
    return [
        Row(
            place.metric.namespace,
            place.metric.name,
            dict(place.metric.dimensions),
            place.unit,
            place.minute_ms,
            found.statistics.sample_count,
            found.statistics.sum,
            found.statistics.minimum,
            found.statistics.maximum,
        )
        for place, found in settled.contributions.items()
    ]


def test_the_file_is_whole() -> None:
    assert 66 == len(CASES)
    assert _OF_THE_API < {case.id for case in CASES}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in LIBRARY_CASES])
def test_what_is_published_is_what_the_case_says(case: Case) -> None:
    accepted: dict[str, MetricFilter] = {}
    refusal = ""
    for name, given in case.named_filters():
        definition = _filter(name, given)
        try:
            check_filter(definition, parse_pattern(definition.pattern))
        except (RequestRefusedError, PatternError) as error:
            refusal = str(error)
        else:
            accepted[name] = definition
    fields = {"@aws.account": case.account, "@aws.region": case.region}
    filters = FilterSet(list(accepted.values()), fields)
    events = [each for batch in case.batches for each in batch]

    assert (case.expect_error is not None) == (refusal != ""), case.why
    assert case.expect_error is None or case.expect_error.message in refusal
    assert comparable(case.expect or []) == comparable(_published(events, filters)), case.why
