"""Which names topics may have."""

import re

from trailbell._errors import RefusalKind, RequestRefusedError

__all__ = ["check_topic_name"]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FIFO_NAME = re.compile(r"[A-Za-z0-9_-]{1,251}\.fifo")


def check_topic_name(name: str, *, is_fifo: bool = False) -> None:
    """Refuses a name that SNS refuses, and every FIFO topic.

    Raises:
        RequestRefusedError: the name is not valid, or FIFO topics are asked for.
    """
    if not (_FIFO_NAME if is_fifo else _NAME).fullmatch(name):
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, "Invalid parameter: Topic Name")
    if is_fifo:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED,
            "FIFO topics are not supported by this version; create a standard topic, "
            "without FifoTopic and without .fifo at the end of its name.",
        )
