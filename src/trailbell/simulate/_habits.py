"""How CloudTrail delivers: how late, how often twice, and in files of what size."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from trailbell.simulate._chance import Quantiles

__all__ = ["LAG_SECONDS", "RECORDS_PER_FILE", "DeliveryHabits", "FileShape"]


class FileShape(StrEnum):
    """How many records go into a file.

    `MEASURED` has a median of 20 and a tail up to 394, as in one real account; `SMALL` has 1 to 10, as in
    organisations with many quiet accounts; `LARGE` has 400 to 600.
    """

    MEASURED = "measured"
    SMALL = "small"
    LARGE = "large"


class DeliveryHabits(msgspec.Struct, frozen=True):
    """How CloudTrail delivers.

    Attributes:
        run_id: What makes the identifiers of this run differ from those of another with the same seed.
        lateness: Whether files arrive minutes after the calls, as from AWS; otherwise within ten seconds.
        time_scale: What all delays are multiplied with.
        duplicate_share: Share of records that are delivered once more in another file, 0 to 1.
        file_shape: How many records go into a file.
    """

    run_id: str = ""
    lateness: bool = True
    time_scale: float = 1.0
    duplicate_share: float = 0.0
    file_shape: FileShape = FileShape.MEASURED


RECORDS_PER_FILE: Mapping[FileShape, Quantiles] = {
    FileShape.MEASURED: Quantiles(
        [(0, 1), (0.05, 1), (0.25, 5), (0.5, 20), (0.75, 63), (0.9, 156), (0.95, 196), (0.99, 246), (1, 394)]
    ),
    FileShape.SMALL: Quantiles([(0, 1), (0.44, 1), (0.75, 3), (0.95, 8), (1, 10)]),
    FileShape.LARGE: Quantiles([(0, 400), (1, 600)]),
}

# From the last call that can be in a file to the minute in its name. Files gather calls for 300 s, so the
# whole delay of a call has its median near 250 s and its 95th percentile near 460 s.
LAG_SECONDS = Quantiles([(0, 30), (0.5, 60), (0.75, 150), (1, 290)])
