"""Keep the beginning of what was rejected, so that it can be looked at after its file is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; what was rejected before has none."""
    with op.batch_alter_table("rejected_record") as table:
        table.add_column(sa.Column("excerpt", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drops the column."""
    with op.batch_alter_table("rejected_record") as table:
        table.drop_column("excerpt")
