"""The answer of `trailbell replay` in the form that was asked for, and where it goes."""

import contextlib
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from trailbell.cli._replay_table import print_tables
from trailbell.cli._tables import plural
from trailbell.evidence import shown
from trailbell.replay import ReplayRequest, ReplayResult, headline, html_report, paths_named, result_json

__all__ = ["check_targets", "write_result"]

_NAMED = 20
"""How many rejected inputs are named on standard error; the JSON and the report name more."""

_LONGEST_LINE = 2048


def check_targets(
    sources: tuple[str, ...], output: str, target: Path | None, events_file: Path | None
) -> None:
    """Refuses to write where it reads or where nothing can be written, and to write HTML to a terminal.

    Raises:
        click.UsageError: Where it reads, or to a terminal.
        click.ClickException: The folder of the answer is not there, or may not be written to.
    """
    if output == "html" and target is None and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("name the file to write: --output report.html")
    for option, file in (("--output", target), ("--events", events_file)):
        if file is not None and any(_would_read(source, file.resolve()) for source in sources):
            raise click.UsageError(f"{option} {file} lies in what is read; name a file elsewhere.")
    if target is not None and events_file is not None and target.resolve() == events_file.resolve():
        raise click.UsageError("--output and --events name the same file.")
    if target is not None and not _is_special(target):
        # Nobody should wait for an answer that has no place to go.
        with _writing(target), tempfile.TemporaryFile(dir=target.resolve().parent):
            pass


def _would_read(source: str, file: Path) -> bool:
    """Says whether a source is a file, or a folder in which a file of its name is read."""
    return any(
        read == file or (".json" in file.name and file.is_relative_to(read))
        for read in (Path(path).resolve() for path in paths_named(source))
    )


def write_result(request: ReplayRequest, result: ReplayResult, output: str, target: Path | None) -> None:
    """Writes the answer to standard output or a file, and what was not read to standard error.

    Raises:
        click.ClickException: The file cannot be written.
    """
    if output == "table" and target is None:
        print_tables(result)
    else:
        text = _text(request, result, output)
        if target is None:
            # As bytes: JSON and the report are UTF-8, whatever the terminal's encoding.
            click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        else:
            _write(target, text)
            click.echo(f"{headline(result)}.")
    _say_what_is_missing(result, is_named=output == "table")


def _text(request: ReplayRequest, result: ReplayResult, output: str) -> str:
    if output == "html":
        return html_report(request, result)
    if output == "json":
        return _json_text(result_json(result))
    with contextlib.redirect_stdout(io.StringIO()) as written:
        print_tables(result)
    return written.getvalue()


def _json_text(answer: dict[str, Any]) -> str:
    try:
        text = msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
    except UnicodeEncodeError:
        # The pattern was typed with bytes that are no UTF-8: only escapes can write them.
        text = json.dumps(answer, indent=2)
    return f"{text}\n"


def _write(target: Path, text: str) -> None:
    if _is_special(target):
        with _writing(target):
            target.write_text(text, encoding="utf-8")
        return
    # What a link leads to is replaced, not the link.
    kept = target.resolve()
    unfinished = kept.with_name(f".{kept.name}.unfinished")
    with _writing(target):
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(kept)
        finally:
            unfinished.unlink(missing_ok=True)


def _is_special(target: Path) -> bool:
    """Says whether it is a pipe or a device, which must stay what it is."""
    return target.exists() and not target.is_file()


@contextlib.contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{target} cannot be written: {error.strerror}") from error


def _say_what_is_missing(result: ReplayResult, *, is_named: bool) -> None:
    if result.is_interrupted:
        click.echo("trailbell: stopped before all was read; the figures are those of what was", err=True)
    if not result.rejected_total:
        return
    named = result.rejected[:_NAMED] if is_named else ()
    for each in named:
        line = f"{each.file}: {each.reason}"
        click.echo(f"trailbell: {shown(line, _LONGEST_LINE)}", err=True)
    left = result.rejected_total - len(named)
    if left:
        words = f"and {left:,} more rejected, not named" if named else f"{plural(left, 'input')} rejected"
        click.echo(f"trailbell: {words}", err=True)
