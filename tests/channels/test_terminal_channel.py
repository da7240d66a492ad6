"""Messages for people on a stream."""

import contextlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from trailbell.channels import MemoryChannel, Outcome, OutcomeKind, OutgoingMessage, TerminalChannel


def message(text: str) -> OutgoingMessage:
    return OutgoingMessage("11111111-2222-3333-4444-555555555555", "ALARM", "{}", text, {})


@contextmanager
def broken_stream(handle: int) -> Iterator[TextIO]:
    stream = os.fdopen(handle, "w")
    try:
        yield stream
    finally:
        # What is left in the buffer cannot be written now either.
        with contextlib.suppress(OSError):
            stream.close()


def test_the_text_is_written_with_a_newline_and_flushed() -> None:
    raw = io.BytesIO()
    channel = TerminalChannel(io.TextIOWrapper(raw, encoding="utf-8", write_through=False))

    outcomes = [channel.send(message("ALARM: é")), channel.send(message("two\nlines"))]

    assert [Outcome(OutcomeKind.DELIVERED, "written")] * 2 == outcomes
    assert raw.getvalue().decode() == "ALARM: é\ntwo\nlines\n"


def test_a_stream_without_an_encoding_will_do() -> None:
    stream = io.StringIO()

    TerminalChannel(stream).send(message("é"))

    assert stream.getvalue() == "é\n"


def test_what_the_terminal_cannot_show_is_escaped() -> None:
    raw = io.BytesIO()

    stream = io.TextIOWrapper(raw, encoding="ascii")
    TerminalChannel(stream).send(message("caller: José \ud83d"))

    assert raw.getvalue() == b"caller: Jos\\xe9 \\ud83d\n"


def test_a_closed_stream_refuses_for_good() -> None:
    stream = io.StringIO()
    stream.close()

    assert TerminalChannel(stream).send(message("x")).kind is OutcomeKind.REFUSED


def test_a_pipe_nobody_reads_refuses_for_good() -> None:
    reader, writer = os.pipe()
    os.close(reader)

    with broken_stream(writer) as stream:
        assert TerminalChannel(stream).send(message("x")).kind is OutcomeKind.REFUSED


def test_a_full_disk_is_to_be_tried_again() -> None:
    # /dev/full refuses every write for want of space.
    with broken_stream(os.open("/dev/full", os.O_WRONLY)) as stream:
        outcome = TerminalChannel(stream).send(message("x"))

    assert Outcome(OutcomeKind.RETRY, "the output cannot be written to: No space left on device") == outcome


def test_closing_the_channel_leaves_the_stream_open() -> None:
    stream = io.StringIO()

    TerminalChannel(stream).close()

    assert not stream.closed


def test_the_channel_for_tests_keeps_messages_and_answers_as_told() -> None:
    retry = Outcome(OutcomeKind.RETRY, "answered 500", 500)
    channel = MemoryChannel([retry])

    kinds = [channel.send(message(text)).kind for text in ("one", "two")]
    channel.close()

    assert kinds == [OutcomeKind.RETRY, OutcomeKind.DELIVERED]
    assert [kept.text for kept in channel.tried] == ["one", "two"]
    assert channel.is_closed
