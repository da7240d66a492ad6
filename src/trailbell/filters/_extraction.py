"""What one matching event publishes where the value or a dimension is read from it (section 6)."""

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeAlias

import msgspec

from trailbell.filters._references import Reference, parse_reference
from trailbell.filters._transformation import MetricFilter
from trailbell.patterns import (
    MISSING,
    DecodedRecord,
    DelimitedPattern,
    Pattern,
    PatternSet,
    Selector,
    message_text,
    scalar_text,
    word_names,
    words_test,
)

__all__ = ["Extract", "Extracted", "build_extract", "selectors_read"]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
# What CloudWatch takes as a value, and as the value of a dimension.
_LARGEST = 2.0**360
_LONGEST_DIMENSION = 1024


class Extracted(msgspec.Struct, frozen=True, gc=False):
    """What a matching event publishes: nothing where ``value`` is None; dimensions are all there or none."""

    value: float | None
    dimensions: tuple[tuple[str, str], ...] = ()


Extract: TypeAlias = Callable[[DecodedRecord | None, bytes], Extracted]
"""Reads what an event publishes from its decoded record, or from its message."""

_Nodes: TypeAlias = Callable[[DecodedRecord | None, bytes], Sequence[object]]


def selectors_read(counting: MetricFilter, pattern: Pattern) -> list[Selector]:
    """Lists the fields of JSON events that the filter publishes."""
    return [each for each in _references(counting, pattern) if isinstance(each, Selector)]


def build_extract(counting: MetricFilter, pattern: Pattern, patterns: PatternSet) -> Extract | None:
    """Builds the function that reads what events publish; None where all publish the same."""
    transformation = counting.transformation
    references = _references(counting, pattern)
    if not references:
        return None
    has_value = transformation.value.startswith("$")
    literal = None if has_value else float(transformation.value)
    default = transformation.default_value
    names = [name for name, _ in transformation.dimensions]
    nodes = _node_reader(references, pattern, patterns)

    def extract(record: DecodedRecord | None, message: bytes) -> Extracted:
        found = nodes(record, message)
        value = _sample(found[0], default) if has_value else literal
        texts = [_dimension(node) for node in found[has_value:]]
        # If one field is missing, the sample goes without any dimension.
        if None in texts:
            return Extracted(value)
        return Extracted(value, tuple((name, text) for name, text in zip(names, texts, strict=True) if text))

    return extract


def _references(counting: MetricFilter, pattern: Pattern) -> list[Reference]:
    """Lists what is read, the value first; what cannot be read was refused when the filter was put."""
    transformation = counting.transformation
    texts = [transformation.value] if transformation.value.startswith("$") else []
    texts += [text for _, text in transformation.dimensions]
    parsed = [parse_reference(pattern, text) for text in texts]
    if None in parsed:
        raise ValueError(f"the filter {counting.name!r} reads a field that its pattern cannot give")
    return [each for each in parsed if each is not None]


def _node_reader(references: Sequence[Reference], pattern: Pattern, patterns: PatternSet) -> _Nodes:
    if isinstance(pattern, DelimitedPattern):
        return _word_reader(references, pattern)
    readers = [patterns.reader(each) for each in references if isinstance(each, Selector)]

    def nodes(record: DecodedRecord | None, _: bytes) -> list[object]:
        # A record without what a JSON pattern needs does not match it, so there is one.
        return [MISSING if record is None else read(record) for read in readers]

    return nodes


def _word_reader(references: Sequence[Reference], pattern: DelimitedPattern) -> _Nodes:
    words_of = words_test(pattern)

    def nodes(_: DecodedRecord | None, message: bytes) -> list[object]:
        words = words_of(message_text(message)) or []
        found = dict(zip(word_names(pattern, len(words)), words, strict=True)) if words else {}
        return [found.get(str(each), MISSING) for each in references]

    return nodes


def _sample(node: object, default: float | None) -> float | None:
    """Returns the number to publish; missing and null give the default, all that is no number nothing."""
    if node is MISSING or node is None:
        return default
    if isinstance(node, str):
        # A numeric string of a JSON event is read as one (uncertain point U10).
        return _finite(float(node)) if _NUMBER.fullmatch(node) else None
    if isinstance(node, bool) or not isinstance(node, int | float | Decimal):
        # Booleans, arrays and objects were not recorded (uncertain point U17).
        return None
    try:
        return _finite(float(node))
    except OverflowError:
        return None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) and abs(value) <= _LARGEST else None


def _dimension(node: object) -> str | None:
    """Returns the value of a dimension; None counts as missing (uncertain point U18)."""
    text = scalar_text(node)
    if text is None or not text.strip() or len(text) > _LONGEST_DIMENSION:
        return None
    # Half a surrogate pair could be neither stored nor sent, and one such event would stop its whole batch.
    return _HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", text)
