"""The four classes every record read falls into, and their sum."""

import msgspec

__all__ = ["RecordCounts"]


class RecordCounts(msgspec.Struct, frozen=True):
    """How many records were read, by class; ``read`` is always the sum of the other four.

    matched: at least one filter counted the record.
    duplicate: every filter it matches had counted its account and ``eventID`` before.
    unmatched: no filter matches it.
    rejected: it could not be read, or its whole file could not.
    """

    matched: int = 0
    unmatched: int = 0
    duplicate: int = 0
    rejected: int = 0

    @property
    def read(self) -> int:
        """All records read, whatever became of them."""
        return self.matched + self.unmatched + self.duplicate + self.rejected

    def __add__(self, other: "RecordCounts") -> "RecordCounts":
        return RecordCounts(
            matched=self.matched + other.matched,
            unmatched=self.unmatched + other.unmatched,
            duplicate=self.duplicate + other.duplicate,
            rejected=self.rejected + other.rejected,
        )
