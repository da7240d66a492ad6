"""What can be wrong with an order for traffic."""

from trailbell._errors import TrailbellError

__all__ = ["TrafficOrderError"]


class TrafficOrderError(TrailbellError):
    """An argument that no traffic can be made from.

    Args:
        argument: The argument's name.
        value: The value that was given.
        wanted: What it has to be, as words that follow "must be".
    """

    def __init__(self, argument: str, value: object, wanted: str) -> None:
        super().__init__(f"{argument} is {value!r}, but must be {wanted}")
        self.argument = argument
        self.value = value
        self.wanted = wanted
