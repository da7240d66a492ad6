"""Keep as of when alarms were last judged, so that a gap is known after a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table, without a row: nobody knows when alarms were last judged before."""
    op.create_table(
        "evaluation",
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at_ms", name=op.f("pk_evaluation")),
    )


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("evaluation")
