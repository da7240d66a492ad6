"""Bringing a database to the present schema before it is used.

Alembic is imported only when there is something to do: it costs a third of a second.
"""

from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from trailbell.store._errors import NewerSchemaError

__all__ = ["HEAD", "migrate"]

HEAD = "0008"
"""The newest revision under ``migrations/versions``; a test holds it true."""


def migrate(connection: Connection, path: Path) -> bool:
    """Upgrades to ``HEAD`` inside the caller's transaction; True if anything was done.

    Raises:
        NewerSchemaError: The database's revision is not one of ours.
    """
    revision = _revision(connection)
    if revision == HEAD:
        return False
    from alembic import command  # noqa: PLC0415 - see the module's docstring
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    with as_file(files("trailbell.store").joinpath("migrations")) as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
        if revision is not None and revision not in known:
            raise NewerSchemaError(path, revision)
        command.upgrade(config, "head")
    return True


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
