"""The command line: one module per command group, each loaded only when its command is asked for."""

from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._main import COMMANDS, main

__all__ = ["COMMANDS", "ExitCode", "main"]
