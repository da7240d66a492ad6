"""The first schema.

This file is long because it is one table after the other, and it is never changed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table."""
    op.create_table(
        "alarm_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alarm_name", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_history")),
    )
    op.create_index(
        op.f("ix_alarm_history_alarm_name_at_ms"), "alarm_history", ["alarm_name", "at_ms"], unique=False
    )
    op.create_index(op.f("ix_alarm_history_at_ms"), "alarm_history", ["at_ms"], unique=False)
    op.create_table(
        "counted_identity",
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_counted_identity")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_counted_identity_at_ms"), "counted_identity", ["at_ms"], unique=False)
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    op.create_index(op.f("ix_delivery_attempt_at_ms"), "delivery_attempt", ["at_ms"], unique=False)
    op.create_index(op.f("ix_delivery_attempt_outbox_id"), "delivery_attempt", ["outbox_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("delivered_ms", sa.BigInteger(), nullable=False),
        sa.Column("stored_ms", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_account_id_at_ms"), "event", ["account_id", "at_ms"], unique=False)
    op.create_index(op.f("ix_event_address_at_ms"), "event", ["address", "at_ms"], unique=False)
    op.create_index(op.f("ix_event_at_ms"), "event", ["at_ms"], unique=False)
    op.create_index(op.f("ix_event_call_at_ms"), "event", ["call", "at_ms"], unique=False)
    op.create_index(op.f("ix_event_delivered_ms"), "event", ["delivered_ms"], unique=False)
    op.create_index(op.f("ix_event_error_code_at_ms"), "event", ["error_code", "at_ms"], unique=False)
    op.create_index(op.f("ix_event_event_id"), "event", ["event_id"], unique=False)
    op.create_index(op.f("ix_event_principal_at_ms"), "event", ["principal", "at_ms"], unique=False)
    op.create_index(op.f("ix_event_region_at_ms"), "event", ["region", "at_ms"], unique=False)
    op.create_index(op.f("ix_event_stored_ms"), "event", ["stored_ms"], unique=False)
    op.create_table(
        "log_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_group")),
        sa.UniqueConstraint("name", name=op.f("uq_log_group_name")),
    )
    op.create_table(
        "metric",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric")),
        sa.UniqueConstraint(
            "namespace", "name", "dimensions", name=op.f("uq_metric_namespace_name_dimensions")
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("subscription_arn", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("evidence_start_ms", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_state_due_ms"), "outbox", ["state", "due_ms"], unique=False)
    op.create_index(
        op.f("ix_outbox_subscription_arn_state"), "outbox", ["subscription_arn", "state"], unique=False
    )
    op.create_table(
        "source",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("log_group", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("caught_up_ms", sa.BigInteger(), nullable=True),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("unmatched", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("last_read_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_lag_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("location", name=op.f("uq_source_location")),
    )
    op.create_table(
        "topic",
        sa.Column("arn", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("arn", name=op.f("pk_topic")),
    )
    op.create_table(
        "alarm",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_data", sa.Text(), nullable=False),
        sa.Column("configuration_updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("state_updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("episode_start_ms", sa.BigInteger(), nullable=True),
        sa.Column("told_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_alarm_metric_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarm")),
    )
    op.create_index(op.f("ix_alarm_metric_id"), "alarm", ["metric_id"], unique=False)
    op.create_table(
        "datapoint",
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("sample_count", sa.Float(), nullable=False),
        sa.Column("sum", sa.Float(), nullable=False),
        sa.Column("minimum", sa.Float(), nullable=False),
        sa.Column("maximum", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_datapoint_metric_id")),
        sa.PrimaryKeyConstraint("metric_id", "unit", "start_ms", name=op.f("pk_datapoint")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_filter",
        sa.Column("metric_filter_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_filter_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("metric_filter_id", "event_id", name=op.f("pk_event_filter")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_event_filter_event_id"), "event_filter", ["event_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("delta", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_evidence_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(
        op.f("ix_evidence_metric_id_start_ms"), "evidence", ["metric_id", "start_ms"], unique=False
    )
    op.create_table(
        "metric_filter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("log_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("metric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("metric_value", sa.Float(), nullable=False),
        sa.Column("default_value", sa.Float(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_group_id"], ["log_group.id"], name=op.f("fk_metric_filter_log_group_id")
        ),
        sa.ForeignKeyConstraint(["metric_id"], ["metric.id"], name=op.f("fk_metric_filter_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_filter")),
        sa.UniqueConstraint("log_group_id", "name", name=op.f("uq_metric_filter_log_group_id_name")),
    )
    op.create_index(op.f("ix_metric_filter_metric_id"), "metric_filter", ["metric_id"], unique=False)
    op.create_table(
        "rejected_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_rejected_record_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_record")),
    )
    op.create_index(op.f("ix_rejected_record_at_ms"), "rejected_record", ["at_ms"], unique=False)
    op.create_index(
        op.f("ix_rejected_record_source_id_file_name"),
        "rejected_record",
        ["source_id", "file_name"],
        unique=False,
    )
    op.create_table(
        "source_file",
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("consumed_bytes", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_source_file_source_id")),
        sa.PrimaryKeyConstraint("source_id", "name", name=op.f("pk_source_file")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_source_file_content_hash"), "source_file", ["content_hash"], unique=False)
    op.create_index(op.f("ix_source_file_first_seen_ms"), "source_file", ["first_seen_ms"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("arn", sa.Text(), nullable=False),
        sa.Column("topic_arn", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["topic_arn"], ["topic.arn"], name=op.f("fk_subscription_topic_arn")),
        sa.PrimaryKeyConstraint("arn", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "topic_arn", "protocol", "endpoint", name=op.f("uq_subscription_topic_arn_protocol_endpoint")
        ),
    )
    op.create_index(op.f("ix_subscription_topic_arn"), "subscription", ["topic_arn"], unique=False)


def downgrade() -> None:
    """Drops every table."""
    op.drop_index(op.f("ix_subscription_topic_arn"), table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_source_file_first_seen_ms"), table_name="source_file")
    op.drop_index(op.f("ix_source_file_content_hash"), table_name="source_file")
    op.drop_table("source_file")
    op.drop_index(op.f("ix_rejected_record_source_id_file_name"), table_name="rejected_record")
    op.drop_index(op.f("ix_rejected_record_at_ms"), table_name="rejected_record")
    op.drop_table("rejected_record")
    op.drop_index(op.f("ix_metric_filter_metric_id"), table_name="metric_filter")
    op.drop_table("metric_filter")
    op.drop_index(op.f("ix_evidence_metric_id_start_ms"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_event_filter_event_id"), table_name="event_filter")
    op.drop_table("event_filter")
    op.drop_table("datapoint")
    op.drop_index(op.f("ix_alarm_metric_id"), table_name="alarm")
    op.drop_table("alarm")
    op.drop_table("topic")
    op.drop_table("source")
    op.drop_index(op.f("ix_outbox_subscription_arn_state"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_state_due_ms"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("metric")
    op.drop_table("log_group")
    op.drop_index(op.f("ix_event_stored_ms"), table_name="event")
    op.drop_index(op.f("ix_event_region_at_ms"), table_name="event")
    op.drop_index(op.f("ix_event_principal_at_ms"), table_name="event")
    op.drop_index(op.f("ix_event_event_id"), table_name="event")
    op.drop_index(op.f("ix_event_error_code_at_ms"), table_name="event")
    op.drop_index(op.f("ix_event_delivered_ms"), table_name="event")
    op.drop_index(op.f("ix_event_call_at_ms"), table_name="event")
    op.drop_index(op.f("ix_event_at_ms"), table_name="event")
    op.drop_index(op.f("ix_event_address_at_ms"), table_name="event")
    op.drop_index(op.f("ix_event_account_id_at_ms"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_delivery_attempt_outbox_id"), table_name="delivery_attempt")
    op.drop_index(op.f("ix_delivery_attempt_at_ms"), table_name="delivery_attempt")
    op.drop_table("delivery_attempt")
    op.drop_index(op.f("ix_counted_identity_at_ms"), table_name="counted_identity")
    op.drop_table("counted_identity")
    op.drop_index(op.f("ix_alarm_history_at_ms"), table_name="alarm_history")
    op.drop_index(op.f("ix_alarm_history_alarm_name_at_ms"), table_name="alarm_history")
    op.drop_table("alarm_history")
