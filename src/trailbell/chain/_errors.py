"""Requests the running system cannot carry out."""

from trailbell._errors import TrailbellError

__all__ = ["ChainError", "UnknownAlarmError", "UnknownRejectedError", "UnknownVerificationError"]


class ChainError(TrailbellError):
    """What was asked does not fit what is there; the message says what to do first."""


class UnknownAlarmError(ChainError):
    """There is no alarm of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no alarm is called {name!r} (`trailbell alarm list` shows all)")


class UnknownRejectedError(ChainError):
    """Nothing of this number was rejected, or it is forgotten by now."""

    def __init__(self, rejected_id: int) -> None:
        self.rejected_id = rejected_id
        super().__init__(
            f"nothing that was rejected has the number {rejected_id} (`trailbell rejected list` shows all)"
        )


class UnknownVerificationError(ChainError):
    """There is no verification of this id, or it is forgotten by now."""

    def __init__(self, verification_id: str) -> None:
        self.verification_id = verification_id
        super().__init__(f"no verification has the id {verification_id!r}; `trailbell verify` starts one")
