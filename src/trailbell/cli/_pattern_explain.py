"""`trailbell pattern explain`."""

from pathlib import Path

import click

from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._log_files import read_log_files
from trailbell.cli._pattern_argument import (
    LONGEST_ESCAPE,
    PatternCommand,
    output_option,
    pattern_argument,
    read_pattern,
)
from trailbell.cli._pattern_explain_report import print_explanation, print_explanation_as_json
from trailbell.cli._tables import plural
from trailbell.evidence import shown
from trailbell.patterns import JsonPattern, explain, explain_match

__all__ = ["explain_pattern"]


@click.command("explain", cls=PatternCommand)
@pattern_argument
@click.argument("event", required=False, metavar="[EVENT|FILE]")
@click.option(
    "--number",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Which event of FILE, counted from 1.",
)
@output_option
def explain_pattern(pattern: str, event: str | None, number: int, output: str) -> None:
    """Say in words what PATTERN matches, and why it matches an event or not.

    The event is written out or stands in a FILE, - for standard input. Each clause is shown with what it
    met and whether it holds; those that decide are marked.
    """
    parsed = read_pattern(pattern, output)
    sentence = explain(parsed.pattern)
    message = (
        None if event is None else _message(event, number, is_json=isinstance(parsed.pattern, JsonPattern))
    )
    explanation = None if message is None else explain_match(parsed.pattern, message)
    if output == "json":
        print_explanation_as_json(pattern, sentence, explanation)
    else:
        print_explanation(sentence, explanation)


def _message(event: str, number: int, *, is_json: bool) -> bytes | str:
    if event != "-" and not _is_file(event):
        if is_json and not event.lstrip().startswith("{"):
            raise _ended(f"{event}: no such file, and no JSON object, which alone a JSON pattern can match")
        return event
    seen = 0
    for portion in read_log_files([event]):
        if number <= seen + len(portion.events):
            return portion.events[number - seen - 1]
        seen += len(portion.events)
        for part in portion.rejected:
            place = f", {part.place}" if part.place else ""
            raise _ended(f"{portion.file}{place}: {part.reason}")
        if portion.passed_over:
            raise _ended(f"{portion.file}: passed over: {portion.passed_over}")
    raise _ended(f"{event}: there is no event {number}, only {plural(seen, 'event')}")


def _is_file(name: str) -> bool:
    try:
        # An empty path would be the current folder.
        return name != "" and Path(name).exists()
    except (OSError, ValueError):
        # Too long for a name, or with a zero byte in it.
        return False


def _ended(reason: str) -> SystemExit:
    click.echo(f"trailbell: {shown(reason, LONGEST_ESCAPE * len(reason))}", err=True)
    return SystemExit(ExitCode.PROBLEM)
