"""Keep the dimensions of metric filters: names with fields, and those of the system, as JSON."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS = ("dimensions", "system_dimensions")


def upgrade() -> None:
    """Adds the columns; a filter of before has none of either."""
    for name in _COLUMNS:
        # In place, with a default that stays: a table that others refer to cannot be made anew here.
        op.add_column("metric_filter", sa.Column(name, sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drops the columns."""
    for name in _COLUMNS:
        op.drop_column("metric_filter", name)
