"""`trailbell pattern test` that is asked to end while it waits."""

import signal
import subprocess
import sys

from trailbell.cli import ExitCode


def test_it_ends_at_ctrl_c_while_standard_input_is_silent() -> None:
    pipe = subprocess.PIPE
    # A shell has what it starts in the background ignore Ctrl-C, and this test with it.
    script = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from trailbell.cli import main\n"
        "main(['pattern', 'test', 'ERROR', '-'], prog_name='trailbell')\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"ERROR a\n")
        process.stdin.flush()
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait(60)
        said = process.stderr.read()

    assert (b"ERROR a\n", b"\nAborted!\n", ExitCode.PROBLEM) == (first, said, code)
