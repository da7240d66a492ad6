"""What cannot be used is refused with its name, its place and what would be right."""

from pathlib import Path
from typing import Any

import pytest

from trailbell.settings import SETTINGS, SettingsError, load_settings

HOME = {"HOME": "/home/ada"}


def refusal(flags: dict[str, Any], environment: dict[str, str], file: Path | None = None) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(flags, HOME | environment, file)
    return caught.value


WRONG = [
    ("listen", "4747"),
    ("listen", "127.0.0.1:70000"),
    ("evaluation", "lazy"),
    ("controls", "none,4.1"),
    ("account_id", "1234"),
    ("account_id", "111122223333\n"),
    ("account_id", "1111222233334"),
    ("region", "us east 1"),
    ("gather_seconds", "soon"),
    ("gather_seconds", "-1"),
    ("gather_seconds", "nan"),
    ("gather_seconds", "inf"),
    ("rescan_seconds", "0"),
    ("rescan_seconds", "nan"),
    ("log_format", "xml"),
    ("matched_event_days", "0"),
    ("matched_event_days", "1.5"),
    ("matched_event_bytes", "2 GB"),
    ("matched_event_bytes", "0"),
    ("matched_event_bytes", "99999999999 TiB"),
    ("allow_private_addresses", "maybe"),
    ("log_event_bytes", "0"),
    ("public_url", "alarms.example.com"),
    ("public_url", "https://alarms.example.com/below"),
    ("public_url", "https://me:secret@alarms.example.com"),
    ("unreachable_endpoints", "ignore"),
    ("smtp_port", "0"),
    ("smtp_security", "ssl"),
    ("smtp_from", "nobody"),
    ("smtp_from", "a@b.example\nBcc: c@d.example"),
]


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_wrong_value_is_refused_with_its_variable_and_what_is_expected(name: str, text: str) -> None:
    variable = f"TRAILBELL_{name.upper()}"
    error = refusal({}, {variable: text})
    shown = str(error)

    assert (name, variable) == (error.name, error.origin)
    assert variable in shown
    assert repr(text) in shown or text.partition(",")[0] in shown
    assert "expected" in shown or "at most" in shown


NO_TEXT = [
    ("region", "us-\udcff"),
    ("controls", "\udcff"),
    ("public_url", "http://\udcff"),
    ("notify", "http://\udcff"),
    ("smtp_username", "\udcff"),
]


@pytest.mark.parametrize(("name", "text"), NO_TEXT)
def test_what_is_no_utf_8_is_refused(name: str, text: str) -> None:
    error = refusal({}, {f"TRAILBELL_{name.upper()}": text})

    assert name == error.name
    assert str(error).encode()


def test_the_data_folder_may_have_any_name() -> None:
    loaded = load_settings({"data": "/\udcff"}, HOME, None)

    assert "/\udcff" == loaded.settings.data


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("account_id = 111122223333", "account_id"),
        ("matched_event_days = '90'", "matched_event_days"),
        ("matched_event_days = true", "matched_event_days"),
        ("source = '/logs'", "source"),
        ("source = ['']", "source"),
        ("source = [1]", "source"),
        ("allow_private_addresses = 'true'", "allow_private_addresses"),
        ("gather_seconds = 1979-05-27", "gather_seconds"),
        ("[listen]\nport = 4747", "listen"),
        ("data = ''", "data"),
    ],
)
def test_the_file_must_hold_values_of_the_right_type(tmp_path: Path, line: str, name: str) -> None:
    file = tmp_path / "trailbell.toml"
    file.write_text(line)

    error = refusal({}, {}, file)

    assert (name, str(file)) == (error.name, error.origin)


@pytest.mark.parametrize(
    "secret",
    ["ftp://hooks.example/secret-token", "secret-token", "https:///secret-token", "//h/secret-token"],
)
def test_a_wrong_receiver_is_refused_without_showing_it(secret: str) -> None:
    assert "secret-token" not in str(refusal({"notify": (secret,)}, {}))
    assert "secret-token" not in str(refusal({}, {"TRAILBELL_NOTIFY": f"-,{secret}"}))


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("TRAILBELL_LISTENS", "TRAILBELL_LISTEN"),
        ("TRAILBELL_EVALUATON", "TRAILBELL_EVALUATION"),
        ("TRAILBELL_ACCOUNT", "TRAILBELL_ACCOUNT_ID"),
        ("TRAILBELL_REGIONS", "TRAILBELL_REGION"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_one(variable: str, nearest: str) -> None:
    error = refusal({}, {variable: "x"})

    assert (variable, "the environment") == (error.name, error.origin)
    assert f"the nearest is {nearest}" in str(error)


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    file = tmp_path / "trailbell.toml"
    file.write_text("# about: sources\nsource = ['/logs']\n\nrescan-seconds = 5\n")

    error = refusal({}, {}, file)

    assert error.origin == f"{file}, line 4"
    assert "the nearest is rescan_seconds" in str(error)


def test_an_unknown_table_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "trailbell.toml"
    file.write_text("source = ['/logs']\n[alarms]\nperiod = 60\n")

    assert refusal({}, {}, file).origin == f"{file}, line 2"


def test_an_unknown_flag_is_refused() -> None:
    assert "the nearest is listen" in str(refusal({"listens": "x"}, {}))


@pytest.mark.parametrize(
    "content",
    [b"listen = ", b"listen = '127.0.0.1:1'\nlisten = '127.0.0.1:2'\n", b"\xff\xfe", b"a = 1 b = 2"],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "trailbell.toml"
    file.write_bytes(content)

    error = refusal({}, {}, file)

    assert str(file) == error.name
    assert "is no valid TOML" in str(error)


def test_a_file_that_is_named_but_missing_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in str(refusal({}, {}, tmp_path / "missing.toml"))


def test_a_wrong_value_is_refused_even_where_a_higher_layer_gives_a_right_one(tmp_path: Path) -> None:
    file = tmp_path / "trailbell.toml"
    file.write_text("evaluation = 'lazy'")

    assert str(file) == refusal({"evaluation": "aws"}, {}, file).origin


def test_no_home_is_told_only_where_one_is_needed() -> None:
    assert load_settings({"data": "/srv"}, {}, None).settings.data == "/srv"
    with pytest.raises(SettingsError, match="HOME is not set"):
        load_settings({}, {}, None)
    with pytest.raises(SettingsError, match="HOME is not set"):
        load_settings({"data": "/srv", "source": ("~/logs",)}, {}, None)


def test_our_other_variables_and_those_of_kubernetes_are_let_pass() -> None:
    others = {
        "TRAILBELL_URL": "http://127.0.0.1:4747",
        "TRAILBELL_CONFIG": "trailbell.toml",
        "TRAILBELL_REAL_DATA": "/data",
        "TRAILBELL_VENV": "/venv",
        "TRAILBELL_SERVICE_HOST": "192.0.2.1",
        "TRAILBELL_SERVICE_PORT": "4747",
        "TRAILBELL_SERVICE_PORT_HTTP": "4747",
        "TRAILBELL_PORT": "tcp://192.0.2.1:4747",
        "TRAILBELL_PORT_4747_TCP": "tcp://192.0.2.1:4747",
        "TRAILBELL_PORT_4747_TCP_ADDR": "192.0.2.1",
    }

    loaded = load_settings({}, HOME | others, None)

    assert {field.name: "default" for field in SETTINGS} == loaded.origins
