"""Writing HCL, Terraform's language, as ``terraform fmt`` would leave it.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from trailbell._errors import visible

__all__ = ["Block", "Body", "Expression", "JsonText", "Value", "comment", "document", "is_composed"]

_PLAIN_KEY = re.compile(r"(?!(?:for|null|true|false)\Z)[A-Za-z_][A-Za-z0-9_]*")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_WIDTH = 100
_INDENT = "  "


class Expression(msgspec.Struct, frozen=True):
    """Something that stands there as it is, such as a reference."""

    text: str


class JsonText(msgspec.Struct, frozen=True):
    """A value that Terraform is to turn into JSON."""

    value: Any


Value: TypeAlias = (
    str | bool | int | float | Expression | JsonText | Sequence["Value"] | Mapping[str, "Value"]
)


class Block(msgspec.Struct, frozen=True):
    """A block: its head, as ``resource "aws_sns_topic" "alarms"``, and what stands in it."""

    head: str
    body: "Body"


class Body(msgspec.Struct, frozen=True):
    """Attributes, those that are None left out, then blocks."""

    attributes: Mapping[str, Value | None] = {}
    blocks: tuple[Block, ...] = ()


def document(parts: Iterable[str | Block]) -> str:
    """Joins comments and blocks; a comment stands right above the block that follows it."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, str):
            lines.append(part)
        else:
            lines.extend(_block_lines(part))
            lines.append("")
    return "\n".join(lines).strip("\n") + "\n"


def comment(text: str) -> str:
    """Writes a comment, of several lines if it is long; nothing in the text ends it."""
    return "\n".join(f"# {line}" for line in textwrap.wrap(visible(text), _WIDTH - 2))


def is_composed(text: str) -> bool:
    """Whether Terraform keeps a text as it is: it composes all characters (NFC)."""
    return unicodedata.is_normalized("NFC", text)


def _quoted(text: str) -> str:
    escaped = "".join(map(_escaped, text))
    return f'"{escaped.replace("${", "$${").replace("%{", "%%{")}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character == " " or (character.isprintable() and not unicodedata.combining(character)):
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def _block_lines(block: Block) -> Iterator[str]:
    yield f"{block.head} {{"
    lines = list(_body_lines(block.body))
    yield from (f"{_INDENT}{line}" if line else "" for line in lines)
    yield "}"


def _body_lines(body: Body) -> Iterator[str]:
    given = [(name, value) for name, value in body.attributes.items() if value is not None]
    yield from _aligned(given)
    for index, block in enumerate(body.blocks):
        if index or given:
            yield ""
        yield from _block_lines(block)


def _aligned(members: Iterable[tuple[str, Value]]) -> Iterator[str]:
    """Writes ``name = value``, the signs of neighbours below each other unless a value has several lines."""
    run: list[tuple[str, str]] = []
    for name, value in members:
        first, *more = _value_lines(value)
        if not more:
            run.append((name, first))
            continue
        yield from _run_lines(run)
        run = []
        yield f"{name} = {first}"
        yield from more
    yield from _run_lines(run)


def _run_lines(run: list[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in run), default=0)
    for name, value in run:
        yield f"{name:<{width}} = {value}"


def _value_lines(value: Value) -> list[str]:
    match value:
        case Expression(text):
            return [text]
        case JsonText(inner):
            first, *more = _value_lines(inner)
            if not more:
                return [f"jsonencode({first})"]
            return [f"jsonencode({first}", *more[:-1], f"{more[-1]})"]
        case bool():
            return ["true" if value else "false"]
        case int() | float():
            return [_number(value)]
        case str():
            return [_quoted(value)]
        case Mapping():
            return _object_lines(value)
        case _:
            return _list_lines(value)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _object_lines(value: Mapping[str, Value]) -> list[str]:
    if not value:
        return ["{}"]
    lines = _aligned((_key(name), each) for name, each in value.items())
    return ["{", *(f"{_INDENT}{line}" for line in lines), "}"]


def _key(name: str) -> str:
    # What is not ASCII is as wide as the terminal makes it, and the signs could not be aligned.
    if _PLAIN_KEY.fullmatch(name):
        return name
    return "".join(
        each if each.isascii() else f"\\u{ord(each):04x}" if ord(each) < 0x10000 else f"\\U{ord(each):08x}"
        for each in _quoted(name)
    )


def _list_lines(values: Sequence[Value]) -> list[str]:
    written = [_value_lines(each) for each in values]
    line = f"[{', '.join(each[0] for each in written)}]"
    if all(len(each) == 1 for each in written) and (len(values) <= 1 or len(line) <= _WIDTH):
        return [line]
    if len(written) == 1:
        [only] = written
        return [f"[{only[0]}", *only[1:-1], f"{only[-1]}]"]
    lines = []
    for each in written:
        lines += [*each[:-1], f"{each[-1]},"]
    return ["[", *(f"{_INDENT}{line}" for line in lines), "]"]
