"""In CI a test that needs something it must have there may not be skipped."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import ROOT

TESTS = """
import pytest

@pytest.mark.realdata
def test_by_call():
    pytest.skip("called off")

@pytest.mark.database
@pytest.mark.skipif(True, reason="no database")
def test_by_marker():
    pass

@pytest.mark.realdata
@pytest.mark.xfail(reason="known")
def test_expected_to_fail():
    assert False

@pytest.mark.realdata
def test_of_real_records(real_data):
    assert real_data.is_dir()

def test_free_to_skip():
    pytest.skip("only on Mondays")
"""
WHOLE_MODULE = "import pytest\npytest.skip('not here', allow_module_level=True)\n"


def run(folder: Path, tests: str, **environment: str) -> tuple[int, str]:
    """Runs some tests under a copy of the project's conftest; returns exit code and report."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    realdata\n    database\n")
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "conftest.py")
    (folder / "test_made_up.py").write_text(tests)
    clean = {
        name: text for name, text in os.environ.items() if not name.startswith(("TRAILBELL_", "PYTEST_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", str(folder)],
        capture_output=True,
        text=True,
        env=clean | environment,
        cwd=folder,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def test_elsewhere_what_is_missing_is_skipped_with_its_reason(tmp_path: Path) -> None:
    code, report = run(tmp_path, TESTS, TRAILBELL_REAL_DATA=str(tmp_path / "none"))

    assert code == pytest.ExitCode.OK
    assert "4 skipped, 1 xfailed" in report
    assert "export TRAILBELL_REAL_DATA=FOLDER" in report


def test_in_ci_such_a_skip_is_a_failure(tmp_path: Path) -> None:
    code, report = run(tmp_path, TESTS, TRAILBELL_CI="1", TRAILBELL_REAL_DATA=str(tmp_path / "none"))

    assert code == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 skipped, 1 xfailed, 2 errors" in report
    assert "tests marked realdata must run" in report
    assert "no database" in report


def test_in_ci_no_module_skips_itself(tmp_path: Path) -> None:
    elsewhere, _ = run(tmp_path, WHOLE_MODULE)
    code, report = run(tmp_path, WHOLE_MODULE, TRAILBELL_CI="1")

    assert pytest.ExitCode.NO_TESTS_COLLECTED == elsewhere
    assert pytest.ExitCode.INTERRUPTED == code
    assert "no module may skip itself; Skipped: not here" in report


def test_real_records_are_read_where_the_variable_says(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()

    code, report = run(tmp_path, TESTS, TRAILBELL_REAL_DATA=str(tmp_path / "data"))

    assert code == pytest.ExitCode.OK
    assert "1 passed, 3 skipped, 1 xfailed" in report
