"""The catalogue in the benchmark's order, and look-up by key."""

import difflib

from trailbell._errors import TrailbellError
from trailbell.controls._access_controls import ACCESS_CONTROLS
from trailbell.controls._control import Control
from trailbell.controls._network_controls import NETWORK_CONTROLS

__all__ = ["CATALOGUE", "UnknownControlError", "control_of", "watched_controls"]

CATALOGUE: tuple[Control, ...] = ACCESS_CONTROLS + NETWORK_CONTROLS


class UnknownControlError(TrailbellError):
    """No control has this key; ``nearest`` is the closest one there is, or empty."""

    def __init__(self, key: str) -> None:
        self.key = key
        close = difflib.get_close_matches(key, [each.key for each in CATALOGUE], n=1, cutoff=0.5)
        self.nearest = close[0] if close else ""
        hint = f"did you mean {self.nearest}?" if self.nearest else f"there are {_all_keys()}"
        super().__init__(f"no control is called {key!r}; {hint} (`trailbell controls list` shows all)")


def _all_keys() -> str:
    return ", ".join(each.key for each in CATALOGUE)


def control_of(key: str) -> Control:
    """Finds a control by its key; hyphens and underscores are the same.

    Raises:
        UnknownControlError: No control has this key.
    """
    wanted = key.strip().replace("-", "_")
    for control in CATALOGUE:
        if control.key == wanted:
            return control
    raise UnknownControlError(key)


def watched_controls() -> tuple[Control, ...]:
    """Lists the controls that are a metric filter and an alarm."""
    return tuple(control for control in CATALOGUE if control.pattern is not None)
