"""Kinds of values that click does not have, or has with holes: URLs to call, and numbers of seconds."""

import math
from typing import Any
from urllib.parse import urlsplit

import click

__all__ = ["SecondsRange", "Url"]


class Url(click.ParamType[str]):
    """The http or https URL of something to call."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuses what nothing could be called by, with what is wrong with it."""
        problem = _problem_of(value)
        return self.fail(f"{value!r} {problem}.", param, ctx) if problem else value


class SecondsRange(click.FloatRange):
    """A number of seconds within bounds; unlike for click, ``nan`` and ``inf`` are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Refuses what is no finite number, or lies outside of the bounds."""
        number = float(super().convert(value, param, ctx))
        return number if math.isfinite(number) else self.fail(f"{value} is not a finite number.", param, ctx)


def _problem_of(url: str) -> str:
    try:
        url.encode()
        parts = urlsplit(url)
        _ = parts.port
    except UnicodeEncodeError:
        return "is no text in UTF-8"
    except ValueError as error:
        return f"is no URL: {error}"
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or any(map(str.isspace, url)):
        return "is no URL to call, such as http://127.0.0.1:4747"
    return ""
