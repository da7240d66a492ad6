"""PATTERN as it is typed, and what is said where it is not valid; the commands over patterns share it."""

import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import click

from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._tables import print_json
from trailbell.evidence import shown
from trailbell.patterns import FilterPattern, PatternError

__all__ = [
    "LONGEST_ESCAPE",
    "PatternCommand",
    "encodable",
    "end_with_error",
    "output_option",
    "pattern_argument",
    "read_pattern",
]

LONGEST_ESCAPE = 10
"""How many characters one character of a log may take when it is shown."""

# No word on a command line can hold this character.
_MARK = "\0"

_HALF_PAIR = re.compile("[\ud800-\udfff]")

_Command = TypeVar("_Command", bound=Callable[..., Any])


class PatternCommand(click.Command):
    """A command whose first argument is a pattern, also one such as ``-ERROR`` that looks like options.

    Ignoring unknown options would not do: ``-shutdown`` holds an ``-h``, and misspelt options would pass for
    files. So the first word that can only be a pattern is marked, and taken as it stands.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the words of a command line."""
        return super().parse_args(ctx, self._with_pattern_marked(ctx, args))

    def _with_pattern_marked(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = {
            name: option
            for option in self.get_params(ctx)
            if isinstance(option, click.Option)
            for name in option.opts
        }
        at = 0
        while at < len(args):
            word = args[at]
            name, equals, _ = word.partition("=")
            option = options.get(name)
            if option is None:
                is_pattern = word.startswith("-") and not word.startswith("--")
                return [*args[:at], _MARK + word, *args[at + 1 :]] if is_pattern else args
            at += 1 if option.is_flag or equals else 2
        return args


def pattern_argument(command: _Command) -> _Command:
    """Adds PATTERN to a ``PatternCommand``."""
    return click.argument("pattern", callback=lambda _context, _parameter, text: _unmarked(text))(command)


def output_option(command: _Command) -> _Command:
    """Adds ``--format``."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="Text for people, or one JSON object.",
    )(command)


def read_pattern(text: str, output: str) -> FilterPattern:
    """Parses a pattern; where it is not valid, says what is wrong and ends the program."""
    try:
        return FilterPattern(text)
    except PatternError as error:
        end_with_error(error, output)


def encodable(text: str) -> str:
    """Returns text that can be written in UTF-8: half of a surrogate pair becomes U+FFFD."""
    return text if text.isascii() else _HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", text)


def _unmarked(text: str | None) -> str | None:
    # None only while the shell asks for completions.
    return text and text.removeprefix(_MARK)


def end_with_error(error: PatternError, output: str) -> NoReturn:
    """Says what is wrong with a pattern that is not valid, and ends the program."""
    if output == "json":
        print_json(
            {
                "valid": False,
                "message": encodable(error.message),
                "start": error.start,
                "end": error.end,
                "expected": encodable(error.expected),
            }
        )
    else:
        for line in error.explain().split("\n"):
            # AWS's messages repeat what they complain about, whatever it does to a terminal.
            click.echo(shown(line, LONGEST_ESCAPE * len(line)), err=True)
    sys.exit(ExitCode.INVALID_PATTERN)
