"""What is going wrong at the moment, by the part of the chain it befalls."""

import threading

__all__ = ["Troubles"]


class Troubles:
    """The last failure of each part, until the part succeeds again; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reasons: dict[str, str] = {}

    def report(self, part: str, reason: str) -> None:
        """Notes that a part of the chain has failed."""
        with self._lock:
            self._reasons[part] = reason

    def clear(self, part: str) -> None:
        """Notes that a part of the chain has succeeded."""
        # Success is the rule and comes often: a look without the lock sees that there is nothing to do.
        if part in self._reasons:
            with self._lock:
                self._reasons.pop(part, None)

    def reasons(self) -> dict[str, str]:
        """Lists the parts that are in trouble, with the reason."""
        with self._lock:
            return dict(sorted(self._reasons.items()))
