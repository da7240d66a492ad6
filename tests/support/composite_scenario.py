"""A chain with alarms of a test's own, moved by hand, and composite alarms on them."""

from pathlib import Path
from typing import Any

from support.scenario import Scenario
from trailbell.alarms import AlarmParameters, AlarmState, CompositeAlarm
from trailbell.chain import TOPIC_NAME, AlarmSearch
from trailbell.metrics import Statistic
from trailbell.store import AlarmQuery, HistoryQuery, StoredComposite
from trailbell.topics import topic_arn

__all__ = ["TOPIC", "CompositeScenario"]

TOPIC = topic_arn("us-east-1", "000000000000", TOPIC_NAME)


class CompositeScenario(Scenario):
    """Alarms by name; those on metrics never move by themselves, as nothing is known of their metric."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(folder, **{"source": (), "gather_seconds": 0.0, **settings})
        self.chain.tick()

    def put_metric_alarms(self, *names: str) -> None:
        for name in names:
            self.chain.alarms.put(
                AlarmParameters(
                    name=name,
                    metric_name="m",
                    namespace="App",
                    statistic=Statistic.SUM,
                    period_seconds=60,
                    evaluation_periods=1,
                    threshold=1,
                    comparison_operator="GreaterThanOrEqualToThreshold",
                    treat_missing_data="ignore",
                ),
                {},
            )

    def put(self, name: str, rule: str, **more: Any) -> None:
        """Puts a composite alarm that tells the topic of its ALARM and of its OK, unless it is said."""
        actions = {"alarm_actions": (TOPIC,), "ok_actions": (TOPIC,)}
        self.chain.alarms.put_composite(CompositeAlarm(name=name, rule=rule, **{**actions, **more}), {})

    def set(self, name: str, state: AlarmState) -> None:
        self.chain.alarms.set_state(name, state, "drill")

    def composite(self, name: str) -> StoredComposite:
        search = AlarmSearch(AlarmQuery(names=(name,)), types=("CompositeAlarm",))
        [found] = self.chain.alarms.page(search).composites
        return found

    def summaries(self, name: str) -> list[str]:
        query = HistoryQuery(name, is_ascending=True)
        return [each.summary for each in self.chain.alarms.history(query, ("CompositeAlarm",)).items]

    def moves(self, name: str) -> list[str]:
        """The states it moved to, in order."""
        return [each.rpartition(" ")[2] for each in self.summaries(name) if each.startswith("Alarm updated")]

    def said(self) -> list[str]:
        """The titles of all messages that people have got."""
        text = self.delivered()
        return [line for line in text.splitlines() if line.startswith(("ALARM", "OK", "INSUFFICIENT"))]
