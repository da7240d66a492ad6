"""What `trailbell replay` says in tables: how often each alarm pages, how long, when, because of whom."""

import textwrap
from collections import Counter
from collections.abc import Sequence

import click

from trailbell.cli._tables import plural, print_table
from trailbell.evidence import shown
from trailbell.replay import (
    AlarmResult,
    ReplayResult,
    bytes_text,
    clock_text,
    duration_text,
    headline,
    instant_text,
    paged_text,
    pages_of,
    quiet_text,
    ringing,
    speed_text,
    unpaged_text,
)

__all__ = ["print_tables"]

_MOST_CALLERS = 5
_DAY_MS = 86_400_000
_SHOWN_LENGTH = 2048
_CALL_LENGTH = 48
_WIDTH = 110


def print_tables(result: ReplayResult) -> None:
    """Writes the answer for people; all times are UTC."""
    click.echo(f"{shown(headline(result), _SHOWN_LENGTH)}.")
    if result.first_ms is not None:
        click.echo(f"{instant_text(result.first_ms)} to {instant_text(result.last_ms)} UTC")
    click.echo()
    told = ringing(result.alarms)
    if told:
        _print_alarms(told)
        _print_callers([alarm for alarm in told if alarm.pages])
    quiet = [quiet_text(alarm) for alarm in result.alarms if not alarm.pages]
    if quiet:
        names = shown(", ".join(quiet), _SHOWN_LENGTH)
        words = f"{plural(len(quiet), 'alarm')} would not have paged: {names}"
        lines = textwrap.wrap(
            words, _WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False
        )
        click.echo("\n".join(lines) + "\n")
    if not result.alarms:
        _print_filters(result)
    _print_figures(result)


def _print_alarms(alarms: list[AlarmResult]) -> None:
    rows = []
    for alarm in alarms:
        # None where all were held back, or where too many moves came before for these to be listed.
        pages = [paged_ms for paged_ms, _ in pages_of([alarm])]
        rows.append(
            (
                alarm.name,
                f"{alarm.pages:,}",
                duration_text(alarm.seconds_in_alarm),
                instant_text(min(pages, default=None)),
                instant_text(max(pages, default=None)),
                _fullest_day(pages),
            )
        )
    print_table(["alarm", "#pages", "in ALARM", "first", "last", "most on"], rows, "")


def _fullest_day(pages: Sequence[int]) -> str:
    days = Counter(at_ms // _DAY_MS for at_ms in pages)
    # Of equal days the earliest.
    day, number = min(days.items(), key=lambda item: (-item[1], item[0]), default=(None, 0))
    return "-" if day is None else f"{instant_text(day * _DAY_MS)[:10]} ({number:,})"


def _print_callers(alarms: list[AlarmResult]) -> None:
    """Writes who rang each alarm, a line each; names come last, as they may be long."""
    for alarm in alarms:
        callers = [caller for caller in alarm.callers[:_MOST_CALLERS] if caller.pages]
        if not callers:
            continue
        rows = [
            (
                f"{100 * caller.pages / alarm.pages:.0f} %",
                plural(caller.pages, "page"),
                plural(caller.records, "record"),
                shown(caller.call, _CALL_LENGTH),
                shown(caller.principal, _SHOWN_LENGTH),
            )
            for caller in callers
        ]
        unpaged = unpaged_text(alarm)
        click.echo(
            f"{shown(alarm.name, _SHOWN_LENGTH)} {paged_text([alarm])}{f'; {unpaged}' if unpaged else ''}"
        )
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for share, pages, records, call, principal in rows:
            numbers = f"{share:>{widths[0]}}  {pages:>{widths[1]}}  {records:>{widths[2]}}"
            click.echo(f"  {numbers}  {call:<{widths[3]}}  {principal}")
        click.echo()


def _print_filters(result: ReplayResult) -> None:
    print_table(
        ["filter", "#matches", "#periods", "first", "last"],
        [
            (
                each.name,
                f"{each.matches:,}",
                f"{each.periods_with_matches:,}",
                instant_text(each.first_ms),
                instant_text(each.last_ms),
            )
            for each in result.filters
        ],
        "No filters.",
    )


def _print_figures(result: ReplayResult) -> None:
    records = result.records
    click.echo(
        f"read {records.read:,} = matched {records.matched:,} + unmatched {records.unmatched:,} + "
        f"duplicate {records.duplicate:,} + rejected {records.rejected:,}"
    )
    amount = f"{plural(result.files, 'file')}, {bytes_text(result.bytes)} uncompressed"
    click.echo(f"{amount}, in {result.seconds:.2f} s: {speed_text(result)}")
    click.echo(f"clock: {clock_text(result.clock)}")
    for note in result.clock_notes:
        click.echo(f"clock: {shown(note, _SHOWN_LENGTH)}")
