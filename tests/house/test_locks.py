"""The locked requirements are complete, hashed and free of addresses; nothing names this or that machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.project import ROOT, project_files

RUN_TIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"

# In pieces, so that this file does not name them.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "crates" + ".io",
    "golang" + ".org",
    "maven" + ".org",
    "maven.apache" + ".org",
    "debian" + ".org",
    "archive.ubuntu" + ".com",
    "anaconda" + ".org",
)
# Somebody's home folder, root's, or a folder for work in the root; not a longer path that ends so.
DEVELOPERS_PATH = re.compile(r"(?<![\w.~*}-])/(?:home/(?P<user>\w+)|root|work)(?:/|\b(?![\w-]))")
MADE_UP_USERS = {"ada"}
"""Who the settings' tests invent as the reader of HOME."""


def logical_lines(name: str) -> list[str]:
    """The lines of a lock, with those that go on put together and comments left out."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pins(name: str) -> dict[str, str]:
    """The requirement of each package in a lock, as text with version and marker."""
    found: dict[str, str] = {}
    for line in logical_lines(name):
        requirement = Requirement(line.partition(" --hash=")[0].strip())
        found[canonicalize_name(requirement.name)] = str(requirement)
    return found


def direct_dependencies() -> list[tuple[str, str]]:
    """Each direct dependency, beside the lock that must pin it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        *((RUN_TIME, text) for text in settings["project"]["dependencies"]),
        *((DEVELOPMENT, text) for text in settings["dependency-groups"]["dev"]),
    ]


def text_files() -> list[tuple[Path, str]]:
    """Every committed file that is text."""
    found = []
    for path in project_files():
        content = path.read_bytes()
        if b"\0" not in content:
            # Seeds of the fuzz target hold bytes that are no text.
            found.append((path, content.decode("utf-8", "replace")))
    return found


@pytest.mark.parametrize("name", [RUN_TIME, DEVELOPMENT])
def test_a_lock_holds_hashed_pins_and_no_addresses(name: str) -> None:
    lines = logical_lines(name)
    pinned = re.compile(
        r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[\w,-]+\])?==[\w.!+]+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+"
    )

    assert lines
    assert [] == [line for line in lines if pinned.fullmatch(line) is None]
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_no_lock_is_kept_that_holds_addresses() -> None:
    names = {path.name for path in project_files()}

    assert not names & {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"}


@pytest.mark.parametrize(("lock", "text"), direct_dependencies())
def test_a_direct_dependency_is_pinned_to_a_version_it_allows(lock: str, text: str) -> None:
    wanted = Requirement(text)
    found = pins(lock).get(canonicalize_name(wanted.name))

    assert found is not None, f"{wanted.name} is not in {lock}"
    [pin] = Requirement(found).specifier
    assert "==" == pin.operator
    assert wanted.specifier.contains(pin.version, prereleases=True)


def test_development_has_the_run_time_pins() -> None:
    development = pins(DEVELOPMENT)
    run_time = pins(RUN_TIME)

    assert {name: development.get(name) for name in run_time} == run_time


def test_no_file_names_the_host_of_a_package_registry() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path, text in text_files()
        for host in REGISTRY_HOSTS
        if host in text.lower()
    ]

    assert [] == named


def test_no_file_names_a_path_of_a_developers_machine() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path, text in text_files()
        for found in DEVELOPERS_PATH.finditer(text)
        if found["user"] not in MADE_UP_USERS and path != Path(__file__).resolve()
    ]

    assert [] == named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see /" + "work/main", True),
        ("'/" + "root/x'", True),
        ("cd /" + "home/someone", True),
        ("file:///" + "home/someone/x", True),
        ("https://example.com/work/x", False),
        ("~/work/x, ./work/x and $HOME/root", False),
        ("/homework/x, /rooted and /workshop", False),
    ],
)
def test_a_path_of_a_developers_machine_is_told_from_others(text: str, expected: bool) -> None:
    assert expected == (DEVELOPERS_PATH.search(text) is not None)
