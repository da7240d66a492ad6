"""Flags stand over the environment, that over the file, and that over the defaults."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.settings import SETTINGS, Evaluation, find_settings_file, load_settings

HOME = {"HOME": "/home/ada"}

# For each setting three different values, as TOML and a flag hold them.
SAMPLES: dict[str, tuple[Any, Any, Any]] = {
    "listen": ("127.0.0.1:1", "[::1]:2", "localhost:0"),
    "data": ("/one", "/two", "/three"),
    "source": (["/one"], ["/two", "/three"], ["/four"]),
    "from_": ("7d", "2026-09-14", "90s"),
    "evaluation": ("aws", "eager", "aws"),
    "controls": (["none"], ["4.1", "4.2"], ["4.3"]),
    "notify": (["-"], ["https://hooks.example/a"], ["http://hooks.example:8080/b", "-"]),
    "account_id": ("111122223333", "444455556666", "000000000001"),
    "region": ("eu-west-1", "us-gov-west-1", "eusc-de-east-1"),
    "gather_seconds": (0, 2.5, 300),
    "rescan_seconds": (0.5, 1, 86_400),
    "log_format": ("json", "text", "json"),
    "matched_event_days": (1, 30, 36_500),
    "matched_event_bytes": ("500 MiB", 1, "1TiB"),
    "log_event_bytes": ("500 MiB", 1, "1TiB"),
    "public_url": ("https://a.example", "http://b.example:8080", "https://c.example"),
    "unreachable_endpoints": ("retry", "refuse", "retry"),
    "allow_private_addresses": (True, False, True),
    "smtp_host": ("mail.example", "127.0.0.1", "mail.example"),
    "smtp_port": (25, 465, 2525),
    "smtp_security": ("none", "tls", "starttls"),
    "smtp_username": ("ada", "bob", "eve"),
    "smtp_password": ("one", "two", "three"),
    "smtp_from": ("a@a.example", "b@b.example", "c@c.example"),
}

LAYERS = ("file", "environment", "flag")


def as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def load(layers: dict[str, dict[str, Any]], folder: Path) -> Any:
    file = folder / "trailbell.toml"
    # Texts, numbers, booleans and lists of texts are spelt alike in JSON and TOML.
    fields = {field.name: field for field in SETTINGS}
    file.write_text(
        "".join(f"{fields[name].toml_key} = {json.dumps(value)}\n" for name, value in layers["file"].items())
    )
    variables = {fields[name].variable: as_text(value) for name, value in layers["environment"].items()}
    flags = {
        name: tuple(value) if isinstance(value, list) else value for name, value in layers["flag"].items()
    }
    return load_settings(flags, HOME | variables, file)


def test_every_setting_has_samples() -> None:
    assert {field.name for field in SETTINGS} == set(SAMPLES)


@given(st.dictionaries(st.sampled_from(sorted(SAMPLES)), st.sets(st.sampled_from(LAYERS)), max_size=6))
def test_of_any_layers_that_give_a_setting_the_highest_wins(given_by: dict[str, set[str]]) -> None:
    layers: dict[str, dict[str, Any]] = {
        layer: {name: SAMPLES[name][place] for name, givers in given_by.items() if layer in givers}
        for place, layer in enumerate(LAYERS)
    }
    highest = {
        name: next((layer for layer in reversed(LAYERS) if layer in given_by.get(name, ())), "default")
        for name in SAMPLES
    }
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(layers, Path(folder))
        alone = load_settings(
            {
                name: SAMPLES[name][LAYERS.index(layer)]
                for name, layer in highest.items()
                if layer != "default"
            },
            HOME,
            None,
        )
        origin_of = {"file": f"{folder}/trailbell.toml", "flag": "flag", "default": "default"}

        expected = {field.name: origin_of.get(highest[field.name], field.variable) for field in SETTINGS}

    assert alone.settings == loaded.settings
    assert expected == loaded.origins


def test_lists_in_variables_are_separated_by_commas() -> None:
    environment = HOME | {
        "TRAILBELL_SOURCE": "/logs, ~/trail,,",
        "TRAILBELL_NOTIFY": "-,https://hooks.example/x",
    }

    settings = load_settings({}, environment, None).settings

    assert settings.source == ("/logs", "/home/ada/trail")
    assert settings.notify == ("-", "https://hooks.example/x")


@pytest.mark.parametrize("not_given", [None, (), []])
def test_a_flag_that_was_not_given_leaves_the_layer_below(not_given: object) -> None:
    loaded = load_settings({"source": not_given}, HOME | {"TRAILBELL_SOURCE": "/logs"}, None)

    assert loaded.settings.source == ("/logs",)
    assert loaded.origins["source"] == "TRAILBELL_SOURCE"


def test_an_empty_variable_counts_as_not_given() -> None:
    loaded = load_settings({}, HOME | {"TRAILBELL_EVALUATION": "", "TRAILBELL_SOURCE": ""}, None)

    assert loaded.settings.evaluation is Evaluation.EAGER
    assert loaded.origins["source"] == "default"


def test_a_flag_of_false_stands_over_a_file_that_says_true(tmp_path: Path) -> None:
    file = tmp_path / "trailbell.toml"
    file.write_text("allow_private_addresses = true\n")

    loaded = load_settings({"allow_private_addresses": False}, HOME, file)

    assert loaded.settings.allow_private_addresses is False


def test_a_path_flag_may_be_a_path() -> None:
    settings = load_settings({"data": Path("/srv/data"), "source": (Path("/logs"),)}, HOME, None).settings

    assert settings.data == "/srv/data"
    assert settings.source == ("/logs",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4096", 4096), ("1KiB", 1024), ("2 MiB", 2 << 20), ("3 GiB", 3 << 30), ("1 TiB", 1 << 40)],
)
def test_sizes_may_carry_a_unit(text: str, expected: int) -> None:
    settings = load_settings({}, HOME | {"TRAILBELL_MATCHED_EVENT_BYTES": text}, None).settings

    assert expected == settings.matched_event_bytes


def test_the_file_is_the_one_named_by_flag_then_variable_then_the_folder_s_own(tmp_path: Path) -> None:
    named_by_variable = {"TRAILBELL_CONFIG": "/etc/trailbell.toml"}

    assert find_settings_file("other.toml", named_by_variable, tmp_path) == Path("other.toml")
    assert find_settings_file(None, named_by_variable, tmp_path) == Path("/etc/trailbell.toml")
    assert find_settings_file(None, {}, tmp_path) is None
    (tmp_path / "trailbell.toml").touch()
    assert find_settings_file(None, {}, tmp_path) == tmp_path / "trailbell.toml"
