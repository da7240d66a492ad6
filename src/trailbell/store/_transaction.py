"""One transaction and the aggregates reachable in it."""

from sqlalchemy import Connection

from trailbell.store._alarms import Alarms
from trailbell.store._composites import Composites
from trailbell.store._datapoints import Datapoints
from trailbell.store._evaluations import Evaluations
from trailbell.store._events import Events
from trailbell.store._filters import Filters
from trailbell.store._log_events import LogBatches
from trailbell.store._log_groups import LogGroups
from trailbell.store._log_streams import LogStreams
from trailbell.store._metrics import Metrics
from trailbell.store._outbox import Outbox
from trailbell.store._recent_datapoints import RecentDatapoints
from trailbell.store._retention import Retention
from trailbell.store._sources import Sources
from trailbell.store._tags import Tags
from trailbell.store._topics import Topics
from trailbell.store._verifications import Verifications

__all__ = ["Transaction"]


class Transaction:
    """The tables by aggregate, all on one connection; nothing outlives the transaction."""

    def __init__(self, connection: Connection) -> None:
        self.filters = Filters(connection)
        self.log_groups = LogGroups(connection)
        self.log_streams = LogStreams(connection)
        self.log_batches = LogBatches(connection)
        self.metrics = Metrics(connection)
        self.datapoints = Datapoints(connection)
        self.recent_datapoints = RecentDatapoints(connection)
        self.alarms = Alarms(connection)
        self.evaluations = Evaluations(connection)
        self.composites = Composites(connection)
        self.topics = Topics(connection)
        self.outbox = Outbox(connection)
        self.sources = Sources(connection)
        self.events = Events(connection)
        self.tags = Tags(connection)
        self.verifications = Verifications(connection)
        self.retention = Retention(connection)
