"""Signals interrupt what has to be put in order, and do not interrupt the putting in order."""

import signal
from collections.abc import Iterator

import pytest

from trailbell.cli._ending import ended_in_order

ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def terminal() -> Iterator[None]:
    """Signals as a program at a terminal has them: what runs in the background may have them ignored."""
    before = {each: signal.signal(each, signal.SIG_DFL) for each in ENDING}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def ended_by(first: signal.Signals, done: list[str]) -> None:
    """Is ended by one signal, and by all of them while it puts things in order."""
    with ended_in_order():
        try:
            signal.raise_signal(first)
        finally:
            for each in ENDING:
                signal.raise_signal(each)
            done.append("in order")


@pytest.mark.parametrize("first", ENDING)
def test_the_first_signal_interrupts_and_the_next_ones_let_it_end_in_order(first: signal.Signals) -> None:
    before = [signal.getsignal(each) for each in ENDING]
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        ended_by(first, done)

    assert ["in order"] == done
    assert before == [signal.getsignal(each) for each in ENDING]


def test_a_signal_that_is_ignored_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ended_in_order():
        signal.raise_signal(signal.SIGHUP)

    assert signal.SIG_IGN is signal.getsignal(signal.SIGHUP)
