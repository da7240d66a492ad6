"""Puts the four layers together: flags over environment over ``trailbell.toml`` over defaults."""

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from trailbell.settings._addresses import parse_address
from trailbell.settings._errors import SettingsError
from trailbell.settings._fields import OTHER_VARIABLES, PREFIX, SETTINGS, TABLES, SettingField
from trailbell.settings._settings import NO_CONTROLS, Settings

__all__ = ["LoadedSettings", "find_settings_file", "load_settings"]

_FIELDS = {field.name: field for field in SETTINGS}
_KEYS = {field.toml_key: field for field in SETTINGS}
_VARIABLES = {field.variable: field for field in SETTINGS}
_TYPES = get_type_hints(Settings, include_extras=True)
_LISTS = frozenset(name for name, kind in _TYPES.items() if kind == tuple[str, ...])
_SIZES = frozenset({"matched_event_bytes", "log_event_bytes"})
_PATHS = frozenset({"data", "source"})
_SIZE = re.compile(r"([0-9]+) ?([KMGT])iB", re.ASCII)
_SIZE_SHIFT = {"K": 10, "M": 20, "G": 30, "T": 40}

# Kubernetes puts these into every pod beside a service that is called trailbell.
_KUBERNETES = re.compile(r"TRAILBELL_(SERVICE_(HOST|PORT\w*)|PORT_[0-9]+_(TCP|UDP|SCTP)\w*)")


class LoadedSettings(msgspec.Struct, frozen=True):
    """The settings, and for each where its value came from.

    ``origins`` holds ``flag``, a variable's name, the path of the file, or ``default``.
    """

    settings: Settings
    origins: dict[str, str]


def find_settings_file(named: str | None, environment: Mapping[str, str], folder: Path) -> Path | None:
    """The file to read: the one named by ``--config``, else by ``TRAILBELL_CONFIG``, else the folder's own.

    A file that is named need not be there: loading it then says so.
    """
    chosen = named or environment.get("TRAILBELL_CONFIG")
    if chosen:
        return Path(chosen)
    own = folder / "trailbell.toml"
    return own if own.is_file() else None


def load_settings(
    flags: Mapping[str, object], environment: Mapping[str, str], file: Path | None
) -> LoadedSettings:
    """The settings of the highest layer that gives each.

    A flag that is None or an empty list, and a variable that is empty, count as not given.

    Raises:
        SettingsError: a name nobody knows, a value that does not fit, or a file that cannot be read.
    """
    values: dict[str, object] = {}
    origins = {field.name: "default" for field in SETTINGS}
    for given in (*_from_file(file), *_from_environment(environment), *_from_flags(flags)):
        values[given.field.name] = _expand_home(given.field.name, _converted(given), environment)
        origins[given.field.name] = given.origin
    if "data" not in values:
        values["data"] = _default_data(environment)
    return LoadedSettings(msgspec.convert(values, Settings), origins)


class _Given(msgspec.Struct, frozen=True):
    """One value of one layer; a value from TOML keeps its type, the others may be text for anything."""

    field: SettingField
    value: object
    origin: str
    is_typed: bool = False


def _from_flags(flags: Mapping[str, object]) -> Iterator[_Given]:
    for name, value in flags.items():
        if name not in _FIELDS:
            raise _unknown(name, _nearest(name).name, "flag")
        if value not in (None, (), []):
            yield _Given(_FIELDS[name], value, "flag")


def _from_environment(environment: Mapping[str, str]) -> Iterator[_Given]:
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or _is_not_ours(variable, text):
            continue
        field = _VARIABLES.get(variable)
        if field is None:
            nearest = _nearest(variable.removeprefix(PREFIX).lower())
            raise _unknown(variable, nearest.variable, "the environment")
        if text:
            is_list = field.name in _LISTS
            yield _Given(field, _split(text) if is_list else text, variable)


