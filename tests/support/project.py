"""Where the project's own files are, for the tests that guard its house rules."""

import shutil
import subprocess
from pathlib import Path

__all__ = ["DOCS", "PACKAGE", "ROOT", "page_text", "project_files", "python_modules"]

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "trailbell"
DOCS = ROOT / "docs"

# Only for a copy of the project without its history: what git would leave out.
_GENERATED = {".venv", ".git", ".cache", "dist", "build", "__pycache__", ".hypothesis", ".benchmarks"}


def project_files() -> list[Path]:
    """Every file that is or would be committed, ignored and deleted ones left out."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return sorted(
            path
            for path in ROOT.rglob("*")
            if path.is_file()
            and not _GENERATED.intersection(path.relative_to(ROOT).parts)
            and not any(part.endswith(("_cache", ".egg-info")) for part in path.relative_to(ROOT).parts)
        )
    command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def python_modules(folder: Path) -> list[Path]:
    """The Python files below a folder, in order."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def page_text(name: str) -> str:
    """The text of a page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")
