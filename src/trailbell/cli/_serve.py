"""`trailbell serve`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from trailbell.settings import SETTINGS, SettingField, find_settings_file, load_settings

__all__ = ["command"]

_REPEATABLE = frozenset({"source", "notify"})


def _settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for field in reversed(SETTINGS):
        command = _option(field)(command)
    return command


def _option(field: SettingField) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    if field.expected == "true or false":
        return click.option(field.flag, field.name, is_flag=True, default=None, help=field.meaning)
    return click.option(
        field.flag,
        field.name,
        multiple=field.name in _REPEATABLE,
        metavar="VALUE",
        help=f"{field.meaning} Default: {field.default or 'nothing given'}.",
    )


@click.command("serve")
@click.option(
    "--config", metavar="FILE", help="The settings file; also TRAILBELL_CONFIG. Default: trailbell.toml."
)
@_settings_options
def command(config: str | None, **flags: object) -> None:
    """Run the chain: sources, filters, metrics, alarms, messages.

    Every option is also a TRAILBELL_… variable and a key of trailbell.toml.
    The log goes to standard error; messages to `--notify -` go to standard output.
    Ctrl-C or SIGTERM ends it after the transaction in hand.
    """
    if isinstance(flags.get("controls"), str):
        flags["controls"] = [key.strip() for key in str(flags["controls"]).split(",") if key.strip()]
    file = find_settings_file(config, os.environ, Path.cwd())
    loaded = load_settings(flags, os.environ, file)
    # The server's imports take a third of a second: a wrong flag should be told before them.
    from trailbell.cli._logging import configure_log  # noqa: PLC0415
    from trailbell.cli._running import StopSignal, running_server  # noqa: PLC0415

    settings = loaded.settings
    configure_log(settings.log_format)
    with StopSignal() as stop, running_server(settings, sys.stdout) as running:
        click.echo(f"listening on {running.url}", err=True)
        click.echo(f"account {settings.account_id} in {settings.region}, data in {settings.data}", err=True)
        if not settings.source:
            click.echo("no source yet: nothing is read (--source PATH)", err=True)
        stop.asked.wait()
        click.echo("stopping", err=True)
