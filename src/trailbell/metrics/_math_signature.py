"""What the functions of metric math take and give: types, parameters, and the function they belong to."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeAlias, TypeVar

import msgspec

from trailbell.metrics._math_values import MathGrid, MathValue

__all__ = [
    "ARRAY",
    "SCALAR",
    "SERIES",
    "SERIES_OR_ARRAY",
    "Argument",
    "MathType",
    "Parameter",
    "SeriesFunction",
    "always",
    "like_first",
    "narrowed",
]


class MathType(StrEnum):
    """The types of metric math, by the guide's abbreviations; words and texts are arguments only."""

    SCALAR = "S"
    SERIES = "TS"
    ARRAY = "TS[]"
    WORD = "word"
    TEXT = "text"

    @property
    def phrase(self) -> str:
        """The type as messages name it."""
        return _PHRASES[self]


_PHRASES = {
    MathType.SCALAR: "a scalar (S)",
    MathType.SERIES: "a time series (TS)",
    MathType.ARRAY: "an array of time series (TS[])",
    MathType.WORD: "a word",
    MathType.TEXT: "a text",
}

Argument: TypeAlias = MathValue | str
"""An argument when the function is applied: a value, or the name of a word."""
_Result: TypeAlias = Callable[[Sequence[MathType]], MathType]
_Kind = TypeVar("_Kind")


class Parameter(msgspec.Struct, frozen=True):
    """What one argument may be: a value of one of some types, or one of some words."""

    types: tuple[MathType, ...]
    words: tuple[str, ...] = ()
    is_optional: bool = False

    @property
    def phrase(self) -> str:
        """What the argument must be, as messages say it."""
        return " or ".join([*(each.phrase for each in self.types), *self.words])


class SeriesFunction(msgspec.Struct, frozen=True):
    """One function: its parameters, the type it gives for types of arguments, and what it does."""

    name: str
    parameters: tuple[Parameter, ...]
    result: _Result
    apply: Callable[[Sequence[Argument], MathGrid], MathValue]


SCALAR = Parameter((MathType.SCALAR,))
SERIES = Parameter((MathType.SERIES,))
ARRAY = Parameter((MathType.ARRAY,))
SERIES_OR_ARRAY = Parameter((MathType.SERIES, MathType.ARRAY))


def always(kind: MathType) -> _Result:
    """Returns the rule of a function that always gives this type."""
    return lambda types: kind


def like_first(types: Sequence[MathType]) -> MathType:
    """Gives the type of the first argument."""
    return types[0]


def narrowed(argument: Argument, kind: type[_Kind]) -> _Kind:
    """Returns an argument as what the check has made sure it is."""
    if not isinstance(argument, kind):
        raise TypeError(f"the check let {argument!r} pass as {kind.__name__}")
    return argument
