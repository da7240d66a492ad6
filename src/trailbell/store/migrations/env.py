"""Alembic's entry: run the migrations on the connection the store hands over."""

from alembic import context

from trailbell.store._schema import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
