"""`trailbell backup`."""

from pathlib import Path

import click

from trailbell.cli._client import download, url_option
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._tables import plural

__all__ = ["command"]


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@url_option
def command(file: Path, force: bool, url: str) -> None:
    """Write a copy of the running server's database to FILE.

    The copy is whole and as of one moment; the server goes on. To restore it, stop the server, put the copy
    in the data folder as trailbell.db, and remove trailbell.db-wal and trailbell.db-shm there.
    """
    _check(file)
    if file.exists() and not force:
        click.echo(f"trailbell: {file} is there already; name another file, or use --force", err=True)
        raise SystemExit(ExitCode.REFUSED)
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        size = download(url, "/api/v1/backup", unfinished)
        unfinished.replace(file)
    except OSError as error:
        click.echo(f"trailbell: {file} cannot be written: {error.strerror}", err=True)
        raise SystemExit(ExitCode.REFUSED) from error
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"{plural(size, 'byte')} written to {file}")


def _check(file: Path) -> None:
    if str(file) == "-":
        raise click.UsageError("A backup is not written to standard output; name a file.")
    # Even with --force: the copy would take the place of the device itself.
    if file.exists() and not file.is_file():
        raise click.UsageError(f"{file} is a device, a pipe or a socket; name a file for the backup.")
