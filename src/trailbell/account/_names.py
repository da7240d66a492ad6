"""Amazon Resource Names: where something lives, and what it is called there."""

import msgspec

__all__ = ["Arn", "log_group_arn", "read_arn"]


class Arn(msgspec.Struct, frozen=True):
    """The six fields of an ARN; ``resource`` is all behind the fifth colon."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @property
    def log_group_name(self) -> str:
        """The name of the log group that an ARN of CloudWatch Logs means, with or without ``:*``."""
        return self.resource.removeprefix("log-group:").partition(":")[0]


def read_arn(text: str) -> Arn | None:
    """Returns the fields of an ARN; None for a text that is none."""
    fields = text.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        return None
    return Arn(*fields[1:])


def log_group_arn(text: str) -> str:
    """Returns a log group's ARN without the ``:*`` that CloudTrail and older answers put behind it."""
    return text.removesuffix(":*")
