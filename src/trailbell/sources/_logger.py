"""The logger of this room, made when there is something to say: its library takes long to import."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

__all__ = ["log"]


def log() -> "FilteringBoundLogger":
    """Returns the logger."""
    # A replay that only lists files would wait a tenth of a second for it.
    import structlog  # noqa: PLC0415

    logger: FilteringBoundLogger = structlog.get_logger("trailbell.sources")
    return logger
