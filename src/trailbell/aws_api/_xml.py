"""Results and errors in the XML of the query protocol."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from trailbell.aws_api._errors import AwsError
from trailbell.aws_api._shapes import Shape, ShapeKind
from trailbell.aws_api._values import float_text, instant_text

__all__ = ["write_xml_error", "write_xml_result"]

# What XML 1.0 has no way to write, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})


def write_xml_result(
    operation: str, namespace: str, shape: Shape | None, result: dict[str, Any], request_id: str
) -> bytes:
    """Returns the answer of an operation; one without output has no result element."""
    written = ""
    if shape is not None:
        written = f"<{operation}Result>{''.join(_members(shape, result))}</{operation}Result>"
    return (
        f'<{operation}Response xmlns="{_escaped(namespace)}">{written}<ResponseMetadata><RequestId>'
        f"{_escaped(request_id)}</RequestId></ResponseMetadata></{operation}Response>\n"
    ).encode()


def write_xml_error(error: AwsError, namespace: str, request_id: str) -> bytes:
    """Returns an error; where it has no message, it has no such element."""
    named = f' xmlns="{_escaped(namespace)}"' if namespace else ""
    message = f"<Message>{_escaped(error.message)}</Message>" if error.message else ""
    kind = "Sender" if error.is_sender_fault else "Receiver"
    return (
        f"<ErrorResponse{named}><Error><Type>{kind}</Type><Code>{_escaped(error.code)}</Code>{message}</Error>"
        f"<RequestId>{_escaped(request_id)}</RequestId></ErrorResponse>\n"
    ).encode()


def _members(shape: Shape, result: dict[str, Any]) -> Iterator[str]:
    unknown = result.keys() - shape.members.keys()
    if unknown:
        raise KeyError(f"{shape.name} has no members {sorted(unknown)}")
    for name, member in shape.members.items():
        value = result.get(name)
        if value is not None:
            yield _element(name, member, value)


def _element(name: str, shape: Shape, value: Any) -> str:
    return f"<{name}>{_content(shape, value)}</{name}>"


def _content(shape: Shape, value: Any) -> str:
    match shape.kind:
        case ShapeKind.STRUCTURE:
            return "".join(_members(shape, value))
        case ShapeKind.LIST if shape.element is not None:
            element = shape.element
            return "".join(_element("member", element, each) for each in value)
        case ShapeKind.MAP if shape.element is not None:
            return "".join(_entry(shape, key, each) for key, each in value.items())
        case ShapeKind.TIMESTAMP:
            return instant_text(value)
        case ShapeKind.BLOB:
            return base64.b64encode(value).decode("ascii")
        case ShapeKind.FLOAT | ShapeKind.DOUBLE:
            return float_text(value)
        case ShapeKind.BOOLEAN:
            return "true" if value else "false"
        case _:
            return _escaped(str(value))


def _entry(shape: Shape, key: str, value: Any) -> str:
    written = "" if shape.element is None else _element(shape.value_name, shape.element, value)
    return f"<entry><{shape.key_name}>{_escaped(key)}</{shape.key_name}>{written}</entry>"


def _escaped(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text).translate(_ESCAPES)
