"""Why the database cannot be used as it is."""

from pathlib import Path

from trailbell._errors import TrailbellError

__all__ = ["LockedError", "NewerSchemaError", "StoreError"]


class StoreError(TrailbellError):
    """The database or its folder cannot be opened, read or written."""


class LockedError(StoreError):
    """Another server owns the data folder."""

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder = folder
        self.owner = owner
        who = f" (process {owner})" if owner else ""
        super().__init__(
            f"another Trailbell server{who} is using the data folder {folder}; "
            "stop it, or give this one a folder of its own with --data"
        )


class NewerSchemaError(StoreError):
    """The database was written by a newer version of Trailbell."""

    def __init__(self, path: Path, revision: str) -> None:
        self.path = path
        self.revision = revision
        super().__init__(
            f"{path} was written by a newer version of Trailbell (schema {revision}); "
            "install that version again, or start with an empty folder with --data"
        )
