"""Tags of whatever has an ARN."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.store._schema import tag

__all__ = ["Tags"]


class Tags:
    """Keys and values by the resource's ARN."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, resource_arn: str) -> dict[str, str]:
        """Lists a resource's tags by key."""
        found = self._connection.execute(
            select(tag.c.key, tag.c.value).where(tag.c.resource_arn == resource_arn).order_by(tag.c.key)
        )
        return {each.key: each.value for each in found}

    def put(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        """Sets tags; a key that is there is overwritten."""
        for key, value in tags.items():
            self._connection.execute(
                upsert(tag)
                .values(resource_arn=resource_arn, key=key, value=value)
                .on_conflict_do_update(index_elements=["resource_arn", "key"], set_={"value": value})
            )

    def remove(self, resource_arn: str, keys: Collection[str]) -> None:
        """Removes tags; keys that are not there are no matter."""
        self._connection.execute(delete(tag).where(tag.c.resource_arn == resource_arn, tag.c.key.in_(keys)))

    def remove_all(self, resource_arn: str) -> None:
        """Removes every tag of a resource."""
        self._connection.execute(delete(tag).where(tag.c.resource_arn == resource_arn))
