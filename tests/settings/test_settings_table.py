"""The table of settings is the whole of them, and what it says is so."""

import pytest

from trailbell.settings import SETTINGS, SettingField, Settings, load_settings


def test_the_table_names_every_setting_once_and_in_order() -> None:
    assert Settings.__struct_fields__ == tuple(field.name for field in SETTINGS)


@pytest.mark.parametrize("field", SETTINGS, ids=lambda field: field.name)
def test_flag_variable_and_key_are_spelt_after_the_name(field: SettingField) -> None:
    name = field.name.removesuffix("_")

    assert field.flag == "--" + name.replace("_", "-")
    assert field.variable == "TRAILBELL_" + name.upper()
    assert field.toml_key == (f"smtp.{name[5:]}" if name.startswith("smtp_") else name)


@pytest.mark.parametrize("field", SETTINGS, ids=lambda field: field.name)
def test_every_setting_says_what_it_means_and_what_it_takes(field: SettingField) -> None:
    assert field.meaning.endswith(".")
    assert field.expected


@pytest.mark.parametrize("field", [field for field in SETTINGS if field.name != "data"], ids=lambda f: f.name)
def test_a_default_as_text_gives_the_default(field: SettingField) -> None:
    loaded = load_settings({}, {"HOME": "/home/ada", field.variable: field.default}, None)

    assert load_settings({}, {"HOME": "/home/ada"}, None).settings == loaded.settings


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.local/share/trailbell"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "/srv/ada/"}, "/srv/ada/trailbell"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "relative"}, "/home/ada/.local/share/trailbell"),
        ({"XDG_DATA_HOME": "/srv/ada"}, "/srv/ada/trailbell"),
    ],
)
def test_the_data_folder_follows_the_base_directory_specification(
    environment: dict[str, str], expected: str
) -> None:
    assert expected == load_settings({}, environment, None).settings.data
