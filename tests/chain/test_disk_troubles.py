"""A full disk stops acknowledging, says so, and loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.records import denial, record, write_log
from support.scenario import Scenario
from trailbell.store import StoreError

ENDLESS_PAGES = 1_000_000


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.chain.take_all()
    yield made
    made.close()


def limit_pages(scenario: Scenario, pages: int | None) -> None:
    """Lets the database grow no more, or to so many pages."""
    with scenario.store.write() as transaction:
        connection = transaction.filters._connection
        if pages is None:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_a_full_database_takes_nothing_in_part_and_goes_on_when_there_is_room(scenario: Scenario) -> None:
    limit_pages(scenario, None)
    for number in range(20):
        write_log(scenario.logs / f"{number}.json.gz", [denial("mallory"), *(record() for _ in range(30))])
    with pytest.raises(StoreError, match="full; make room: nothing is lost"):
        scenario.chain.take_all()
    while_full = scenario.classes()
    events_while_full = scenario.chain.report.status().tables

    limit_pages(scenario, ENDLESS_PAGES)
    scenario.chain.take_all()

    assert while_full.read == 0
    assert 0 == next(each.rows for each in events_while_full if each.table == "event")
    assert (620, 20) == (scenario.classes().read, scenario.classes().matched)
    assert scenario.state() == "ALARM"


def test_a_failed_step_is_told_until_it_succeeds(scenario: Scenario) -> None:
    troubles = scenario.chain.troubles
    troubles.report("ingest", "the disk is full")
    told = scenario.chain.report.status().troubles
    troubles.clear("ingest")

    assert {"ingest": "the disk is full"} == told
    assert {} == scenario.chain.report.status().troubles
