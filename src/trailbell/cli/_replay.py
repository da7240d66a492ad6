"""`trailbell replay`."""

import os
import sys
import time
from pathlib import Path

import click

from trailbell._errors import TrailbellError
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._replay_output import check_targets, write_result
from trailbell.cli._replay_progress import StopRequest, progress_bar
from trailbell.cli._replay_rules import RuleOptions, rule_options, rules_of
from trailbell.evidence import shown
from trailbell.replay import CLOCKS, ReplayError, ReplayRequest, replay

__all__ = ["command"]

_REASON_LENGTH = 2048


@click.command("replay")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@rule_options
@click.option("--from", "begin", metavar="WHEN", help="Leave out records before it: 7d ago, or a date.")
@click.option("--to", "end", metavar="WHEN", help="Leave out records from it on.")
@click.option(
    "--clock",
    type=click.Choice(CLOCKS),
    default=CLOCKS[0],
    show_default=True,
    help="When a record counts: at its file's delivery, or at the call's eventTime.",
)
@click.option("--no-deduplicate", is_flag=True, help="Count a record as often as it was delivered.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="How many processes read.  [default: one per processor]"
)
@click.option("--exact", is_flag=True, help="Decode every record, also those that no filter can match.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    show_default=True,
    help="Tables for people, one JSON object, or a report for the browser in one file.",
)
@click.option(
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the answer there instead.",
)
@click.option(
    "--events",
    "events_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.jsonl",
    help="Also write each counted record there, a line each.",
)
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    sources: tuple[str, ...],
    rules: RuleOptions,
    begin: str | None,
    end: str | None,
    clock: str,
    no_deduplicate: bool,
    jobs: int | None,
    exact: bool,
    output: str,
    target: Path | None,
    events_file: Path | None,
) -> None:
    """Say how often alarms would have paged over log files, and because of whom.

    A SOURCE is a file, a folder of such, a pattern of names, or - for standard input. No server is needed.
    Without rules, all CIS controls are replayed. Ctrl-C ends it and shows what is done; then, and if
    something could not be read, the exit code is 1.
    """
    check_targets(sources, output, target, events_file)
    chosen = rules_of(rules, output)
    request = ReplayRequest(
        sources=sources,
        filters=chosen.filters,
        alarms=chosen.alarms,
        composites=chosen.composites,
        clock=clock,
        from_ms=_instant(begin, "--from"),
        to_ms=_instant(end, "--to"),
        deduplicate=not no_deduplicate,
        jobs=jobs or _processors(),
        exact=exact,
        events_file=events_file,
    )
    if request.from_ms is not None and request.to_ms is not None and request.from_ms >= request.to_ms:
        raise click.BadParameter("it must be after --from", param_hint="'--to'")
    try:
        with StopRequest() as stop, progress_bar() as progress:
            result = replay(request, progress=progress, stop=stop)
    except ReplayError as error:
        # It may repeat the names of files, which may hold anything.
        click.echo(f"trailbell: {shown(str(error), _REASON_LENGTH)}", err=True)
        sys.exit(ExitCode.CANNOT_START)
    write_result(request, result, output, target)
    if result.rejected_total or result.is_interrupted:
        sys.exit(ExitCode.PROBLEM)


def _instant(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    from trailbell.chain import parse_instant  # noqa: PLC0415 - the server's imports are slow

    try:
        return parse_instant(text, time.time_ns() // 1_000_000)
    except TrailbellError as error:
        raise click.BadParameter(str(error), param_hint=f"'{option}'") from error


def _processors() -> int:
    """Returns how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
