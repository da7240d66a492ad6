"""The order of the rooms: the table in the documentation, and what in a source tree breaks it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Room", "read_rooms", "violations"]

_ROW = re.compile(r"^\| (?P<floor>\d+) [a-z]+ \| `(?P<name>[a-z_]+)/` \|", re.MULTILINE)

_OUTSIDE_ROOMS = ("__init__", "__main__", "_errors", "_version")
_OPEN_TO_ALL = ("_errors", "_version")
# What the package gives out under its own name.
_FACE = ("__init__", "patterns")

# The core may import these and nothing else from outside, so that no module that does I/O or reads a clock
# slips in under a name nobody thought of. A name covers what is below it.
_PURE_MODULES = (
    "abc",
    "base64",
    "binascii",
    "bisect",
    "codecs",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "graphlib",
    "hashlib",
    "heapq",
    "html",
    "hyperscan",
    "io",
    "ipaddress",
    "isal.igzip_lib",
    "isal.isal_zlib",
    "itertools",
    "json",
    "math",
    "msgspec",
    "operator",
    "re",
    "re2",
    "string",
    "struct",
    "sys.maxsize",
    "textwrap",
    "threading.Lock",
    "types",
    "typing",
    "unicodedata",
    "urllib.parse",
)
_IMPURE_BUILTINS = ("__import__", "breakpoint", "input", "open", "print")
_IMPURE_ATTRIBUTES = (
    "codecs.open",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "io.FileIO",
    "io.open",
    "io.open_code",
)


class Room(NamedTuple):
    """A row of the table; floor 1 is the core."""

    floor: int
    name: str


class _Import(NamedTuple):
    line: int
    target: str
    bound_as: str


def read_rooms(page: str) -> list[Room]:
    """Reads the table of rooms, top row first."""
    return [Room(int(row["floor"]), row["name"]) for row in _ROW.finditer(page)]


def violations(package: Path, rooms: list[Room]) -> list[str]:
    """Everything in a source tree that breaks the table, as ``file:line: what``."""
    return [*_table_against_folders(package, rooms), *_modules(package, rooms)]


def _table_against_folders(package: Path, rooms: list[Room]) -> Iterator[str]:
    listed = [room.name for room in rooms]
    folders = sorted(path.name for path in package.iterdir() if path.is_dir() and path.name != "__pycache__")
    yield from (f"{name}/: the table lists the room twice" for name in set(listed) if listed.count(name) > 1)
    yield from (f"{name}/: the room is missing from the table" for name in folders if name not in listed)
    yield from (
        f"{name}/: the table lists a room that is no folder" for name in listed if name not in folders
    )
    yield from (
        f"{path.name}: a module stands outside all rooms"
        for path in sorted(package.glob("*.py"))
        if path.stem not in _OUTSIDE_ROOMS
    )
    floors = [room.floor for room in rooms]
    if floors != sorted(floors):
        yield "the table's floors are not in order"


def _modules(package: Path, rooms: list[Room]) -> Iterator[str]:
    order = [room.name for room in rooms]
    core = {room.name for room in rooms if room.floor == 1}
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        room = inside.parts[0] if len(inside.parts) > 1 else ""
        if room and room not in order:
            continue
        tree = ast.parse(path.read_bytes())
        imports = list(_imports(tree, [package.name, *inside.parts[:-1]]))
        for each in imports:
            if problem := _order_problem(each.target, package.name, room or path.stem, order):
                yield f"{inside}:{each.line}: {problem}"
        if room in core:
            yield from (
                f"{inside}:{line}: {problem}" for line, problem in _impurities(tree, imports, package.name)
            )


def _imports(tree: ast.AST, package_of_module: list[str]) -> Iterator[_Import]:
    """All imports, also those in functions and under TYPE_CHECKING; `from a import b` as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound_as = alias.asname or alias.name.partition(".")[0]
                yield _Import(node.lineno, alias.name, bound_as)
        elif isinstance(node, ast.ImportFrom):
            base = package_of_module[: len(package_of_module) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield _Import(node.lineno, f"{prefix}.{alias.name}", alias.asname or alias.name)
        elif isinstance(node, ast.Call):
            yield from _import_by_name(node)


def _import_by_name(call: ast.Call) -> Iterator[_Import]:
    by_name = ast.unparse(call.func).endswith(("import_module", "__import__"))
    if by_name and call.args and isinstance(call.args[0], ast.Constant):
        yield _Import(call.lineno, str(call.args[0].value), "")


def _order_problem(target: str, package: str, importer: str, order: list[str]) -> str | None:
    top, *rest = target.split(".")
    if top != package or not rest or importer == "__main__":
        return None
    room, *inner = rest
    if room == importer or room in _OPEN_TO_ALL or room.startswith("__"):
        return None
    if room not in order:
        return f"imports {target}, which is no room"
    if (importer, room) == _FACE and not any(part.startswith("_") for part in inner):
        return None
    if importer not in order:
        return f"stands outside all rooms and imports the room {room}"
    if order.index(room) > order.index(importer):
        return f"{importer} imports {room}, which stands below it in the table"
    # `from trailbell.room import Name` arrives as `trailbell.room.Name`: no more than that is given out.
    if len(inner) > 1 or any(part.startswith("_") for part in inner):
        return f"{importer} imports {target}, which is private to {room}"
    return None


def _impurities(tree: ast.AST, imports: list[_Import], package: str) -> Iterator[tuple[int, str]]:
    bound = {each.bound_as: each.target for each in imports}
    for each in imports:
        known = any(f"{each.target}.".startswith(f"{name}.") for name in (package, *_PURE_MODULES))
        if not known:
            yield each.line, f"the core imports {each.target}, which is not on the list of pure modules"
        if each.target in _IMPURE_ATTRIBUTES:
            yield each.line, f"the core uses {each.target}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield node.lineno, f"the core changes the global {', '.join(node.names)}"
        elif isinstance(node, ast.Attribute):
            root, *rest = ast.unparse(node).split(".")
            if (name := ".".join([bound.get(root, root), *rest])) in _IMPURE_ATTRIBUTES:
                yield node.lineno, f"the core uses {name}"
        elif isinstance(node, ast.Name) and node.id in _IMPURE_BUILTINS and node.id not in bound:
            yield node.lineno, f"the core uses {node.id}"
