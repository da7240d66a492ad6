"""The one error of this room: a value, a name or a file that cannot be used."""

from trailbell._errors import TrailbellError

__all__ = ["SettingsError"]


class SettingsError(TrailbellError):
    """A flag, a variable or a file entry that is not valid.

    Attributes:
        name: the setting, the variable or the file the error is about.
        origin: where it stood: ``flag``, a variable's name, a file's path; None where only the caller knows.
        problem: what is wrong and what to do.
    """

    def __init__(self, name: str, problem: str, origin: str | None = None) -> None:
        self.name = name
        self.problem = problem
        self.origin = origin
        place = f" (from {origin})" if origin is not None and origin != name else ""
        super().__init__(f"{name}{place}: {problem}")

    def placed(self, origin: str) -> "SettingsError":
        """The same error with the place where the value stood."""
        return SettingsError(self.name, self.problem, origin)
