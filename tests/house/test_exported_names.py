"""Every module says what it gives out, and nothing it gives out is without a reader."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from support.project import PACKAGE, python_modules

MODULES = [path for path in python_modules(PACKAGE) if "migrations" not in path.parts]
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def identity(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


def exported(tree: ast.Module) -> list[str] | None:
    """The names in ``__all__``, as they stand there."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(statement.value)]
    return None


def functions(tree: ast.Module) -> set[str]:
    """The functions a module defines, but for those that a decorator hands on (commands do that)."""
    return {
        statement.name
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any(isinstance(each, ast.Call) for each in statement.decorator_list)
    }


def defined(tree: ast.Module) -> set[str]:
    """The public names a module binds by definition or assignment at its top."""
    names = functions(tree)
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names.update(each.id for each in statement.targets if isinstance(each, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
    return {name for name in names if not name.startswith("_")}


def imported(tree: ast.Module, prefix: str) -> set[str]:
    """The names a module imports, anywhere in it, from modules whose name begins so."""
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(prefix)
        for alias in node.names
    }


def isort_key(name: str) -> tuple[int, list[tuple[str, int]]]:
    """Constants, then classes, then the rest; numbers by value. This is the order the linter keeps."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return kind, [(text, int(number or 0)) for text, number in re.findall(r"(\D*)(\d*)", name)]


@pytest.mark.parametrize("path", MODULES, ids=identity)
def test_a_module_imports_and_lists_its_public_names_in_order(path: Path) -> None:
    tree = tree_of(path)
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    listed = exported(tree)

    if listed is None:
        assert set() == defined(tree), "public names, but no __all__"
        return
    assert sorted(set(listed), key=isort_key) == listed
    assert [] == [each for each in listed if not hasattr(module, each)]
    assert set() == defined(tree) - set(listed), "neither private nor in __all__"


@pytest.mark.parametrize("room", ROOMS, ids=identity)
def test_a_room_has_one_door_and_lists_all_that_passes_through_it(room: Path) -> None:
    open_modules = [
        path.name
        for path in python_modules(room)
        if not path.name.startswith("_") and "migrations" not in path.parts
    ]
    tree = tree_of(room / "__init__.py")
    passing = {name for name in imported(tree, f"trailbell.{room.name}.") if not name.startswith("_")}

    assert [] == open_modules
    assert passing | defined(tree) == set(exported(tree) or ())


@pytest.mark.parametrize("room", ROOMS, ids=identity)
def test_a_function_is_private_unless_the_room_or_a_neighbour_uses_it(room: Path) -> None:
    trees = {path: tree_of(path) for path in python_modules(room)}
    read = {path: imported(tree, f"trailbell.{room.name}.") for path, tree in trees.items()}
    unread: dict[str, set[str]] = {}
    for path, tree in trees.items():
        by_others = set().union(*(names for reader, names in read.items() if reader != path))
        if names := functions(tree) & set(exported(tree) or ()) - by_others:
            unread[path.name] = names

    assert {} == unread
