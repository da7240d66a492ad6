"""Trailbell: your unauthorized-API-call alarm, but it says who.

As a library it evaluates CloudWatch Logs filter patterns, without a server:

>>> from trailbell import FilterPattern
>>> FilterPattern('{ $.errorCode = "AccessDenied*" }').matches('{"errorCode":"AccessDenied"}')
True

It also says what a pattern means, and how two relate over all events there can be:

>>> from trailbell import compare
>>> compare('{ $.errorCode = "AccessDenied*" }', '{ $.errorCode = "AccessDenied" }').relation.value
'stricter'
"""

from typing import TYPE_CHECKING

from trailbell._version import __version__

if TYPE_CHECKING:
    from trailbell.patterns import FilterPattern, PatternError, compare

__all__ = ["FilterPattern", "PatternError", "__version__", "compare"]


def __getattr__(name: str) -> object:
    # Loaded when first named: the command line imports this package and mostly needs no patterns.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from trailbell import patterns  # noqa: PLC0415

    value: object = getattr(patterns, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
