"""How far a replay has come, for whoever shows it."""

import msgspec

__all__ = ["Progress"]


class Progress(msgspec.Struct, frozen=True):
    """What has been read so far; bytes are those of the files as they lie on the disk.

    Attributes:
        files_done: How many files have been read.
        files_total: How many there are.
        bytes_done: How many bytes of them have been read.
        bytes_total: How many there are.
        seconds: The time since the replay began.
    """

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    seconds: float

    @property
    def left_seconds(self) -> float | None:
        """How long reading will still take at the present speed; None while nobody can tell."""
        if not self.bytes_done:
            return None
        return self.seconds / self.bytes_done * max(self.bytes_total - self.bytes_done, 0)
