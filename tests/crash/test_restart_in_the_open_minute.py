"""An alarm that rang early goes on ringing over a restart: the minute it rang for has not been judged yet."""

from pathlib import Path

from support.records import denial
from support.scenario import Scenario


def test_a_restart_neither_ends_an_early_alarm_nor_rings_it_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, gather_seconds=0.0)
    scenario.chain.take_all()
    scenario.chain.tick()
    scenario.drop("one.json.gz", [denial("mallory")])
    scenario.clock.turn(seconds=5)
    scenario.restart()
    scenario.chain.tick()
    moves = [each.summary for each in scenario.alarm().history if each.type == "StateUpdate"]
    said = scenario.delivered()
    scenario.close()

    assert ["Alarm updated from OK to ALARM", "Alarm updated from INSUFFICIENT_DATA to OK"] == moves
    assert said.count("ALARM: ") == 1
