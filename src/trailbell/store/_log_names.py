"""Names compared letter by letter: the database's own LIKE takes upper and lower case for the same."""

import sys

from sqlalchemy import ColumnElement, and_

__all__ = ["begins_with"]

_SURROGATES = range(0xD800, 0xE000)


def begins_with(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """Returns the condition that a text begins so, as a range that an index can serve."""
    end = _after_all(prefix)
    return column >= prefix if end is None else and_(column >= prefix, column < end)


def _after_all(prefix: str) -> str | None:
    """Returns the first text after all those that begin so; None where there is none."""
    kept = prefix.rstrip(chr(sys.maxunicode))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    if following in _SURROGATES:
        following = _SURROGATES.stop
    return kept[:-1] + chr(following)
