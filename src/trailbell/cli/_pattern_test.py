"""`trailbell pattern test`."""

import sys
from collections.abc import Callable

import click

from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._log_files import is_folder, read_log_files
from trailbell.cli._pattern_argument import PatternCommand, output_option, pattern_argument, read_pattern
from trailbell.cli._pattern_report import JsonReport, Report, TextReport
from trailbell.patterns import DelimitedPattern, FilterPattern, compile_patterns

__all__ = ["test_pattern"]


@click.command("test", cls=PatternCommand)
@pattern_argument
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--invert", is_flag=True, help="Show the events that do not match.")
@output_option
def test_pattern(pattern: str, files: tuple[str, ...], invert: bool, output: str) -> None:
    """Show the log events in FILEs that PATTERN matches.

    A FILE is a log of lines or a CloudTrail file, plain or gzip, or a folder of such. Without one, or
    with -, standard input is read. Ends with exit code 1 if something could not be read.
    """
    parsed = read_pattern(pattern, output)
    names = files or ("-",)
    report: Report
    if output == "json":
        report = JsonReport(pattern)
    else:
        report = TextReport(names_files=len(names) > 1 or is_folder(names[0]))
    _run(parsed, names, report, invert=invert)
    report.end()
    if report.rejected:
        sys.exit(ExitCode.PROBLEM)


def _run(pattern: FilterPattern, names: tuple[str, ...], report: Report, *, invert: bool) -> None:
    extracted = _extraction(pattern, is_shown=report.shows_extracted)
    for portion in read_log_files(names):
        report.begin(portion)
        matched = 0
        for message in portion.events:
            found = extracted(message)
            is_match = found is not None
            matched += is_match
            if is_match is not invert:
                report.event(portion.file, message, found or {})
        report.count(matched, len(portion.events) - matched)


def _extraction(pattern: FilterPattern, *, is_shown: bool) -> Callable[[bytes], dict[str, str] | None]:
    """Returns the function that gives what is extracted from a message; None where it does not match."""
    if is_shown and isinstance(pattern.pattern, DelimitedPattern):
        return pattern.extract
    # Cutting a message into words once, and not at all where nobody asks for them, saves most of the time.
    matching = compile_patterns([pattern.pattern]).matching
    return lambda message: {} if matching(message) else None
