"""What was rejected is listed with its place and beginning, and can be tried again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.records import denial, log_file
from support.scenario import Scenario
from trailbell.chain import ChainError, Retried
from trailbell.store import RejectedEntry

FAR_MINUTES = 100_000_000


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.clock.turn(minutes=FAR_MINUTES)
    made.chain.take_all()
    yield made
    made.close()


def test_a_rejected_line_is_listed_with_its_place_and_beginning(scenario: Scenario) -> None:
    (scenario.logs / "lines.jsonl").write_bytes(b'{"eventName":"A"}\nnonsense here\n{"eventName":"B"}\n')
    scenario.chain.take_all()
    [rejected] = scenario.chain.report.rejected()

    assert ("lines.jsonl", 18) == (rejected.file, rejected.offset)
    assert rejected.excerpt.startswith("nonsense here")
    assert rejected == scenario.chain.report.rejected_one(rejected.id)


def test_trying_again_what_is_still_unreadable_changes_nothing(scenario: Scenario) -> None:
    (scenario.logs / "lines.jsonl").write_bytes(b'{"eventName":"A"}\nnonsense\n')
    (scenario.logs / "cut.json.gz").write_bytes(log_file([denial()])[:-9])
    scenario.chain.take_all()
    before = scenario.classes()
    outcomes = scenario.chain.retry_rejected()

    assert {("lines.jsonl", 0, 1), ("cut.json.gz", 0, 1)} == {
        (each.file, each.resolved, each.left) for each in outcomes
    }
    assert before == scenario.classes()
    assert len(scenario.chain.report.rejected()) == 2


def test_what_a_better_reader_can_read_counts_as_of_now(scenario: Scenario) -> None:
    """A file on the list that is readable after all stands for one that an older version could not read."""
    (scenario.logs / "good.jsonl").write_bytes(b'{"eventName":"A"}\n{"eventName":"B"}\n')
    scenario.chain.take_all()
    with scenario.store.write() as transaction:
        [source] = transaction.sources.all()
        entry = RejectedEntry("good.jsonl", 18, "an older version could not read it", 1)
        transaction.sources.add_rejected(source.id, [entry])
        counts = type(source.counts)(rejected=1, unmatched=-1)
        transaction.sources.add_counts(source.id, counts, 0, 1, 0)
    before = scenario.classes()
    outcomes = scenario.chain.retry_rejected("good.jsonl")

    assert [Retried("good.jsonl", 1, 0, "")] == outcomes
    assert (before.rejected - 1, before.unmatched + 1) == (
        scenario.classes().rejected,
        scenario.classes().unmatched,
    )
    assert before.read == scenario.classes().read
    assert [] == scenario.chain.report.rejected()


def test_a_mended_file_is_read_by_itself_and_keeps_counting_its_rejection(scenario: Scenario) -> None:
    path = scenario.logs / "cut.json.gz"
    path.write_bytes(log_file([denial()])[:-9])
    scenario.chain.take_all()
    path.write_bytes(log_file([denial()]))
    scenario.chain.take_all()
    classes = scenario.classes()

    assert (1, 1, 2) == (classes.matched, classes.rejected, classes.read)


def test_a_file_that_is_gone_is_told(scenario: Scenario) -> None:
    path = scenario.logs / "cut.json.gz"
    path.write_bytes(b"\x1f\x8b nothing")
    scenario.chain.take_all()
    path.unlink()
    [outcome] = scenario.chain.retry_rejected("cut.json.gz")

    assert (0, 1, "the file is gone or cannot be read") == (outcome.resolved, outcome.left, outcome.reason)


def test_a_name_of_which_nothing_was_rejected_is_told(scenario: Scenario) -> None:
    with pytest.raises(ChainError, match=r"nothing was rejected of a file called 'x\.json'"):
        scenario.chain.retry_rejected("x.json")
