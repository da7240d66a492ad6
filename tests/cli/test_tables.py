"""Tables for people, and for whoever reads them from a pipe."""

import pytest

from trailbell.cli._tables import print_table


def test_in_a_pipe_each_row_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    long = "x" * 1000
    print_table(["who", "#calls", "event id"], [(long, 1, long), ("short", 2, "id")], "Nothing.")
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]

    assert [[long, "1", long], ["short", "2", "id"]] == rows[-3:-1]
