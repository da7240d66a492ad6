"""The tables of calls are complete: whatever stands in them can be written."""

from collections import Counter

import msgspec
import pytest

from trailbell.simulate import Company
from trailbell.simulate._callers import Callers
from trailbell.simulate._calls import Call, read_calls, read_rare_calls
from trailbell.simulate._chance import Chance
from trailbell.simulate._records import Outcome, RecordWriter

TABLES = ("common", "controls", "log_delivery", "oversize", "probes")
CALLS = [*(call for table in TABLES for call in read_calls(table)), *read_rare_calls(1.0)]


@pytest.mark.parametrize("outcome", Outcome)
def test_every_call_of_every_table_can_be_written_however_it_ends(outcome: Outcome) -> None:
    chance = Chance("every call")
    company = Company(1)
    callers, writer = Callers(company, chance), RecordWriter(company.seed, "", chance)
    written = [
        writer.write(call, callers.choose(call, company.home), company.home, 0, outcome) for call in CALLS
    ]

    assert [msgspec.json.decode(record)["eventName"] for record in written] == [call.name for call in CALLS]


def test_the_common_and_the_rare_calls_have_none_in_common() -> None:
    def kinds(calls: tuple[Call, ...]) -> set[tuple[str, str]]:
        return {(call.service, call.name) for call in calls}

    assert kinds(read_calls("common")) & kinds(read_rare_calls(1.0)) == set()


def test_a_rare_call_stands_in_its_table_once() -> None:
    kinds = Counter((call.service, call.name) for call in read_rare_calls(1.0))

    assert [kind for kind, count in kinds.items() if count > 1] == []


def test_the_rare_calls_weigh_what_they_are_told_to() -> None:
    assert sum(call.weight for call in read_rare_calls(14.0)) == pytest.approx(14.0)
