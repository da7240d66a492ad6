"""What `import trailbell` gives, and that every example in a docstring of the library is true."""

import doctest
import re
import subprocess
import sys

import pytest

import trailbell
import trailbell.patterns._filter_pattern as face
from support.pattern_cases import CASES, Case, by_id
from support.project import page_text
from trailbell.patterns import FilterPattern, PatternError


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_package_gives_patterns_and_their_error() -> None:
    assert FilterPattern is trailbell.FilterPattern
    assert PatternError is trailbell.PatternError
    assert {"FilterPattern", "PatternError", "__version__"} <= set(dir(trailbell))
    with pytest.raises(AttributeError, match="nothing"):
        _ = trailbell.nothing


@pytest.mark.parametrize("module", [trailbell, face])
def test_the_examples_in_docstrings_are_true(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]

    assert 0 < results.attempted
    assert 0 == results.failed


def test_the_examples_on_the_page_of_patterns_are_true() -> None:
    [example] = re.findall(r"^```pycon\n(.*?)^```$", page_text("patterns.md"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest(example, {}, "patterns.md", None, None)
    results = doctest.DocTestRunner().run(test)

    assert 3 < results.attempted
    assert 0 == results.failed


def test_the_package_alone_loads_no_pattern_and_patterns_load_no_server() -> None:
    printed = _run(
        "import sys, trailbell; print('msgspec' in sys.modules);"
        "trailbell.FilterPattern('{ $.a = 1 }').matches({'a': 1});"
        "print(sorted({'re2', 'hyperscan', 'asyncio', 'sqlalchemy', 'botocore', 'click'} & set(sys.modules)))"
    )

    assert "False\n[]\n" == printed


def test_a_type_checker_of_the_user_sees_the_types() -> None:
    printed = _run(
        "import trailbell, pathlib; print((pathlib.Path(trailbell.__file__).parent / 'py.typed').exists())"
    )

    assert "True\n" == printed


@pytest.mark.parametrize("case", by_id([case for case in CASES if case.match is True][::10]))
def test_text_bytes_and_pickled_patterns_answer_alike(case: Case) -> None:
    pattern = trailbell.FilterPattern(case.pattern)

    assert pattern.matches(case.message)
    assert pattern.matches(case.message.encode())
    assert case.pattern == str(pattern)
