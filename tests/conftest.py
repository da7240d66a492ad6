"""What all tests share: real records, and the rule that CI skips nothing it has to run."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says nothing on a busy machine; what has to be quick is measured elsewhere.
settings.register_profile("trailbell", deadline=None)
settings.load_profile("trailbell")

_DATA = "TRAILBELL_REAL_DATA"
_CI = "TRAILBELL_CI"

# What a test with one of these markers needs may be missing on somebody's machine, but not in CI.
_NEVER_SKIPPED_IN_CI = frozenset({"realdata", "browser", "database", "client"})


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of records that AWS wrote; they are read in place and never committed."""
    beside_the_project = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get(_DATA) or beside_the_project)
    if not folder.is_dir():
        pytest.skip(
            f"no real CloudTrail records at {folder}: put them into ../shared/data beside the project, "
            f"or name their folder: export {_DATA}=FOLDER"
        )
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, fails a skipped test that has to run there."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        needs = _NEVER_SKIPPED_IN_CI.intersection(mark.name for mark in item.iter_markers())
        if needs and os.environ.get(_CI):
            report.outcome = "failed"
            report.longrepr = (
                f"{_CI} is set, so tests marked {', '.join(sorted(needs))} must run; {_reason(report)}"
            )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """In CI, fails a module that skips itself as a whole: no test of it could be asked for its markers."""
    report = yield
    if report.skipped and os.environ.get(_CI):
        report.outcome = "failed"
        report.longrepr = f"{_CI} is set, so no module may skip itself; {_reason(report)}"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
