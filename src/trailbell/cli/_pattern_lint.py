"""`trailbell pattern lint`."""

import sys
from collections.abc import Sequence

import click

from trailbell._errors import marked_line
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._pattern_argument import (
    LONGEST_ESCAPE,
    PatternCommand,
    encodable,
    end_with_error,
    output_option,
    pattern_argument,
)
from trailbell.cli._tables import print_json
from trailbell.evidence import shown
from trailbell.patterns import Finding, PatternError, Severity, lint, mended

__all__ = ["lint_pattern"]

_CODES = {Severity.ERROR: ExitCode.PATTERN_FAULT, Severity.WARNING: ExitCode.PATTERN_WARNING}
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


@click.command("lint", cls=PatternCommand)
@pattern_argument
@click.option("--fix", is_flag=True, help="Print the suggested pattern alone, and what was mended beside it.")
@output_option
def lint_pattern(pattern: str, fix: bool, output: str) -> None:
    """Say what is wrong with PATTERN, or likely to be.

    The exit code is 0 where nothing is, or notes only; 7 where there are warnings, and 8 where there are
    errors. With --fix it is that of the pattern printed.
    """
    try:
        followed: tuple[Finding, ...] = ()
        if fix:
            pattern, followed = mended(pattern)
        findings = lint(pattern)
    except PatternError as error:
        end_with_error(error, output)
    if output == "json":
        _print_json(pattern, findings, followed if fix else None)
    elif fix:
        click.echo(_whole(pattern))
        for finding in followed:
            kept = "means the same" if finding.keeps_meaning else "matches other events"
            click.echo(f"mended {finding.rule} ({kept}): {_whole(finding.message)}", err=True)
        for finding in findings:
            click.echo(f"left {finding.rule}: {_whole(finding.message)}", err=True)
    else:
        _print_findings(pattern, findings)
    sys.exit(_exit_code(findings))


def _exit_code(findings: Sequence[Finding]) -> ExitCode:
    return max((_CODES.get(finding.severity, ExitCode.DONE) for finding in findings), default=ExitCode.DONE)


def _print_findings(pattern: str, findings: Sequence[Finding]) -> None:
    from rich.console import Console  # noqa: PLC0415 - the CLI starts without it
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)

    def say(text: str, style: str = "") -> None:
        # Text, not markup: what stands in a pattern must not style our terminal.
        console.print(Text(_whole(text), style), soft_wrap=True)

    if not findings:
        say("nothing is wrong with it", "green")
    for finding in findings:
        for line in marked_line(pattern, finding.start, finding.end).split("\n"):
            say(line)
        say(f"{finding.severity.value}: {finding.rule}", _STYLES[finding.severity])
        say(finding.message)
        for label, reading in zip(("means", "not"), finding.readings, strict=False):
            say(f"{label:<8}{reading}")
        for event in finding.events:
            say(f"{'event':<8}{event}")
        if finding.suggestion is not None:
            say(f"{'suggest':<8}{finding.suggestion}", "green")
        say("")


def _print_json(pattern: str, findings: Sequence[Finding], followed: Sequence[Finding] | None) -> None:
    told: dict[str, object] = {"pattern": encodable(pattern), "findings": [_shape(each) for each in findings]}
    if followed is not None:
        told["mended"] = [_shape(each) for each in followed]
    print_json(told)


def _shape(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": encodable(finding.message),
        "start": finding.start,
        "end": finding.end,
        "suggestion": None if finding.suggestion is None else encodable(finding.suggestion),
        "keeps_meaning": finding.keeps_meaning,
        "readings": [encodable(reading) for reading in finding.readings],
        "events": [encodable(event) for event in finding.events],
    }


def _whole(text: str) -> str:
    """Returns text in a form that is safe to show, however long."""
    return shown(text, LONGEST_ESCAPE * len(text))
