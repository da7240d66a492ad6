"""Tables of a file of rules, and what is wrong with them, told with the place in the file."""

import tomllib
from typing import Any, TypeVar

import msgspec

from trailbell.replay._errors import RulesError

__all__ = ["converted", "read_document", "tables_of"]

_T = TypeVar("_T", bound=msgspec.Struct)

_LONGEST_FILE = 4 * 1024 * 1024

_NOT_REPLAYED = {
    "alarm_rule": "an alarm on other alarms is a [[composite_alarm]]",
    "threshold_metric_id": "there is no anomaly detection: give a threshold",
    "evaluation_criteria": "alarms on queries are not replayed: give namespace, metric_name and statistic",
    "account_id": "files have no account to choose metrics by: leave it out",
    "emit_system_field_dimensions": "dimensions of system fields are not replayed: leave them out",
    "apply_on_transformed_logs": "log events are not transformed: leave it out",
    "field_selection_criteria": "system fields are not replayed: leave it out",
}


def read_document(text: str) -> dict[str, Any]:
    """Reads TOML.

    Raises:
        RulesError: It is too long, or is none.
    """
    if len(text) > _LONGEST_FILE:
        raise RulesError("the file", f"more than {_LONGEST_FILE:,} characters")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesError("the file", f"no TOML: {error}") from error


def tables_of(document: dict[str, Any], kind: str, name_key: str) -> list[tuple[dict[str, Any], str]]:
    """Lists the tables of a kind, each with what to call it in an error.

    Raises:
        RulesError: They are no list of tables.
    """
    found = document.get(kind, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RulesError(kind, f"no list of tables: write [[{kind}]]")
    noun = kind.replace("_", " ")
    named = []
    for number, each in enumerate(found, 1):
        name = each.get(name_key)
        place = f"{noun} {name!r}" if isinstance(name, str) and name else f"{noun} {number}"
        named.append((each, place))
    return named


def converted(table: dict[str, Any], kind: type[_T], place: str) -> _T:
    """Reads a table as what it has to be.

    Raises:
        RulesError: A key is unknown, missing, of the wrong type, or one of what is not replayed.
    """
    for key, reason in _NOT_REPLAYED.items():
        if key in table and key not in kind.__struct_fields__:
            raise RulesError(f"{place}, {key}", reason)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        inner = path.strip("`").removeprefix("$").removeprefix(".")
        raise RulesError(f"{place}, {inner}" if inner else place, _lowered(message)) from error


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
