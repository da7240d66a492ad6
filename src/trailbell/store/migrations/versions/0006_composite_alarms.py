"""Keep composite alarms, what they refer to, and the changes of theirs that messages tell of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables and the columns; the history of before is that of alarms on metrics."""
    op.create_table(
        "composite_alarm",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_data", sa.Text(), nullable=False),
        sa.Column("configuration_updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("state_updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("state_transitioned_ms", sa.BigInteger(), nullable=False),
        sa.Column("suppressed_by", sa.Text(), nullable=True),
        sa.Column("suppressed_reason", sa.Text(), nullable=False),
        sa.Column("suppression_due_ms", sa.BigInteger(), nullable=True),
        sa.Column("held_change", sa.Text(), nullable=True),
        sa.Column("episode_start_ms", sa.BigInteger(), nullable=True),
        sa.Column("told_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_composite_alarm")),
    )
    op.create_index(op.f("ix_composite_alarm_suppression_due_ms"), "composite_alarm", ["suppression_due_ms"])
    op.create_table(
        "composite_reference",
        sa.Column("composite_name", sa.Text(), nullable=False),
        sa.Column("alarm_name", sa.Text(), nullable=False),
        sa.Column("is_suppressor", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "composite_name", "alarm_name", "is_suppressor", name=op.f("pk_composite_reference")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_composite_reference_alarm_name"), "composite_reference", ["alarm_name"])
    # In place: neither table is made anew for a column.
    op.add_column(
        "alarm_history", sa.Column("alarm_type", sa.Text(), nullable=False, server_default="MetricAlarm")
    )
    op.add_column("outbox", sa.Column("composite_change", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drops them."""
    op.drop_column("outbox", "composite_change")
    op.drop_column("alarm_history", "alarm_type")
    op.drop_table("composite_reference")
    op.drop_table("composite_alarm")
