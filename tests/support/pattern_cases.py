"""The cases of the pattern language."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

__all__ = ["CASES", "Case", "by_id"]


class Case(msgspec.Struct, frozen=True):
    """One line of the case file; ``match`` is "invalid" where the pattern itself is refused."""

    id: str
    pattern: str
    message: str
    match: bool | str
    why: str
    extract: dict[str, str] | None = None

    @property
    def syntax(self) -> str:
        """The syntax that the first character chooses."""
        first = self.pattern.strip()[:1]
        return {"": "empty", "{": "json", "[": "delimited", "%": "regex"}.get(first, "terms")


_FILE = Path(__file__).parents[1] / "cases" / "filter-pattern-cases.jsonl"

CASES = msgspec.json.Decoder(Case).decode_lines(_FILE.read_bytes())
"""All of them, in the file's order."""


def by_id(cases: Iterable[Case]) -> list[object]:
    """Makes parameters of a test that are named as in the file."""
    return [pytest.param(case, id=case.id) for case in cases]
