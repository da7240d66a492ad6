"""How long a decision about patterns may take, and why one may stay open."""

__all__ = ["DEFAULT_BUDGET", "Budget", "OutOfBudgetError", "UndecidedError"]

DEFAULT_BUDGET = 50_000
"""Steps that one search may take; a step is one choice tried, or one state of an automaton looked at."""


class UndecidedError(Exception):
    """Nothing can be said of what was asked; the text says why."""


class OutOfBudgetError(UndecidedError):
    """The search has taken all the steps it may."""


class Budget:
    """Counts the steps of a search."""

    def __init__(self, steps: int) -> None:
        self._allowed = steps
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Takes steps off what is left.

        Raises:
            OutOfBudgetError: That many are not left.
        """
        self._left -= steps
        if self._left < 0:
            raise OutOfBudgetError(f"the search was given up after {self._allowed} steps")
