"""Keep the bins of datapoints, from which percentiles are told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; a datapoint of before has percentiles only where all its samples are the same."""
    # In place: a table this long is not made anew.
    op.add_column("datapoint", sa.Column("bins", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drops the column."""
    op.drop_column("datapoint", "bins")
