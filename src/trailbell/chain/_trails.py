"""The sources as the trails they are to AWS's API: each delivers CloudTrail records to a log group."""

import re
from collections.abc import Sequence
from pathlib import PurePath

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.settings import Settings
from trailbell.store import Store, StoredSource

__all__ = ["Trail", "Trails"]

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
# CloudTrail's own rule: 3 to 128 characters, beginning and ending with a letter or a number.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[._-](?![._-])){1,126}[A-Za-z0-9]", re.ASCII)


class Trail(msgspec.Struct, frozen=True):
    """A source with the name and ARN it has as a trail."""

    name: str
    arn: str
    source: StoredSource


class Trails:
    """Finds sources by the name or the ARN of their trail; ``locations`` are those that are read now."""

    def __init__(self, store: Store, settings: Settings, locations: Sequence[str]) -> None:
        self._store = store
        self._settings = settings
        self._locations = tuple(locations)

    def all(self) -> list[Trail]:
        """Lists the trails of the sources that are read now, by name."""
        with self._store.read() as transaction:
            stored = {each.location: each for each in transaction.sources.all()}
        names: dict[str, StoredSource] = {}
        for location in self._locations:
            source = stored[location]
            name = _name_of(source)
            # Two folders may be called alike: the later ones carry their number.
            names[name if name not in names else f"{name}-{source.id}"] = source
        return [Trail(name, self._arn(name), names[name]) for name in sorted(names)]

    def find(self, name_or_arn: str) -> Trail:
        """Finds one trail.

        Raises:
            RequestRefusedError: There is no such trail, or this is no name of one.
        """
        if name_or_arn.startswith("arn:"):
            name = name_or_arn.rpartition(":trail/")[2]
        else:
            name = name_or_arn
            self._check(name)
        for trail in self.all():
            if name_or_arn in {trail.name, trail.arn}:
                return trail
        account, region = self._settings.account_id, self._settings.region
        raise RequestRefusedError(
            RefusalKind.NOT_FOUND,
            f"Unknown trail: {self._arn(name)} for the user: {account} in {region}",
        )

    def _check(self, name: str) -> None:
        if not 3 <= len(name) <= 128:
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER,
                "Trail name must have a length between 3 and 128 characters.",
            )
        if not _NAME.fullmatch(name):
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER,
                "Trail name can only contain uppercase letters, lowercase letters, numbers, periods (.), "
                "hyphens (-), and underscores (_), and must begin and end with a letter or a number.",
            )

    def _arn(self, name: str) -> str:
        return f"arn:aws:cloudtrail:{self._settings.region}:{self._settings.account_id}:trail/{name}"


def _name_of(source: StoredSource) -> str:
    word = _NOT_IN_A_NAME.sub("-", PurePath(source.location).name).strip("-._")
    word = re.sub(r"([._-])[._-]+", r"\1", word)
    return word[:100].rstrip("-._") if len(word) >= 3 else f"source-{source.id}"
