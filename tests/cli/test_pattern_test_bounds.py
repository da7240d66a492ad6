"""`trailbell pattern test` on what is long or much: lines, files, and lists of what was left out."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from trailbell.cli import main
from trailbell.cli._log_lines import LineCutter

MEBIBYTE = 1024 * 1024


def run(*words: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["pattern", "test", *map(str, words)], input=stdin)


@given(st.lists(st.sampled_from([b"a", b"bc", b" ", b"\r", b"\n", b"\r\n", b"\x00\xff", b"\xc3"])), st.data())
def test_lines_are_the_same_wherever_the_text_is_cut(parts: list[bytes], data: st.DataObject) -> None:
    text = b"".join(parts)
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    cutter = LineCutter()
    chunks = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    found = [line for chunk in chunks for line in cutter.cut(chunk).events] + cutter.end().events
    *ended, last = text.split(b"\n")
    lines = [line.removesuffix(b"\r") for line in ended] + [last]

    assert found == [line for line in lines if line.strip()]


@pytest.mark.parametrize("size", [MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, MEBIBYTE + 2, 5 * MEBIBYTE + 7])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_above_a_mebibyte_is_rejected_and_the_next_is_read(
    tmp_path: Path, size: int, end: bytes
) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"\nx\n" + b"y" * size + end + (b"ERROR\n" if end else b""))
    done = run("-x", file, "--format", "json")
    told = json.loads(done.stdout)
    is_long = size > MEBIBYTE

    assert told["rejected"] == (
        [
            {
                "file": str(file),
                "place": "line 3",
                "reason": f"a line of {size:,} bytes, above the limit of 1,048,576",
            }
        ]
        if is_long
        else []
    )
    assert [len(event["message"]) for event in told["events"]] == [
        *([] if is_long else [size]),
        *([5] if end else []),
    ]


def test_lines_that_lie_across_the_pieces_of_a_file_are_whole(tmp_path: Path) -> None:
    lines = [f"{number:07d} {'x' * (number % 300)}" for number in range(30_000)]
    file = tmp_path / "log.gz"
    file.write_bytes(gzip.compress("\r\n".join(lines).encode(), 1))

    assert run("", file).stdout.splitlines() == lines


@pytest.mark.parametrize("start", [b"text\n", b'{"eventVersion":"1"}\n'])
def test_what_unpacks_to_one_endless_line_takes_little_memory(tmp_path: Path, start: bytes) -> None:
    file = tmp_path / "bomb.gz"
    with gzip.open(file, "wb", 1) as packed:
        packed.write(start)
        for _ in range(150):
            packed.write(b"{" + b"x" * (MEBIBYTE - 1))
        packed.write(b"\nend\n")
    run("ERROR", stdin=b"what is imported once\n")
    tracemalloc.start()
    done = run("ERROR", file)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert f"{file}, line 2: " in done.stderr
    assert peak_bytes < 64 * MEBIBYTE


def test_many_lines_take_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "much.gz"
    with gzip.open(file, "wb", 1) as packed:
        for _ in range(64):
            packed.write((b"INFO " + b"x" * 8187) * 128)
            packed.write(b"\n")
    run("ERROR", stdin=b"what is imported once\n")
    tracemalloc.start()
    done = run("ERROR", file)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert done.stderr == "read 64 = matched 0 + unmatched 64 + duplicate 0 + rejected 0\n"
    assert peak_bytes < 16 * MEBIBYTE


def test_a_thousand_rejected_are_named_and_all_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text('{"eventVersion":"1"}\n' + "text\n" * 1234)
    told = json.loads(run("", file, "--format", "json").stdout)
    done = run("", file)

    assert {"read": 1235, "matched": 1, "unmatched": 0, "duplicate": 0, "rejected": 1234} == told["records"]
    assert (1000, {"rejected": 234, "passed_over": 0}) == (len(told["rejected"]), told["left_off"])
    assert done.stderr.count(f"{file}, line") == 1000
    assert "trailbell: and 234 more rejected, not named\n" in done.stderr


def test_a_thousand_files_passed_over_are_named_and_all_are_counted(tmp_path: Path) -> None:
    for number in range(1003):
        (tmp_path / f"{number}").symlink_to("nowhere")
    told = json.loads(run("", tmp_path, "--format", "json").stdout)

    assert (1000, {"rejected": 0, "passed_over": 3}) == (len(told["passed_over"]), told["left_off"])
    assert "trailbell: and 3 more passed over, not named\n" in run("", tmp_path).stderr
