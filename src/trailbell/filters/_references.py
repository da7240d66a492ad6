"""What a metric value or a dimension that begins with ``$`` refers to (filter-patterns section 6)."""

from typing import TypeAlias

from trailbell.patterns import (
    DelimitedPattern,
    EllipsisField,
    JsonPattern,
    Pattern,
    PatternError,
    Selector,
    WordField,
    parse_selector,
)

__all__ = ["Reference", "parse_reference"]

Reference: TypeAlias = Selector | str
"""A field of a JSON event, or the name or position of a word."""


def parse_reference(pattern: Pattern, text: str) -> Reference | None:
    """Returns the field that a text refers to in the events of a pattern; None where it refers to none.

    A wildcard names no single field; terms and expressions have no fields at all; a space-delimited pattern
    has those it names (uncertain point U20 for the last three).
    """
    if isinstance(pattern, JsonPattern):
        try:
            selector = parse_selector(text)
        except PatternError:
            return None
        return None if selector.has_wildcard else selector
    if isinstance(pattern, DelimitedPattern) and text.startswith("$") and _has_word(pattern, text[1:]):
        return text[1:]
    return None


def _has_word(pattern: DelimitedPattern, name: str) -> bool:
    fields = pattern.fields
    if any(isinstance(field, WordField) and name and field.name == name for field in fields):
        return True
    if not (name.isascii() and name.isdecimal()) or name.startswith("0"):
        return False
    if not fields or EllipsisField() in fields:
        return True
    # Compared as text: a thousand digits are no position, but int() refuses to read them.
    return name in {str(at) for at, field in enumerate(fields, 1) if field == WordField()}
