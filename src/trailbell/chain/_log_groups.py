"""Log groups as the operations of CloudWatch Logs make, change, list and delete them, and their tags."""

from collections.abc import Collection, Mapping

import msgspec
from msgspec.structs import replace

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._filterings import Filterings
from trailbell.chain._log_lookup import existing_group, log_group_arn, name_in_arn, name_of_group
from trailbell.chain._log_tokens import make_token, read_token
from trailbell.chain._set_up import LOG_GROUP
from trailbell.settings import Settings
from trailbell.store import GroupQuery, Store, StoredGroup, Transaction

__all__ = ["RETENTION_DAYS", "STANDARD_CLASS", "GroupPage", "LogGroups", "NewGroup"]

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""How many days of retention CloudWatch Logs offers."""

STANDARD_CLASS = "STANDARD"
"""The class of a log group that names none."""

_MOST_TAGS = 50
_RESERVED_TAG = "aws:"
_RESERVED_NAME = "aws/"
_DELETED_AT_ONCE = 500


class NewGroup(msgspec.Struct, frozen=True):
    """A log group to make."""

    name: str
    log_class: str = STANDARD_CLASS
    tags: Mapping[str, str] = {}
    is_deletion_protected: bool = False


class GroupPage(msgspec.Struct, frozen=True):
    """Some log groups; ``next_token`` is None on the last page."""

    groups: tuple[StoredGroup, ...]
    next_token: str | None


class LogGroups:
    """Makes, changes, lists and deletes log groups.

    Args:
        store: Where they are kept.
        clock: The time.
        settings: The account, the region and the sources.
        filterings: The compiled filters of each group.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings, filterings: Filterings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._filterings = filterings

    def arn(self, name: str) -> str:
        """Returns a log group's ARN, without the ``:*`` that stands for its streams."""
        return log_group_arn(self._settings, name)

    def create(self, new: NewGroup) -> None:
        """Makes a log group.

        Raises:
            RequestRefusedError: There is one of this name, the name is reserved, or the tags are not allowed.
        """
        if new.name.startswith(_RESERVED_NAME):
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER, "Log groups whose names begin with aws/ are reserved for AWS."
            )
        _check_tags(new.tags)
        with self._store.write() as transaction:
            made = transaction.log_groups.create(
                new.name,
                new.log_class,
                self._clock.now_ms(),
                is_deletion_protected=new.is_deletion_protected,
            )
            if not made:
                raise RequestRefusedError(
                    RefusalKind.ALREADY_EXISTS, "The specified log group already exists"
                )
            transaction.tags.put(self.arn(new.name), new.tags)
        self._filterings.changed(new.name)

    def delete(self, name: str) -> None:
        """Deletes a log group with its streams, events, metric filters and tags.

        Raises:
            RequestRefusedError: There is none, it is protected, or a source feeds it.
        """
        with self._store.read() as transaction:
            group_id = self._deletable(transaction, name).id
        # Much data goes in steps, so that other writers get in between.
        while self._delete_some(group_id):
            pass
        with self._store.write() as transaction:
            transaction.log_groups.delete(self._deletable(transaction, name).id)
            transaction.tags.remove_all(self.arn(name))
        self._filterings.changed(name)

    def page(self, query: GroupQuery, token: str | None = None) -> GroupPage:
        """Lists log groups by name.

        Raises:
            RequestRefusedError: The token is none, or prefix and pattern are both given.
        """
        if query.prefix and query.pattern:
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER,
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            )
        after = "" if token is None else read_token("DescribeLogGroups", token, str)
        with self._store.read() as transaction:
            found = transaction.log_groups.page(replace(query, after=after, limit=query.limit + 1))
        groups = tuple(found[: query.limit])
        is_last = len(found) <= query.limit
        return GroupPage(groups, None if is_last else make_token("DescribeLogGroups", groups[-1].name))

    def names_of(self, identifiers: Collection[str]) -> tuple[str, ...]:
        """Returns the names of the groups that callers name by name or ARN.

        Raises:
            RequestRefusedError: An ARN is no log group's of this account.
        """
        return tuple(name_of_group(self._settings, "", each) for each in identifiers)

    def set_retention(self, name: str, days: int | None) -> None:
        """Sets how many days a group's events are kept; None keeps them as long as there is room.

        Raises:
            RequestRefusedError: There is no such group, or AWS does not offer so many days.
        """
        if days is not None and days not in RETENTION_DAYS:
            offered = ", ".join(map(str, RETENTION_DAYS))
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER,
                f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy "
                f"constraint: Member must satisfy enum value set: [{offered}]",
            )
        with self._store.write() as transaction:
            transaction.log_groups.set_retention(existing_group(transaction, name).id, days)

    def set_deletion_protected(self, identifier: str, *, is_deletion_protected: bool) -> None:
        """Sets whether a group, named by name or ARN, refuses to be deleted.

        Raises:
            RequestRefusedError: There is no such group.
        """
        name = name_of_group(self._settings, "", identifier)
        with self._store.write() as transaction:
            group = existing_group(transaction, name)
            transaction.log_groups.set_deletion_protected(group.id, is_deletion_protected)

    def tags(self, name: str) -> dict[str, str]:
        """Lists a group's tags.

        Raises:
            RequestRefusedError: There is no such group.
        """
        with self._store.read() as transaction:
            return transaction.tags.of(self.arn(existing_group(transaction, name).name))

    def tag(self, name: str, tags: Mapping[str, str]) -> None:
        """Adds tags to a group; those of a key that is there are overwritten.

        Raises:
            RequestRefusedError: There is no such group, or it would have too many tags.
        """
        _check_tags(tags)
        with self._store.write() as transaction:
            arn = self.arn(existing_group(transaction, name).name)
            if len({*transaction.tags.of(arn), *tags}) > _MOST_TAGS:
                raise _too_many_tags()
            transaction.tags.put(arn, tags)

    def untag(self, name: str, keys: Collection[str]) -> None:
        """Removes tags from a group; keys that are not there are no matter.

        Raises:
            RequestRefusedError: There is no such group.
        """
        with self._store.write() as transaction:
            transaction.tags.remove(self.arn(existing_group(transaction, name).name), keys)

    def name_in_arn(self, arn: str) -> str:
        """Returns the name of the group that tags are asked for by ARN.

        Raises:
            RequestRefusedError: The ARN is no log group's of this account.
        """
        return name_in_arn(self._settings, arn)

    def _deletable(self, transaction: Transaction, name: str) -> StoredGroup:
        group = existing_group(transaction, name)
        if group.is_deletion_protected:
            raise RequestRefusedError(
                RefusalKind.VALIDATION,
                "The specified log group cannot be deleted because deletion protection is enabled.",
            )
        if name == LOG_GROUP and self._settings.source:
            raise RequestRefusedError(
                RefusalKind.UNSUPPORTED,
                f"The log group {LOG_GROUP} cannot be deleted as long as the sources of this server write "
                "to it: its metric filters and alarms would be blind. Start the server without them first.",
            )
        return group

    def _delete_some(self, group_id: int) -> int:
        with self._store.write() as transaction:
            return transaction.log_batches.delete_of_group(group_id, _DELETED_AT_ONCE)


def _check_tags(tags: Mapping[str, str]) -> None:
    if len(tags) > _MOST_TAGS:
        raise _too_many_tags()
    for key in tags:
        if key.lower().startswith(_RESERVED_TAG):
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER, f"Tag keys that begin with {_RESERVED_TAG} are reserved: {key}"
            )


def _too_many_tags() -> RequestRefusedError:
    return RequestRefusedError(
        RefusalKind.TOO_MANY_TAGS, f"A resource can have no more than {_MOST_TAGS} tags."
    )
