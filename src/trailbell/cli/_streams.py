"""Standard output and standard error that may be full, closed, or left by their reader."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

import click

from trailbell.cli._exit_codes import ExitCode

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["standard_streams"]


class _Output(io.FileIO):
    """Standard output, which remembers why it could not be written."""

    failure: OSError | None = None

    def write(self, content: "ReadableBuffer", /) -> int:
        try:
            return super().write(content)
        except OSError as error:
            self.failure = error
            raise


class _Remarks(io.FileIO):
    """Standard error: nothing ends because what is said beside the answer is not heard."""

    def write(self, content: "ReadableBuffer", /) -> int:
        try:
            return super().write(content)
        except OSError:
            return memoryview(content).nbytes


@contextlib.contextmanager
def standard_streams() -> Iterator[Callable[[], bool]]:
    """Ends the program with an exit code of its own where standard output could not be written.

    It says why, except that a reader has left, as ``head`` does: that is no news.
    Meanwhile the function it gives says whether something was lost.
    Streams that are somebody else's, such as a test's, are left alone.
    """
    before = sys.stdout, sys.stderr
    if sys.stderr is sys.__stderr__:
        # A file that is opened next would take the place of a stream that is closed.
        number = os.open(os.devnull, os.O_WRONLY) if sys.stderr is None else sys.stderr.fileno()
        sys.stderr = _text(_Remarks(number, "w", closefd=False), before[1])
    output = None
    if sys.stdout is sys.__stdout__:
        # What is open for reading refuses what is written, as what is closed does.
        number = os.open(os.devnull, os.O_RDONLY) if sys.stdout is None else sys.stdout.fileno()
        output = _Output(number, "w", closefd=False)
        sys.stdout = _text(output, before[0])
    try:
        yield lambda: output is not None and output.failure is not None
    finally:
        if output is not None:
            _end_output(output)
        sys.stdout, sys.stderr = before


def _text(stream: io.FileIO, before: TextIO | None) -> TextIO:
    """Returns a stream of text over one of bytes, like the one that was there."""
    encoding = "utf-8" if before is None else before.encoding
    # Log text holds anything, and a terminal that cannot show it is no reason to end.
    return io.TextIOWrapper(
        io.BufferedWriter(stream), encoding, "backslashreplace", line_buffering=stream.isatty()
    )


def _end_output(output: _Output) -> None:
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    failure = output.failure
    if failure is None:
        return
    # What is left in a buffer is written when the interpreter ends, which would complain once more.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, output.fileno())
    os.close(nowhere)
    if failure.errno != errno.EPIPE:
        why = "it is closed" if failure.errno == errno.EBADF else (failure.strerror or str(failure)).lower()
        click.echo(f"trailbell: standard output cannot be written: {why}", err=True)
    raise SystemExit(ExitCode.OUTPUT_LOST) from failure
