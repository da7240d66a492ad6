"""Trailbell: your unauthorized-API-call alarm, but it says who."""

from trailbell._version import __version__

__all__ = ["__version__"]