def _from_file(file: Path | None) -> Iterator[_Given]:
    if file is None:
        return
    try:
        content = file.read_bytes()
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); look at --config and TRAILBELL_CONFIG"
        raise SettingsError(str(file), problem) from error
    try:
        entries: dict[str, Any] = msgspec.toml.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(file), f"is no valid TOML: {error}") from error
    for key, value in _flat(entries):
        if key not in _KEYS:
            raise _unknown(key, _nearest(key).toml_key, f"{file}{_line_of(key, content)}")
        yield _Given(_KEYS[key], value, str(file), is_typed=True)


def _flat(entries: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Gives the entries of the file, those of tables under ``table.key``."""
    for key, value in entries.items():
        if key in TABLES and isinstance(value, dict):
            yield from ((f"{key}.{inner}", below) for inner, below in value.items())
        else:
            yield key, value


def _converted(given: _Given) -> object:
    name = given.field.name
    try:
        converted = msgspec.convert(_prepared(name, given.value), _TYPES[name], strict=given.is_typed)
    except msgspec.ValidationError as error:
        raise SettingsError(name, _mismatch(given), given.origin) from error
    if not _is_allowed(name, converted):
        raise SettingsError(name, _mismatch(given), given.origin)
    if name not in _PATHS and not _is_text(converted):
        raise SettingsError(name, f"{_mismatch(given)}, in UTF-8", given.origin)
    if name == "listen":
        try:
            parse_address(str(converted))
        except SettingsError as error:
            raise error.placed(given.origin) from error
    return converted


def _prepared(name: str, value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [_prepared(name, entry) for entry in value]
    size = _SIZE.fullmatch(value) if name in _SIZES and isinstance(value, str) else None
    return value if size is None else int(size[1]) << _SIZE_SHIFT[size[2]]


def _split(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _is_allowed(name: str, value: object) -> bool:
    if not isinstance(value, tuple):
        return True
    if name == "notify":
        return all(entry == "-" or re.match(r"https?://[^/]", entry, re.IGNORECASE) for entry in value)
    return all(value) and not (name == "controls" and NO_CONTROLS in value and len(value) > 1)


def _is_text(value: object) -> bool:
    try:
        str(value if not isinstance(value, tuple) else "".join(value)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _expand_home(name: str, value: object, environment: Mapping[str, str]) -> object:
    if name not in _PATHS:
        return value
    if isinstance(value, tuple):
        return tuple(_expand_home(name, entry, environment) for entry in value)
    text = str(value)
    return f"{_home(environment)}/{text[2:]}" if text.startswith("~/") else text


def _default_data(environment: Mapping[str, str]) -> str:
    shared = environment.get("XDG_DATA_HOME", "")
    # The XDG base directory specification says to ignore a relative path here.
    if shared.startswith("/"):
        return f"{shared.rstrip('/')}/trailbell"
    return f"{_home(environment)}/.local/share/trailbell"


def _home(environment: Mapping[str, str]) -> str:
    home = environment.get("HOME")
    if not home:
        raise SettingsError("data", "HOME is not set, so ~ means nothing; name a folder with --data")
    return home.rstrip("/")


def _is_not_ours(variable: str, text: str) -> bool:
    is_kubernetes = bool(_KUBERNETES.fullmatch(variable)) or (variable == "TRAILBELL_PORT" and "://" in text)
    return variable in OTHER_VARIABLES or is_kubernetes


def _mismatch(given: _Given) -> str:
    is_secret = given.field.is_secret
    got = "a value that is not shown here, as it may hold a secret" if is_secret else repr(given.value)
    return f"got {got}, expected {given.field.expected}"


def _nearest(name: str) -> SettingField:
    return _FIELDS[difflib.get_close_matches(name, _FIELDS, n=1, cutoff=0.0)[0]]


def _unknown(name: str, nearest: str, origin: str) -> SettingsError:
    return SettingsError(name, f"there is no such setting; the nearest is {nearest}", origin)


def _line_of(key: str, content: bytes) -> str:
    # Of a key in a table the line shows the last part alone.
    word = re.escape(key.rpartition(".")[2])
    pattern = re.compile(rf"\s*\[*\s*[\"']?{word}[\"']?\s*[=.\]]")
    for number, line in enumerate(content.decode().splitlines(), start=1):
        if pattern.match(line):
            return f", line {number}"
    return ""
