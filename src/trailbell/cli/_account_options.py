"""What the commands that judge AWS accounts are asked with: what to hold an account to."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from trailbell._errors import TrailbellError
from trailbell.controls import (
    CATALOGUE,
    SECURITY_HUB,
    VERSIONS,
    Control,
    UnknownControlError,
    control_id,
    control_of,
)

__all__ = [
    "WrongFileError",
    "cis_option",
    "control_option",
    "controls_of",
    "held_in",
]

_SHORT = {version.removesuffix(".0"): version for version in VERSIONS}
_Command = TypeVar("_Command", bound=Callable[..., Any])
_Held = TypeVar("_Held")


class WrongFileError(TrailbellError):
    """A file that was named does not hold what it should."""


class _ProfileType(click.ParamType[str]):
    """A version of the benchmark, in full or without its last .0, or security-hub."""

    name = "profile"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        wanted = _SHORT.get(value, value)
        if wanted in VERSIONS or wanted == SECURITY_HUB:
            return wanted
        return self.fail(f"{value!r} is not one of {', '.join(_SHORT)} and {SECURITY_HUB}.", param, ctx)


def cis_option(command: _Command) -> _Command:
    """Adds ``--cis``."""
    return click.option(
        "--cis",
        "profile_name",
        type=_ProfileType(),
        default=VERSIONS[-1],
        show_default=True,
        metavar="VERSION|security-hub",
        help="What to audit against, from 1.2 on.",
    )(command)


def control_option(command: _Command) -> _Command:
    """Adds ``--control``."""
    return click.option(
        "--control", "keys", multiple=True, metavar="KEY", help="Only this control; again for more."
    )(command)


def controls_of(keys: Sequence[str], profile_name: str) -> tuple[Control, ...]:
    """Returns the controls that are named, or all, of those that a profile has.

    Raises:
        UsageError: A control is not known, or the profile has none of them.
    """
    try:
        wanted = [control_of(key) for key in keys] or list(CATALOGUE)
    except UnknownControlError as error:
        raise click.UsageError(str(error)) from error
    found = tuple(each for each in dict.fromkeys(wanted) if control_id(each, profile_name) is not None)
    if not found:
        raise click.UsageError(f"{profile_name} has none of these controls: {', '.join(keys)}")
    return found


def held_in(file: Path, read: Callable[[bytes], _Held]) -> _Held:
    """Returns what a file that was named on the command line holds, by what reads its content.

    Raises:
        UsageError: It cannot be read.
        WrongFileError: It holds something else; the message names the file and the place.
    """
    try:
        return read(file.read_bytes())
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}") from error
    except TrailbellError as error:
        raise WrongFileError(f"{file}: {error}") from error
