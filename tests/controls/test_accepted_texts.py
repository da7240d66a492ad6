"""The texts of every version and of Security Hub are those of the catalogue's source."""

from typing import Any

import msgspec
import pytest

from support.project import ROOT
from trailbell.controls import (
    CATALOGUE,
    SECURITY_HUB,
    VERSIONS,
    Control,
    accepted_texts,
    control_id,
    event_sources,
)
from trailbell.patterns import parse_pattern

SOURCE: dict[str, Any] = {
    each["key"]: each
    for each in msgspec.json.decode((ROOT / "tests/cases/cis-controls.json").read_bytes())["controls"]
}


def key(control: Control) -> str:
    return control.key


@pytest.mark.parametrize("control", CATALOGUE, ids=key)
def test_each_version_accepts_the_texts_it_gives_the_main_one_first(control: Control) -> None:
    given = SOURCE[control.key]["patterns"]
    wanted = {
        version: sorted(each["pattern"] for each in given if version in each["versions"])
        for version in VERSIONS
    }

    assert wanted == {version: sorted(accepted_texts(control, version)) for version in VERSIONS}
    assert accepted_texts(control, "7.0.0")[:1] == (() if control.pattern is None else (control.pattern,))


@pytest.mark.parametrize("control", CATALOGUE, ids=key)
def test_security_hub_has_its_own_text_and_number(control: Control) -> None:
    given = SOURCE[control.key]["security_hub"] or {}
    text = () if given.get("id") is None else (given["pattern"],)

    assert given.get("id") == control_id(control, SECURITY_HUB)
    assert text == accepted_texts(control, SECURITY_HUB)


@pytest.mark.parametrize("control", CATALOGUE, ids=key)
def test_a_control_names_the_sources_of_its_events(control: Control) -> None:
    assert tuple(SOURCE[control.key]["event_sources"]) == event_sources(control)


def test_every_accepted_text_is_a_valid_pattern() -> None:
    texts = [
        text
        for control in CATALOGUE
        for profile in (*VERSIONS, SECURITY_HUB)
        for text in accepted_texts(control, profile)
    ]

    assert len(texts) > 150
    assert all(parse_pattern(text) for text in texts)
