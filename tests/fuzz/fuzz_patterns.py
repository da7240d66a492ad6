"""Fuzzes the filter-pattern language with atheris, guided by the code it reaches.

From the project's root, for ten minutes:

    PYTHONPATH=tests .venv/bin/python -m fuzz.fuzz_patterns -max_total_time=600

Other options of libFuzzer follow the same way; a file instead of options runs that one input again.
On a busy machine ``-timeout=60`` keeps innocent inputs from being called slow, as the clock decides.
What it finds stays in ``.cache/fuzz`` for the next run; what breaks a rule is called ``crash-…`` there.
An input that found a bug belongs into ``tests/fuzz/corpus``, under a name that says what it is.
"""

import importlib
import sys
from pathlib import Path

from fuzz.inputs import CORPUS, DICTIONARY, case_inputs
from support.project import ROOT

_CACHE = ROOT / ".cache" / "fuzz"

# An input takes milliseconds; what takes five seconds, or half a gigabyte beyond the start, is a finding.
_BOUNDS = ["-timeout=5", "-rss_limit_mb=768", "-max_len=4096", "-print_final_stats=1"]


def main(arguments: list[str]) -> None:
    """Runs until the time is over, or an input breaks a rule; never returns.

    Args:
        arguments: Options of libFuzzer, and files to run instead of fuzzing.
    """
    try:
        atheris = importlib.import_module("atheris")
    except ModuleNotFoundError:
        sys.exit("fuzzing needs atheris: install the dependency group fuzz (Linux, x86-64)")
    # Only what is imported in here is watched for new paths.
    with atheris.instrument_imports(include=["trailbell.patterns"]):
        target = importlib.import_module("fuzz.pattern_target")
    options = [*_BOUNDS, f"-dict={DICTIONARY}", f"-artifact_prefix={_CACHE}/", *arguments]
    if all(argument.startswith("-") for argument in arguments):
        options += [str(_with_cases(_CACHE / "patterns")), str(CORPUS)]
    atheris.Setup([sys.argv[0], *options], target.check_input)
    atheris.Fuzz()


def _with_cases(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in case_inputs().items():
        (folder / name).write_bytes(data)
    return folder


if __name__ == "__main__":
    main(sys.argv[1:])
