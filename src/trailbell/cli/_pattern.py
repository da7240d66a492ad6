"""`trailbell pattern`."""

import click

from trailbell.cli._pattern_check import check_pattern
from trailbell.cli._pattern_compare import compare_pattern
from trailbell.cli._pattern_explain import explain_pattern
from trailbell.cli._pattern_lint import lint_pattern
from trailbell.cli._pattern_test import test_pattern

__all__ = ["command"]


@click.group("pattern")
def command() -> None:
    """Check a filter pattern, or see which log events it matches."""


command.add_command(check_pattern)
command.add_command(compare_pattern)
command.add_command(explain_pattern)
command.add_command(lint_pattern)
command.add_command(test_pattern)
