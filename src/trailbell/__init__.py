"""Trailbell: your unauthorized-API-call alarm, but it says who.

As a library it evaluates CloudWatch Logs filter patterns, without a server:

>>> from trailbell import FilterPattern
>>> FilterPattern('{ $.errorCode = "AccessDenied*" }').matches('{"errorCode":"AccessDenied"}')
True
"""

from typing import TYPE_CHECKING

from trailbell._version import __version__

if TYPE_CHECKING:
    from trailbell.patterns import FilterPattern, PatternError

__all__ = ["FilterPattern", "PatternError", "__version__"]


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
