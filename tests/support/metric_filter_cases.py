"""The cases of metric-filter publishing, and the form in which what was published is compared."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

__all__ = ["CASES", "Case", "PutEvent", "PutFilter", "Row", "comparable"]

_START_MS = 1_789_381_260_000


class PutFilter(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A metric filter to put, ``copies`` times under as many names; a name is made where none is given."""

    filter_pattern: str
    metric_transformations: list[dict[str, Any]]
    emit_system_field_dimensions: list[str] = []
    filter_name: str = ""
    copies: int = 1


class PutEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A log event to put, in the call of its ``batch``."""

    timestamp_ms: int
    message: str
    batch: int = 0
    before_filters: bool = False


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published datapoint."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    unit: str
    minute_ms: int
    sample_count: float
    sum: float
    minimum: float
    maximum: float


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the last filter is refused; the text only where it is known."""

    code: str
    message: str = ""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the case file."""

    id: str
    filters: list[PutFilter]
    events: list[PutEvent]
    why: str
    source: str
    expect: list[Row] | None = None
    expect_error: Refusal | None = None
    now_ms: int = 0
    account: str = "111122223333"
    region: str = "eu-west-1"

    @property
    def clock_ms(self) -> int:
        """The time of all calls."""
        return self.now_ms or max((each.timestamp_ms for each in self.events), default=_START_MS)

    @property
    def batches(self) -> list[list[PutEvent]]:
        """The events after the filters, by call."""
        later = [each for each in self.events if not each.before_filters]
        return [
            [each for each in later if each.batch == number]
            for number in sorted({each.batch for each in later})
        ]

    def named_filters(self) -> list[tuple[str, PutFilter]]:
        """Lists each filter to put with its name."""
        return [
            (each.filter_name or f"filter-{number}-{copy}", each)
            for number, each in enumerate(self.filters)
            for copy in range(each.copies)
        ]


def comparable(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """Sorts rows, their figures rounded to nine digits after the first."""
    return sorted(
        (
            row.namespace,
            row.name,
            tuple(sorted(row.dimensions.items())),
            row.unit,
            row.minute_ms,
            *(f"{number:.9e}" for number in (row.sample_count, row.sum, row.minimum, row.maximum)),
        )
        for row in rows
    )


_FILE = Path(__file__).parents[1] / "cases" / "metric-filter-cases.jsonl"

CASES = msgspec.json.Decoder(Case).decode_lines(_FILE.read_bytes())
"""All of them, in the file's order."""
