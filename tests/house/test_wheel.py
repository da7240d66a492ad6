"""What is installed from the wheel runs by itself, without a checkout beside it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from support.project import ROOT, project_files
from support.waiting import wait_until

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 60


class Installed(NamedTuple):
    """The wheel, the interpreter it is installed for, and the folder it was unpacked to."""

    wheel: Path
    python: Path
    packages: Path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build(folder / "checkout", folder / "dist")
    builder = venv.EnvBuilder(with_pip=False, symlinks=True)
    builder.create(folder / "environment")
    python = folder / "environment" / "bin" / "python"
    packages = Path(printed(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # The dependencies are those of this environment, behind the wheel. Python does not follow .pth files
    # from there, so the checkout is out of reach.
    behind = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (packages / "dependencies.pth").write_text("\n".join(behind) + "\n")
    return Installed(wheel, python, packages)


def build(checkout: Path, target: Path) -> Path:
    """Build the wheel from nothing but the files that are or would be committed."""
    for path in project_files():
        copy = checkout / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=checkout,
        env=environment(),
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    [wheel] = target.glob("*.whl")
    return wheel


def environment() -> dict[str, str]:
    """Everything of this process that says nothing about Trailbell or where modules are."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("TRAILBELL_", "PYTHON"))}


def printed(python: Path, code: str) -> str:
    done = subprocess.run(
        [python, "-P", "-c", code], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def run(installed: Installed, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [installed.python, "-P", "-m", "trailbell", *arguments],
        cwd=installed.packages,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port where nothing listens, kept from everybody else meanwhile."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        yield opened.getsockname()[1]


def test_the_wheel_holds_the_package_whole_and_nothing_else(installed: Installed) -> None:
    names = set(zipfile.ZipFile(installed.wheel).namelist())
    package = ROOT / "src"
    expected = {
        path.relative_to(package).as_posix() for path in project_files() if path.is_relative_to(package)
    }
    migrations = [name for name in names if name.startswith("trailbell/store/migrations/versions/")]

    assert expected == {name for name in names if ".dist-info/" not in name}
    assert {"trailbell/py.typed", "trailbell/store/migrations/env.py"} <= names
    assert "trailbell/simulate/tables/common.jsonl" in names
    assert migrations
    assert {"trailbell"} == {name.split("/")[0].partition("-")[0] for name in names}


def test_the_installed_package_is_the_wheels(installed: Installed) -> None:
    file = printed(installed.python, "import trailbell; print(trailbell.__file__)")

    assert str(installed.packages / "trailbell" / "__init__.py") == file


def test_the_wheel_installs_the_command_and_its_version(installed: Installed) -> None:
    code = (
        "from importlib.metadata import entry_points, version\n"
        "[found] = [each for each in entry_points(group='console_scripts') if each.name == 'trailbell']\n"
        "print(found.value, callable(found.load()), version('trailbell'))"
    )
    version = installed.wheel.name.split("-")[1]

    assert f"trailbell.cli:main True {version}" == printed(installed.python, code)


def test_the_installed_command_says_its_version(installed: Installed) -> None:
    done = run(installed, "--version")
    version = installed.wheel.name.split("-")[1]

    assert (0, f"trailbell {version}\n", "") == (done.returncode, done.stdout, done.stderr)


def test_the_installed_command_says_when_no_server_answers(installed: Installed) -> None:
    with closed_port() as port:
        done = run(installed, "controls", "list", "--format", "json", "--url", f"http://127.0.0.1:{port}")

    assert (3, "") == (done.returncode, done.stdout)
    assert f"no Trailbell server answers at http://127.0.0.1:{port}" in done.stderr


@contextlib.contextmanager
def server(installed: Installed, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start the installed server; its log goes to a file, which never fills up."""
    (folder / "logs").mkdir()
    log = folder / "log"
    command = [str(installed.python), "-P", "-m", "trailbell", "serve", "--listen", "127.0.0.1:0"]
    with log.open("wb") as opened:
        process = subprocess.Popen(
            [*command, "--data", str(folder / "data"), "--source", str(folder / "logs")],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=opened,
        )
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def address_in(log: Path) -> str | None:
    for line in log.read_text().splitlines(keepends=True):
        if line.startswith("listening on ") and line.endswith("\n"):
            return line.removeprefix("listening on ").strip()
    return None


def test_the_installed_server_starts_answers_and_ends(installed: Installed, tmp_path: Path) -> None:
    with server(installed, tmp_path) as (process, log), httpx2.Client(trust_env=False) as client:
        wait_until(lambda: address_in(log) is not None or process.poll() is not None)
        url = address_in(log)
        assert url is not None, log.read_text()
        health = client.get(f"{url}/healthz").status_code
        wait_until(lambda: client.get(f"{url}/readyz").status_code == 200)
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE_SECONDS)

    assert (200, 0) == (health, code), log.read_text()
    assert (tmp_path / "data").is_dir()
