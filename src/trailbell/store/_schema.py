"""The tables, as they are now. Every change comes with a migration; a test holds the two equal.

It is longer than 400 lines because tables refer to each other and are looked up in one place.
Instants are milliseconds since the epoch. Every table has a bound (``_retention``).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "METADATA",
    "alarm",
    "alarm_history",
    "composite_alarm",
    "composite_reference",
    "counted_identity",
    "datapoint",
    "delivery_attempt",
    "evaluation",
    "event",
    "event_filter",
    "evidence",
    "log_batch",
    "log_group",
    "log_stream",
    "metric",
    "metric_filter",
    "outbox",
    "rejected_record",
    "source",
    "source_file",
    "subscription",
    "subscription_token",
    "tag",
    "topic",
    "verification",
]

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives out row numbers only for columns of the exact type INTEGER; elsewhere they are 64 bits wide.
_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")

log_group = Table(
    "log_group",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("class", Text, nullable=False),
    Column("kms_key_id", Text),
    Column("retention_days", Integer),
    Column("is_deletion_protected", Boolean, nullable=False),
    Column("stored_bytes", BigInteger, nullable=False),
)

log_stream = Table(
    "log_stream",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("log_group_id", ForeignKey("log_group.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("first_event_ms", BigInteger),
    Column("last_event_ms", BigInteger),
    Column("last_ingestion_ms", BigInteger),
    UniqueConstraint("log_group_id", "name"),
    Index(None, "log_group_id", "last_event_ms"),
)

# Log events are kept as compressed batches: one row for the events that one call put into one stream.
log_batch = Table(
    "log_batch",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("log_group_id", ForeignKey("log_group.id"), nullable=False),
    Column("log_stream_id", ForeignKey("log_stream.id"), nullable=False),
    Column("first_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("ingested_ms", BigInteger, nullable=False),
    Column("events", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "log_group_id", "first_ms"),
    Index(None, "log_stream_id", "first_ms"),
)

metric = Table(
    "metric",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("namespace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("dimensions", Text, nullable=False),
    UniqueConstraint("namespace", "name", "dimensions"),
)

metric_filter = Table(
    "metric_filter",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("log_group_id", ForeignKey("log_group.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("pattern", Text, nullable=False),
    Column("metric_id", ForeignKey("metric.id"), nullable=False, index=True),
    Column("metric_value", Text, nullable=False),
    Column("default_value", Float),
    Column("unit", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("dimensions", Text, nullable=False, server_default="[]"),
    Column("system_dimensions", Text, nullable=False, server_default="[]"),
    UniqueConstraint("log_group_id", "name"),
)

datapoint = Table(
    "datapoint",
    METADATA,
    Column("metric_id", ForeignKey("metric.id"), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("start_ms", BigInteger, primary_key=True),
    Column("sample_count", Float, nullable=False),
    Column("sum", Float, nullable=False),
    Column("minimum", Float, nullable=False),
    Column("maximum", Float, nullable=False),
    # Null where the other columns say all there is to say: every sample is the same, or nobody knows.
    Column("bins", LargeBinary),
    sqlite_with_rowid=False,
)

evidence = Table(
    "evidence",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("metric_id", ForeignKey("metric.id"), nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("delta", LargeBinary, nullable=False),
    Index(None, "metric_id", "start_ms"),
)

alarm = Table(
    "alarm",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("metric_id", ForeignKey("metric.id"), nullable=False, index=True),
    Column("definition", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reason_data", Text, nullable=False),
    Column("configuration_updated_ms", BigInteger, nullable=False),
    Column("state_updated_ms", BigInteger, nullable=False),
    # When the data of the present or last ALARM began, and up to when people were told about it.
    Column("episode_start_ms", BigInteger),
    Column("told_ms", BigInteger),
)

composite_alarm = Table(
    "composite_alarm",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("definition", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reason_data", Text, nullable=False),
    Column("configuration_updated_ms", BigInteger, nullable=False),
    Column("state_updated_ms", BigInteger, nullable=False),
    Column("state_transitioned_ms", BigInteger, nullable=False),
    # What holds the actions of the present state back, until when, and the change that they belong to.
    Column("suppressed_by", Text),
    Column("suppressed_reason", Text, nullable=False),
    Column("suppression_due_ms", BigInteger, index=True),
    Column("held_change", Text),
    # As for alarms on metrics.
    Column("episode_start_ms", BigInteger),
    Column("told_ms", BigInteger),
)

# The alarms that composite alarms mention in their rules, or are suppressed by: for the way up from an alarm.
# No foreign keys: an alarm is of one of two tables.
composite_reference = Table(
    "composite_reference",
    METADATA,
    Column("composite_name", Text, primary_key=True),
    Column("alarm_name", Text, primary_key=True),
    Column("is_suppressor", Boolean, primary_key=True),
    Index(None, "alarm_name"),
    sqlite_with_rowid=False,
)

alarm_history = Table(
    "alarm_history",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("alarm_name", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("item_type", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("evidence", LargeBinary),
    # AWS's name of the kind of the alarm: its name may have been that of another kind before.
    Column("alarm_type", Text, nullable=False, server_default="MetricAlarm"),
    Index(None, "alarm_name", "at_ms"),
)

# One row: as of when alarms were last judged, so that a gap is known after a restart.
evaluation = Table("evaluation", METADATA, Column("at_ms", BigInteger, primary_key=True))

topic = Table(
    "topic",
    METADATA,
    Column("arn", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("subscriptions_deleted", BigInteger, nullable=False),
)

# No foreign key and no unique endpoint: a deleted one stays for a while, as its link back may be used.
subscription = Table(
    "subscription",
    METADATA,
    Column("arn", Text, primary_key=True),
    Column("topic_arn", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    # When the state was last changed: pending and deleted subscriptions are forgotten some time after.
    Column("state_ms", BigInteger, nullable=False, index=True),
    Column("attributes", Text, nullable=False),
    Column("was_authenticated", Boolean, nullable=False),
    Column("is_protected", Boolean, nullable=False),
    Index(None, "topic_arn", "protocol", "endpoint"),
)

subscription_token = Table(
    "subscription_token",
    METADATA,
    Column("token", Text, primary_key=True),
    Column("subscription_arn", Text, nullable=False, index=True),
    Column("created_ms", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

tag = Table(
    "tag",
    METADATA,
    Column("resource_arn", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("message_id", Text, nullable=False),
    # No foreign key: what was promised to a receiver that has since gone must still end somewhere visible.
    Column("subscription_arn", Text, nullable=False),
    Column("topic_arn", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # The alarm's change behind the message; JSON null where there is none: somebody published it.
    Column("change", Text, nullable=False),
    Column("evidence_start_ms", BigInteger),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("text", Text, nullable=False),
    # Message attributes as JSON; the token of a confirmation.
    Column("attributes", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("finished_ms", BigInteger),
    # The composite alarm's change behind the message, as JSON.
    Column("composite_change", Text),
    Index(None, "state", "due_ms"),
    Index(None, "subscription_arn", "state"),
)

delivery_attempt = Table(
    "delivery_attempt",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("outbox_id", BigInteger, nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

source = Table(
    "source",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("location", Text, nullable=False, unique=True),
    Column("log_group", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    # Null until the first look at the source is complete: files found before then may be backlog.
    Column("caught_up_ms", BigInteger),
    Column("files", BigInteger, nullable=False),
    Column("matched", BigInteger, nullable=False),
    Column("unmatched", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("last_read_ms", BigInteger),
    Column("last_lag_ms", BigInteger),
)

source_file = Table(
    "source_file",
    METADATA,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("content_hash", LargeBinary, index=True),
    Column("consumed_bytes", BigInteger, nullable=False),
    Column("first_seen_ms", BigInteger, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    sqlite_with_rowid=False,
)

rejected_record = Table(
    "rejected_record",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("excerpt", LargeBinary),
    Index(None, "source_id", "file_name"),
)

counted_identity = Table(
    "counted_identity",
    METADATA,
    Column("identity", LargeBinary, primary_key=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    METADATA,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("delivered_ms", BigInteger, nullable=False, index=True),
    # Backlog is delivered long ago by its own words; how long it is kept counts from when it came here.
    Column("stored_ms", BigInteger, nullable=False, index=True),
    Column("event_id", Text, nullable=False, index=True),
    Column("account_id", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("principal_kind", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("error_code", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index(None, "principal", "at_ms"),
    Index(None, "call", "at_ms"),
    Index(None, "error_code", "at_ms"),
    Index(None, "address", "at_ms"),
    Index(None, "account_id", "at_ms"),
    Index(None, "region", "at_ms"),
)

# Proofs of the chain. An open one takes its file in, one that is not removed has left something behind.
verification = Table(
    "verification",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("source_id", BigInteger),
    Column("file_name", Text, nullable=False, index=True),
    Column("started_ms", BigInteger, nullable=False, index=True),
    Column("is_open", Boolean, nullable=False),
    Column("removed_ms", BigInteger),
    Column("document", Text, nullable=False),
)

event_filter = Table(
    "event_filter",
    METADATA,
    Column("metric_filter_id", BigInteger, primary_key=True),
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
