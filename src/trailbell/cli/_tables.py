"""Writing answers: JSON as it came, or tables in which log text is shown escaped."""

from collections.abc import Iterable, Sequence

import click

from trailbell.evidence import shown

__all__ = ["plural", "print_json", "print_lines", "print_table"]

# Wider than any table: whoever reads a pipe wants each row on one line.
_WIDTH_IN_A_PIPE = 1_000_000
_STATE_STYLES = {"ALARM": "bold red", "OK": "green", "INSUFFICIENT_DATA": "yellow"}


def print_json(value: object) -> None:
    """Writes a value as JSON, readable and on standard output alone."""
    import msgspec  # noqa: PLC0415 - the CLI starts without it

    # As bytes: JSON is UTF-8, whatever the terminal's encoding.
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Writes a table; ``empty`` is said instead where there are no rows."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - the CLI starts without it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    kept = [[_cell(each) for each in row] for row in rows]
    if not kept:
        click.echo(empty)
        return
    console = Console(soft_wrap=False)
    if not console.is_terminal:
        console = Console(width=_WIDTH_IN_A_PIPE)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column.startswith("#") else "left", overflow="fold")
    for row in kept:
        # Text, not markup: what stands in a log must not style our terminal.
        table.add_row(*(Text(each, style=_STATE_STYLES.get(each, "")) for each in row))
    console.print(table)


def print_lines(pairs: Iterable[tuple[str, object]]) -> None:
    """Writes labelled values, one a line, labels aligned."""
    kept = [(label, _cell(value)) for label, value in pairs]
    width = max((len(label) for label, _ in kept), default=0)
    for label, value in kept:
        click.echo(f"{label:<{width}}  {value}")


def plural(number: int, word: str) -> str:
    """Writes a number with its noun."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return shown(str(value), 2048)
