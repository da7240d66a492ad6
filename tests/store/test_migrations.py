"""Databases of every earlier schema are brought to the present one with all that is in them."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import trailbell.store
from support.clock import MINUTE_MS, START_MS
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import Histogram, MetricKey, StatisticSet, statistic_by_name
from trailbell.store import Store

MIGRATIONS = Path(trailbell.store.__file__).parent / "migrations"
REVISIONS = [each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]

# One row in every table that the first schema has; foreign keys hold.
FIRST_ROWS = f"""
INSERT INTO log_group VALUES (1, 'CloudTrail/logs', {START_MS});
INSERT INTO metric VALUES (1, 'CISBenchmark', 'unauthorized_api_calls_metric', '[]');
INSERT INTO metric_filter VALUES (1, 1, 'f', '{{ $.a = 1 }}', 1, 1.0, NULL, 'None', {START_MS});
INSERT INTO datapoint VALUES (1, 'None', {START_MS}, 2.0, 2.0, 1.0, 1.0);
INSERT INTO evidence VALUES (1, 1, {START_MS}, x'01');
INSERT INTO alarm VALUES ('a', 1, '{{}}', 'OK', 'r', '', {START_MS}, {START_MS}, NULL, NULL);
INSERT INTO alarm_history VALUES (1, 'a', {START_MS}, 'StateUpdate', 's', '{{}}', NULL);
INSERT INTO topic VALUES ('arn:t', 't', {START_MS});
INSERT INTO subscription VALUES ('arn:t:1', 'arn:t', 'webhook', 'http://x.example/', {START_MS});
INSERT INTO outbox VALUES
  (1, 'm', 'arn:t:1', 'change', '{{}}', NULL, 's', 'b', '', {START_MS}, {START_MS}, 0, 'pending', '', NULL);
INSERT INTO delivery_attempt VALUES (1, 1, {START_MS}, 'retry', 'd');
INSERT INTO source VALUES (1, '/logs', 'CloudTrail/logs', {START_MS}, NULL, 1, 2, 3, 4, 5, NULL, NULL);
INSERT INTO source_file VALUES (1, 'f.json', 9, 8, 7, x'aa', 6, {START_MS}, 'read', '');
INSERT INTO rejected_record VALUES (1, 1, 'f.json', 5, 'reason', {START_MS});
INSERT INTO counted_identity VALUES (x'0102', {START_MS});
INSERT INTO event VALUES
  (1, {START_MS}, {START_MS}, {START_MS}, 'e', '1', 'r', 'user', 'p', '', 'c', '', '', 'f.json', 2, x'7b7d');
INSERT INTO event_filter VALUES (1, 1);
"""  # noqa: S608 - our own rows

ONE_AND_TWO = Histogram.of(1).merge(Histogram.of(2))
METRIC = MetricKey("CISBenchmark", "unauthorized_api_calls_metric")

# One row in every table that a later schema added, and what it can say of others.
LATER_ROWS = {
    "0003": f"""
INSERT INTO log_stream VALUES (1, 1, 's', {START_MS}, {START_MS}, {START_MS}, {START_MS});
INSERT INTO log_batch VALUES (1, 1, 1, {START_MS}, {START_MS}, {START_MS}, 1, 27, x'01');
INSERT INTO subscription_token VALUES ('2336412f37', 'arn:t:1', {START_MS});
INSERT INTO tag VALUES ('arn:t', 'k', 'v');
""",  # noqa: S608 - our own rows
    "0004": f"""
INSERT INTO datapoint
  (metric_id, unit, start_ms, sample_count, sum, minimum, maximum)
  VALUES (1, 'None', {START_MS + MINUTE_MS}, 2.0, 3.0, 1.0, 2.0);
""",  # noqa: S608 - our own rows
    "0005": f"""
INSERT INTO datapoint VALUES
  (1, 'None', {START_MS + 2 * MINUTE_MS}, 2.0, 3.0, 1.0, 2.0, x'{ONE_AND_TWO.to_bytes().hex()}');
