"""What the process says to the shell when it ends."""

import enum

__all__ = ["ExitCode"]


class ExitCode(enum.IntEnum):
    """Exit codes of every command."""

    DONE = 0
    PROBLEM = 1
    USAGE = 2
    NO_SERVER = 3
    REFUSED = 4
    CANNOT_START = 5
    INVALID_PATTERN = 6
    PATTERN_WARNING = 7
    PATTERN_FAULT = 8
    PATTERN_MISSES = 9
    PATTERN_UNDECIDED = 10
    CONTROL_FAILS = 11
    CONTROL_UNKNOWN = 12
    CONTROL_NOISY = 13
    CONTROL_LEFT = 14
    CHANGE_STOPPED = 15
    VERIFY_STOPPED = 16
    OUTPUT_LOST = 17

    @property
    def meaning(self) -> str:
        """Says it in words, for the documentation."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.DONE: "The command did what it says.",
    ExitCode.PROBLEM: (
        "`doctor` found something to mend, `pattern test` or `replay` could not read everything, "
        "or an error nobody foresaw."
    ),
    ExitCode.USAGE: "The command line is not valid.",
    ExitCode.NO_SERVER: "No server answers at the address asked.",
    ExitCode.REFUSED: "The server answered that it cannot do this, and why.",
    ExitCode.CANNOT_START: (
        "The settings, the data folder or a source do not allow the server, or a replay, to start."
    ),
    ExitCode.INVALID_PATTERN: "The filter pattern is not valid.",
    ExitCode.PATTERN_WARNING: "`pattern lint` warns of something, and found no error.",
    ExitCode.PATTERN_FAULT: "`pattern lint` found an error.",
    ExitCode.PATTERN_MISSES: "`pattern compare`: some events that REFERENCE matches are missed.",
    ExitCode.PATTERN_UNDECIDED: "`pattern compare` cannot decide.",
    ExitCode.CONTROL_FAILS: "`audit` found a control that fails.",
    ExitCode.CONTROL_UNKNOWN: "`audit` could not see enough of an account, and found nothing that fails.",
    ExitCode.CONTROL_NOISY: "`audit --fail-on noisy` found an alarm that rings far too often, and no worse.",
    ExitCode.CONTROL_LEFT: (
        "`remediate`: something is left to a person, such as a subscription that waits to be confirmed."
    ),
    ExitCode.CHANGE_STOPPED: "`remediate`: a change could not be made, or taken back; the rest stands.",
    ExitCode.VERIFY_STOPPED: "`verify` could not prove the whole chain, and says where it stopped and why.",
    ExitCode.OUTPUT_LOST: (
        "Standard output is full or closed, or its reader has left: not all that was to be said was written."
    ),
}
