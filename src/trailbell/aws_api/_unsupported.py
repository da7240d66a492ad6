"""Members that AWS knows and this version does not support: those that a request's struct lacks."""

from collections.abc import Iterator
from typing import Any

import msgspec

__all__ = ["unsupported_members"]


def unsupported_members(request_type: type[msgspec.Struct], parameters: dict[str, Any]) -> list[str]:
    """Returns the paths of all parameters that the struct has no place for."""
    return list(_missing(msgspec.inspect.type_info(request_type), parameters, ""))


def _missing(known: msgspec.inspect.Type, value: Any, path: str) -> Iterator[str]:
    match known:
        case msgspec.inspect.UnionType(types=types):
            for each in types:
                yield from _missing(each, value, path)
        case msgspec.inspect.StructType(fields=fields) if isinstance(value, dict):
            types_of_fields = {field.encode_name: field.type for field in fields}
            for name, member in value.items():
                where = f"{path}.{name}" if path else name
                if name in types_of_fields:
                    yield from _missing(types_of_fields[name], member, where)
                else:
                    yield where
        case msgspec.inspect.ListType(item_type=item) | msgspec.inspect.VarTupleType(item_type=item) if (
            isinstance(value, list)
        ):
            for index, member in enumerate(value, 1):
                yield from _missing(item, member, f"{path}.{index}.member")
        case msgspec.inspect.DictType(value_type=held) if isinstance(value, dict):
            for key, member in value.items():
                yield from _missing(held, member, f"{path}.{key}")