""",  # noqa: S608 - our own rows
    "0006": f"""
INSERT INTO composite_alarm VALUES
  ('both', '{{}}', 'OK', 'r', '', {START_MS}, {START_MS}, {START_MS}, NULL, '', NULL, NULL, NULL, NULL);
INSERT INTO composite_reference VALUES ('both', 'a', 0);
""",  # noqa: S608 - our own rows
    "0007": f"INSERT INTO evaluation VALUES ({START_MS});",  # noqa: S608 - our own rows
    "0008": f"""
INSERT INTO verification VALUES ('v', 1, 'f.json', {START_MS}, 0, {START_MS}, '{{}}');
""",  # noqa: S608 - our own rows
}


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if name != "alembic_version"
    ]
    found = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608
    connection.close()
    return found


def make(path: Path, revision: str) -> None:
    """Makes a database of an old schema with a row in every table."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    filling = sqlite3.connect(path)
    filling.executescript(FIRST_ROWS)
    filling.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    filling = sqlite3.connect(path)
    for added in (rows for each, rows in sorted(LATER_ROWS.items()) if each <= revision):
        filling.executescript(added)
    filling.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_row_of_an_earlier_schema_is_there_after_opening(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "trailbell.db"
    make(path, revision)
    before = tables(path)
    Store(tmp_path).close()
    after = tables(path)

    assert all(before.values())
    assert {name: len(rows) for name, rows in before.items()} == {name: len(after[name]) for name in before}
    for name, rows in before.items():
        if name not in {"metric_filter", "subscription"}:
            assert rows == [row[: len(rows[0])] for row in after[name]]


def test_what_the_third_schema_writes_otherwise_says_the_same(tmp_path: Path) -> None:
    make(tmp_path / "trailbell.db", "0002")
    store = Store(tmp_path)
    with store.read() as transaction:
        [kept] = transaction.filters.all()
        [subscription] = transaction.topics.subscriptions()
    store.close()

    assert ("1", None) == (kept.definition.transformation.value, kept.definition.transformation.unit)
    assert "confirmed" == subscription.state
    assert ("arn:t:1", "arn:t", "webhook") == (
        subscription.arn,
        subscription.topic_arn,
        subscription.protocol,
    )


def test_a_filter_of_an_earlier_schema_has_no_dimensions(tmp_path: Path) -> None:
    make(tmp_path / "trailbell.db", "0003")
    store = Store(tmp_path)
    with store.read() as transaction:
        [kept] = transaction.filters.all()
    store.close()

    assert ((), ()) == (kept.definition.transformation.dimensions, kept.definition.system_dimensions)


def test_a_rejected_record_of_the_first_schema_has_an_empty_excerpt(tmp_path: Path) -> None:
    make(tmp_path / "trailbell.db", "0001")
    store = Store(tmp_path)
    with store.read() as transaction:
        [rejected] = transaction.sources.rejected()
    store.close()

    assert ("f.json", 5, b"") == (rejected.file_name, rejected.offset, rejected.excerpt)


def test_datapoints_of_an_earlier_schema_have_percentiles_where_all_samples_are_the_same(
    tmp_path: Path,
) -> None:
    make(tmp_path / "trailbell.db", "0005")
    store = Store(tmp_path)
    same, different = (SeriesMinute(METRIC, "None", START_MS + minute * MINUTE_MS) for minute in (0, 1))
    with store.write() as transaction:
        added = Contribution(StatisticSet.of(1), None)
        before = transaction.datapoints.within(METRIC, 0, 2 * START_MS)
        transaction.datapoints.add({same: added, different: added})
        after = transaction.datapoints.within(METRIC, 0, 2 * START_MS)
    store.close()

    assert [[True, False, True]] * 2 == [
        [statistic_by_name("p90", each.statistics, each.histogram) is not None for each in found]
        for found in (before, after)
    ]
    assert [2.0, 2.0, 2.0] == [each.statistics.sample_count for each in before]
    assert [3.0, 3.0, 2.0] == [each.statistics.sample_count for each in after]
