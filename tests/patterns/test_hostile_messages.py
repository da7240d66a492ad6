"""Messages made to break the pattern language, or to keep it busy, are answered soon and in little memory."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from fuzz.hostile_checks import answers, assert_linear, refusal
from fuzz.hostile_inputs import HOSTILE_INPUTS
from support.project import ROOT
from trailbell.patterns import FilterPattern

LARGEST_MESSAGE = 256 * 1024
MOST_MEGABYTES = 400
DEEP = 10_000

# Messages without end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE_INPUTS)
def test_the_time_grows_with_the_length_of_the_message(name: str) -> None:
    hostile = HOSTILE_INPUTS[name]
    pattern = FilterPattern(hostile.pattern)

    def work(size: int) -> Callable[[], object]:
        message = hostile.message(size)
        encoded = message.encode()
        return lambda: (pattern.matches(encoded), pattern.extract(message))

    assert_linear(work, LARGEST_MESSAGE)


@pytest.mark.parametrize("name", HOSTILE_INPUTS)
def test_a_hostile_message_gets_the_right_answer(name: str) -> None:
    hostile = HOSTILE_INPUTS[name]

    assert hostile.matches == answers(hostile.pattern, hostile.message(LARGEST_MESSAGE // 16))


def test_all_hostile_inputs_are_answered_in_little_memory() -> None:
    script = (
        "import sys\n"
        "from support.memory import peak_bytes\n"
        "from fuzz.hostile_inputs import HOSTILE_INPUTS\n"
        "from trailbell.patterns import FilterPattern\n"
        "for each in HOSTILE_INPUTS.values():\n"
        "    FilterPattern(each.pattern).extract(each.message(int(sys.argv[1])))\n"
        "print(peak_bytes())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(LARGEST_MESSAGE // 4)],
        capture_output=True,
        check=True,
        cwd=ROOT / "tests",
        text=True,
        timeout=300,
    )

    assert MOST_MEGABYTES * 1024 * 1024 > int(done.stdout)


# Messages that nest ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("is_closed", [True, False])
def test_nesting_without_end_is_no_json_object_but_still_text(
    opening: str, closing: str, is_closed: bool
) -> None:
    message = f'{{"unread":{opening * DEEP}1{closing * DEEP * is_closed},"a":1}}'

    for pattern in (
        "{ $.a = 1 }",
        "{ $.a NOT EXISTS }",
        "{ $.unread IS NULL }",
        "{ $.* = 1 }",
        "{ $.b[0] != 1 }",
    ):
        assert not answers(pattern, message)
    for pattern in ("", "unread", "%:1%", "[first]", "[..., last]"):
        assert answers(pattern, message)


# Numbers without end --------------------------------------------------------------------------------------

DIGITS = "9" * 100_000


@pytest.mark.parametrize(
    ("test", "number", "answer"),
    [
        ("> 1e99998", DIGITS, True),
        ("> 1e100000", DIGITS, False),
        ("< -1e99998", f"-{DIGITS}", True),
        ('= "99*9"', DIGITS, True),
        ("= 1", f"1.{'0' * 100_000}", True),
        ("= 1", f"0.{DIGITS}", True),
        ("> 0", f"0.{'0' * 100_000}1", False),
        ("> 0", "1e999999999", False),
        ("= Infinity", "1e999999999", True),
        ("= 0", "1e-999999999", True),
        ("= 0", f"0e{DIGITS}", True),
        ("= Infinity", f"1e{DIGITS}", True),
        ("= 0", f"1e-{DIGITS}", True),
    ],
)
def test_an_event_may_hold_a_number_of_any_length(test: str, number: str, answer: bool) -> None:
    assert answer == answers(f"{{ $.a {test} }}", f'{{"a":{number}}}')
    assert answer == answers(f"{{ $.a[*] {test} }}", f'{{"a":[{number}]}}')


@pytest.mark.parametrize(
    ("test", "word", "answer"),
    [
        ("> 1e99998", DIGITS, True),
        ("> 1e100000", DIGITS, False),
        ("= 99*9", DIGITS, True),
        ("= 1", f"1.{'0' * 100_000}", True),
        ("= 1", f"0.{DIGITS}", False),
        ("> 0", f"0.{'0' * 100_000}1", True),
        ("> 1e999999999", "2e999999999", True),
        ("< 1e-999999999", "1e-1000000000", True),
        ("= 1e2147483647", "10e2147483646", True),
        ("!= 1", f"1e{DIGITS}", True),
        ("= Infinity", "1e999999999", False),
    ],
)
def test_a_word_may_be_a_number_of_any_length(test: str, word: str, answer: bool) -> None:
    assert answer == answers(f"[a {test}]", word)
    assert answer == answers(f"[..., a {test}]", f"one {word}")


@pytest.mark.parametrize("exponent", ["2147483648", "-2147483649", "9" * 900])
def test_a_literal_whose_exponent_needs_more_than_32_bits_is_refused(exponent: str) -> None:
    assert "32 bits" in refusal(f"{{ $.a = 1e{exponent} }}").expected
    assert "32 bits" in refusal(f"[a = 1e{exponent}]").expected


@pytest.mark.parametrize("index", ["2147483648", "18446744073709551616", "9" * 1000])
def test_an_index_beyond_every_array_reaches_nothing(index: str) -> None:
    assert answers(f"{{ $.a[{index}] NOT EXISTS }}", '{"a":[1]}')
    assert not answers(f"{{ $.a[{index}] = 1 }}", '{"a":[1]}')


def test_of_a_hundred_thousand_equal_names_the_last_one_counts() -> None:
    members = "".join(f'"a":{number},' for number in range(100_000))

    assert answers("{ $.a = 7 && $.* = 7 }", f'{{{members}"a":7}}')
    assert not answers("{ $.a = 99999 || $.* = 99999 }", f'{{{members}"\\u0061":7}}')


# Text that is hardly text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "message", "answer"),
    [
        ('"\0"', "a\0b", True),
        ('{ $.a = "\0" }', '{"a":"\\u0000"}', True),
        ("{ $.a = 1 }", '{"a":1}\0', False),
        ("[a, b]", "a\0b", False),
        ("%^a\\x00b$%", "a\0b", True),
        ("{ $.a = 1 }", '\ufeff{"a":1}', False),
        ("a", "\ufeffa", True),
        ("[a = a]", "\ufeffa", False),
        ("%^.a$%", "\ufeffa", True),
        ('"\ud800"', "x\ud800", True),
        ('"\ud800"', "\N{GRINNING FACE}", False),
        ('{ $.a = "\ud800" }', '{"a":"\\ud800"}', True),
        ('{ $.a = "\ud83d" }', '{"a":"\\ud83d\\ude00"}', False),
        ('{ $.a = "\ud83d*" }', '{"a":"\\ud83d\\ude00"}', False),
        ('[a = "\udc00*"]', "\udc00b", True),
        ("%^.b$%", "\udc00b", True),
        ("{ $.a NOT EXISTS }", b'{"b":"\xff"}', False),
        ("{ $.a NOT EXISTS }", b'{"\xed\xa0\x80":1}', False),
        ("{ $.a NOT EXISTS }", '{"b":1}'.encode("utf-16"), False),
        ("a -b", b"a\xff\x00\xfe", True),
        ("\N{LATIN SMALL LETTER Y WITH DIAERESIS}", b"\xff", False),
        ("[a, b]", b"\xff\xfe \xc0\x80", True),
        ("%^..$%", b"\xffa", True),
    ],
)
def test_what_is_hardly_text_is_compared_as_it_stands(
    pattern: str, message: str | bytes, answer: bool
) -> None:
    assert answer == answers(pattern, message)
