"""`./dev` prepares its environment once, apart from the answer, and then gets out of the way.

It runs here in a made-up checkout without dependencies, so that no package index is needed.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import ROOT
from support.waiting import wait_until

VERBS = ("demo", "test", "check", "bench", "serve", "trailbell")
PATIENCE_SECONDS = 120

PROGRAM = """\
import signal, sys
if sys.argv[1:] == ["wait"]:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
    print("waiting", flush=True)
    signal.pause()
print(sys.argv[1:], sys.stdin.read())
sys.exit(7)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout, under a path with a space, whose environment has been prepared."""
    folder = make_checkout(tmp_path_factory.mktemp("a checkout"))
    assert dev(folder, "trailbell").returncode == 7
    return folder


def make_checkout(folder: Path) -> Path:
    shutil.copy(ROOT / "dev", folder / "dev")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("")
    package = folder / "src" / "trailbell"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(PROGRAM)
    return folder


def environment() -> dict[str, str]:
    """This process's, with its interpreter first on the path and compiled modules turned off."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("TRAILBELL_", "PYTHON"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def start(folder: Path, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = [str(folder / "dev"), *arguments]
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment(), cwd=cwd or folder
    )


def end(process: subprocess.Popen[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    out, err = process.communicate(stdin, timeout=PATIENCE_SECONDS)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def dev(
    folder: Path, *arguments: str, stdin: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return end(start(folder, *arguments, cwd=cwd), stdin)


def test_without_a_verb_it_lists_the_six() -> None:
    done = dev(ROOT)

    assert (0, "") == (done.returncode, done.stderr)
    assert [*VERBS] == [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]


def test_an_unknown_verb_is_refused_with_the_list() -> None:
    done = dev(ROOT, "deploy")

    assert (2, "") == (done.returncode, done.stdout)
    assert 'there is no verb "deploy"' in done.stderr
    assert "usage: ./dev VERB" in done.stderr


def test_the_contributors_page_knows_the_six_verbs() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert [] == [verb for verb in VERBS if f"| `./dev {verb}` |" not in page]


@pytest.mark.slow
def test_arguments_input_and_exit_code_pass_through(checkout: Path) -> None:
    done = dev(checkout, "trailbell", "who", "did it", stdin="a line")

    assert (7, "['who', 'did it'] a line\n", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["demo", "serve"])
def test_demo_and_serve_are_commands_of_the_program(checkout: Path, verb: str) -> None:
    done = dev(checkout, verb, "--seed", "7")

    assert (7, f"['{verb}', '--seed', '7'] \n") == (done.returncode, done.stdout)


@pytest.mark.slow
def test_paths_are_those_of_the_callers_folder(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "trailbell.py").write_text("raise SystemExit('a file of the caller was imported')")

    assert dev(checkout, "trailbell", cwd=tmp_path).returncode == 7


@pytest.mark.slow
def test_a_signal_reaches_the_program(checkout: Path) -> None:
    process = start(checkout, "trailbell", "wait")
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGTERM)

    assert end(process).returncode == 9


@pytest.mark.slow
def test_preparation_leaves_compiled_modules(checkout: Path) -> None:
    compiled = {
        path.name.partition(".")[0] for path in (checkout / "src/trailbell/__pycache__").glob("*.pyc")
    }

    assert {"__init__", "__main__"} == compiled


@pytest.mark.slow
def test_preparation_speaks_on_standard_error_and_only_when_there_is_something_to_do(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path)
    first, second = dev(folder, "trailbell"), dev(folder, "trailbell")
    (folder / "requirements.txt").write_text("# changed\n")
    third = dev(folder, "trailbell")

    assert "dev: preparing" in first.stderr
    assert second.stderr == ""
    assert "dev: preparing" in third.stderr
    assert {"[] \n"} == {first.stdout, second.stdout, third.stdout}


@pytest.mark.slow
def test_calls_at_the_same_time_prepare_once(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path)
    done = [end(process) for process in [start(folder, "trailbell", name) for name in "abc"]]

    assert {7} == {each.returncode for each in done}
    assert sum("dev: preparing" in each.stderr for each in done) == 1


@pytest.mark.slow
def test_an_interrupted_preparation_is_made_again(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path)
    process = start(folder, "trailbell")
    wait_until((folder / ".venv" / "bin").exists)
    process.kill()
    end(process)

    done = dev(folder, "trailbell")

    assert (7, "[] \n") == (done.returncode, done.stdout)
    assert not (folder / ".venv" / ".dev-unfinished").exists()


@pytest.mark.slow
def test_a_broken_interpreter_is_replaced(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path)
    dev(folder, "trailbell")
    for name in (folder / ".venv" / "bin").glob("python*"):
        name.unlink()

    assert dev(folder, "trailbell").returncode == 7


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    folder = make_checkout(tmp_path)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "letters.txt").write_text("precious")

    done = dev(folder, "trailbell")

    assert (1, "") == (done.returncode, done.stdout)
    assert "name another folder in TRAILBELL_VENV" in done.stderr
    assert ["letters.txt"] == [path.name for path in (folder / ".venv").iterdir()]
