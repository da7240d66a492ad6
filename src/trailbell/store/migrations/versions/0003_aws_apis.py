"""What the AWS APIs need kept: log streams and events, tags, topics and subscriptions as SNS has them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the new tables, and widens those that were made for one program's own use."""
    _log_groups()
    _log_events()
    _metric_filters()
    _topics()
    _outbox()


def _log_groups() -> None:
    # Added in place, with a default that stays: a table that others refer to cannot be made anew here.
    op.add_column("log_group", sa.Column("class", sa.Text(), nullable=False, server_default="STANDARD"))
    op.add_column("log_group", sa.Column("kms_key_id", sa.Text(), nullable=True))
    op.add_column("log_group", sa.Column("retention_days", sa.Integer(), nullable=True))
    op.add_column(
        "log_group", sa.Column("is_deletion_protected", sa.Boolean(), nullable=False, server_default="0")
    )
    op.add_column("log_group", sa.Column("stored_bytes", sa.BigInteger(), nullable=False, server_default="0"))


def _log_events() -> None:
    op.create_table(
        "log_stream",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("log_group_id", _ROW_NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_event_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_event_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_ingestion_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["log_group_id"], ["log_group.id"], name=op.f("fk_log_stream_log_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_stream")),
        sa.UniqueConstraint("log_group_id", "name", name=op.f("uq_log_stream_log_group_id_name")),
    )
    op.create_index(
        op.f("ix_log_stream_log_group_id_last_event_ms"), "log_stream", ["log_group_id", "last_event_ms"]
    )
    op.create_table(
        "log_batch",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("log_group_id", _ROW_NUMBER, nullable=False),
        sa.Column("log_stream_id", _ROW_NUMBER, nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("ingested_ms", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log_group_id"], ["log_group.id"], name=op.f("fk_log_batch_log_group_id")),
        sa.ForeignKeyConstraint(
            ["log_stream_id"], ["log_stream.id"], name=op.f("fk_log_batch_log_stream_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_batch")),
    )
    op.create_index(op.f("ix_log_batch_log_group_id_first_ms"), "log_batch", ["log_group_id", "first_ms"])
    op.create_index(op.f("ix_log_batch_log_stream_id_first_ms"), "log_batch", ["log_stream_id", "first_ms"])


def _metric_filters() -> None:
    # Made anew, as two of its columns take other values. Every filter before this had the value 1 and no
    # unit: nothing else could be asked for.
    op.rename_table("metric_filter", "old_metric_filter")
    op.drop_index("ix_metric_filter_metric_id", "old_metric_filter")
    op.create_table(
        "metric_filter",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("log_group_id", _ROW_NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("metric_id", _ROW_NUMBER, nullable=False),
        sa.Column("metric_value", sa.Text(), nullable=False),
        sa.Column("default_value", sa.Float(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_group_id"], ["log_group.id"], name=op.f("fk_metric_filter_log_group_id")
        ),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_metric_filter_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_filter")),
        sa.UniqueConstraint("log_group_id", "name", name=op.f("uq_metric_filter_log_group_id_name")),
    )
    op.execute(
        "INSERT INTO metric_filter SELECT id, log_group_id, name, pattern, metric_id, '1', default_value, "
        "NULL, created_ms FROM old_metric_filter"
    )
    op.drop_table("old_metric_filter")
    op.create_index(op.f("ix_metric_filter_metric_id"), "metric_filter", ["metric_id"])


def _topics() -> None:
    op.add_column("topic", sa.Column("attributes", sa.Text(), nullable=False, server_default="{}"))
    op.add_column(
        "topic", sa.Column("subscriptions_deleted", sa.BigInteger(), nullable=False, server_default="0")
    )
    # Made anew, as two of its constraints go.
    op.rename_table("subscription", "old_subscription")
    op.drop_index("ix_subscription_topic_arn", "old_subscription")
    op.create_table(
        "subscription",
        sa.Column("arn", sa.Text(), nullable=False),
        sa.Column("topic_arn", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_ms", sa.BigInteger(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("was_authenticated", sa.Boolean(), nullable=False),
        sa.Column("is_protected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("arn", name=op.f("pk_subscription")),
    )
    op.execute(
        "INSERT INTO subscription SELECT arn, topic_arn, protocol, endpoint, created_ms, 'confirmed', "
        "created_ms, '{}', true, false FROM old_subscription"
    )
    op.drop_table("old_subscription")
    op.create_index(op.f("ix_subscription_state_ms"), "subscription", ["state_ms"])
    op.create_index(
        op.f("ix_subscription_topic_arn_protocol_endpoint"),
        "subscription",
        ["topic_arn", "protocol", "endpoint"],
    )
    op.create_table(
        "subscription_token",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("subscription_arn", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_subscription_token")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_subscription_token_subscription_arn"), "subscription_token", ["subscription_arn"]
    )
    op.create_index(op.f("ix_subscription_token_created_ms"), "subscription_token", ["created_ms"])
    op.create_table(
        "tag",
        sa.Column("resource_arn", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("resource_arn", "key", name=op.f("pk_tag")),
        sqlite_with_rowid=False,
    )


def _outbox() -> None:
    op.add_column("outbox", sa.Column("topic_arn", sa.Text(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("attributes", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("outbox", sa.Column("token", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE outbox SET topic_arn = coalesce("
        "(SELECT topic_arn FROM subscription WHERE arn = outbox.subscription_arn), '')"
    )


def downgrade() -> None:
    """Cannot be done: what older versions have no room for would be lost."""
    raise NotImplementedError("a database of this schema has no way back; restore the backup made before")
