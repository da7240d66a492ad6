"""`trailbell pattern`."""

import click

from trailbell.cli._pattern_check import check_pattern
from trailbell.cli._pattern_test import test_pattern

__all__ = ["command"]


@click.group("pattern")
def command() -> None:
    """Check a filter pattern, or see which log events it matches."""


command.add_command(check_pattern)
command.add_command(test_pattern)
