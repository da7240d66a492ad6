"""Patterns met in the field, each held against the reference pattern of its CIS control."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from trailbell.controls import control_of
from trailbell.patterns import FilterPattern, Relation, compare


class Variant(msgspec.Struct, frozen=True):
    """One line of the case file."""

    id: str
    control: str
    pattern: str
    source: str
    relation_to_reference: Relation
    witness_event_matched_only_by_reference: dict[str, Any] | None
    witness_event_matched_only_by_variant: dict[str, Any] | None
    note: str = ""

    @property
    def reference(self) -> FilterPattern:
        """The pattern of the control, in the newest text of the benchmark."""
        return FilterPattern(control_of(self.control).pattern or "")


_FILE = Path(__file__).parents[1] / "cases" / "pattern-variants.jsonl"
VARIANTS = msgspec.json.Decoder(Variant).decode_lines(_FILE.read_bytes())
EACH = pytest.mark.parametrize("variant", [pytest.param(each, id=each.id) for each in VARIANTS])

# Events that only an invented record shows: their values or calls are not among those that are known.
IMPLAUSIBLE = {"mfa-02", "root-05", "kms-02"}


@EACH
def test_a_variant_relates_to_its_reference_as_the_case_says(variant: Variant) -> None:
    coverage = compare(variant.reference, variant.pattern)

    assert (variant.relation_to_reference, "") == (
        coverage.relation,
        coverage.reason if coverage.plausible is None else "",
    )


@EACH
def test_the_events_of_the_case_do_what_it_says(variant: Variant) -> None:
    candidate = FilterPattern(variant.pattern)
    missed = variant.witness_event_matched_only_by_reference
    added = variant.witness_event_matched_only_by_variant

    assert missed is None or (True, False) == (variant.reference.matches(missed), candidate.matches(missed))
    assert added is None or (False, True) == (variant.reference.matches(added), candidate.matches(added))


@EACH
def test_an_event_is_given_for_each_difference_and_does_what_it_should(variant: Variant) -> None:
    candidate = FilterPattern(variant.pattern)
    coverage = compare(variant.reference, candidate)
    missed, added = coverage.only_reference, coverage.only_candidate

    assert (coverage.relation in (Relation.STRICTER, Relation.INCOMPARABLE)) == (missed is not None)
    assert (coverage.relation in (Relation.LOOSER, Relation.INCOMPARABLE)) == (added is not None)
    assert missed is None or (True, False) == (variant.reference.matches(missed), candidate.matches(missed))
    assert added is None or (False, True) == (variant.reference.matches(added), candidate.matches(added))


@EACH
def test_the_events_given_are_whole_records_that_could_have_been_written(variant: Variant) -> None:
    coverage = compare(variant.reference, variant.pattern)
    messages = [each for each in (coverage.only_reference, coverage.only_candidate) if each is not None]

    assert (variant.id not in IMPLAUSIBLE if messages else None) == coverage.plausible
    for message in messages:
        assert {"eventVersion", "eventTime", "awsRegion", "userIdentity"} <= json.loads(message).keys()


def test_the_cases_show_every_relation() -> None:
    assert set(Relation) - {Relation.UNKNOWN} == {each.relation_to_reference for each in VARIANTS}
    assert 69 == len(VARIANTS)
