"""The cast is fixed by the seed and belongs to nobody."""

import re
from collections import Counter

import pytest

from support.simulated_traffic import START_MS, records_in
from trailbell.simulate import Company, DeliveryHabits, Profile, generate


def test_the_same_seed_gives_the_same_company() -> None:
    first, second = Company(41), Company(41)

    assert (first.name, first.account_ids, first.regions) == (second.name, second.account_ids, second.regions)


def test_another_seed_gives_another_company() -> None:
    names = {(company.name, company.account_ids) for company in map(Company, range(20))}

    assert len(names) == 20


@pytest.mark.parametrize("seed", range(5))
def test_account_numbers_are_of_the_form_that_marks_invented_ones(seed: int) -> None:
    numbers = Company(seed).account_ids

    assert [number for number in numbers if not re.fullmatch(r"(\d)\1{3}(\d)\2{3}(\d)\3{3}", number)] == []


def test_places_share_the_whole_traffic() -> None:
    assert sum(place.share for place in Company(1).places) == pytest.approx(1)


def test_addresses_are_from_the_blocks_for_documentation_or_name_a_service() -> None:
    invented = re.compile(
        r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}|[a-z0-9.-]+\.amazonaws\.com|AWS Internal"
    )
    records = records_in(generate(Company(1), Profile.INTRUDER, START_MS, 600, 10))

    assert {r["sourceIPAddress"] for r in records if not invented.fullmatch(r["sourceIPAddress"])} == set()


def test_access_keys_end_in_a_word_that_no_real_key_ends_in() -> None:
    records = records_in(generate(Company(1), Profile.CALM, START_MS, 600, 10))
    keys = {r["userIdentity"]["accessKeyId"] for r in records if "accessKeyId" in r["userIdentity"]}

    assert [key for key in keys if not re.fullmatch(r"A[KS]IA[A-Z2-7]{9}EXAMPLE", key)] == []


def test_another_run_of_the_same_company_has_the_same_people() -> None:
    def users(run_id: str) -> Counter[str]:
        habits = DeliveryHabits(run_id=run_id)
        records = records_in(generate(Company(1), Profile.CALM, START_MS, 900, 10, habits))
        return Counter(
            f"{r['userIdentity']['arn']} {r['userIdentity']['principalId']}"
            for r in records
            if r["userIdentity"].get("type") == "IAMUser"
        )

    busiest = {user for user, _ in users("monday").most_common(8)}

    assert busiest <= set(users("tuesday"))


def test_a_role_session_keeps_its_temporary_key_while_it_lasts() -> None:
    records = records_in(generate(Company(1), Profile.CALM, START_MS, 1200, 10))
    roles = [r["userIdentity"] for r in records if r["userIdentity"].get("type") == "AssumedRole"]
    keys: dict[tuple[str, str], set[str]] = {}
    for role in roles:
        began = role["sessionContext"]["attributes"]["creationDate"]
        if "accessKeyId" in role:
            keys.setdefault((role["arn"], began), set()).add(role["accessKeyId"])

    assert len(keys) > 50
    assert {session: found for session, found in keys.items() if len(found) > 1} == {}
