"""The root command. Commands are imported when called: `--help` must not wait for a web server's imports."""

import errno
import importlib
import sys
from typing import Any, NoReturn

import click

from trailbell._errors import TrailbellError
from trailbell._version import __version__
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._streams import standard_streams

__all__ = ["COMMANDS", "main"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("_demo", "Watch an intruder probe a made-up company and the alarm say who."),
    "serve": ("_serve", "Run the chain: sources, filters, metrics, alarms, messages."),
    "status": ("_status", "Show alarms, sources with their record classes, and the store."),
    "alarm": ("_alarm", "List alarms, or show one with who is behind it."),
    "events": ("_events", "Search the matched events by who, what, where and when."),
    "audit": ("_audit", "Audit AWS accounts: does each control's event reach somebody?"),
    "remediate": ("_remediate", "Mend an AWS account by a plan that can be undone."),
    "verify": ("_verify", "Prove that the chain works, link by link, or say where it stops and why."),
    "controls": ("_controls", "List, show or apply the CIS monitoring controls."),
    "pattern": ("_pattern", "Check a filter pattern, or see which log events it matches."),
    "replay": (
        "_replay",
        "Say how often alarms would have paged over log files, and because of whom.",
    ),
    "rejected": ("_rejected", "List, show or retry what could not be read."),
    "backup": ("_backup", "Write a copy of the running server's database to FILE."),
    "simulate": ("_simulate", "Write made-up CloudTrail files of a company to a folder."),
    "doctor": ("_doctor", "Check this machine and the server for what could go wrong."),
}
"""Each command's module and its help in one line."""


class _LazyGroup(click.Group):
    """A group whose commands are imported only when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"trailbell.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            message = f"{error.format_message()} The commands are {', '.join(COMMANDS)}."
            raise click.UsageError(message, ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TrailbellError as error:
            _end(error)

    def main(self, *args: Any, **extra: Any) -> Any:
        with standard_streams() as is_output_lost:
            try:
                return super().main(*args, **extra)
            except OSError as error:
                if error.errno not in _NO_ROOM or is_output_lost():
                    raise
                click.echo(f"trailbell: writing failed: {(error.strerror or str(error)).lower()}", err=True)
                sys.exit(ExitCode.PROBLEM)


def _end(error: TrailbellError) -> NoReturn:
    click.echo(f"trailbell: {error}", err=True)
    sys.exit(getattr(error, "exit_code", ExitCode.CANNOT_START))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trailbell", message="%(prog)s %(version)s")
def main() -> None:
    """Your unauthorized-API-call alarm, but it says who."""
