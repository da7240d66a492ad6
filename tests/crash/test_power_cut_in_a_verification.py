"""Wherever the power goes while the chain is proven, a restart leaves what real traffic would have left."""

import contextlib
from pathlib import Path

from support.power_cut import Fuse, PowerCutError
from support.records import denial, record, write_log
from support.scenario import Scenario
from support.verifying import everything, of_one_control, order

CUTS = 10


def prepared(folder: Path) -> Scenario:
    """A server that is about to read a real file, with the alarm at rest."""
    folder.mkdir()
    scenario = of_one_control(folder)
    scenario.tick()
    write_log(scenario.logs / "real.json", [denial("mallory", eventID="1"), record()])
    return scenario


def proven(scenario: Scenario) -> None:
    scenario.chain.verifications.start(order(scenario))
    scenario.chain.take_all()
    scenario.chain.deliver_all()
    scenario.chain.verifications.advance()


def kept_after(scenario: Scenario) -> dict[str, object]:
    scenario.chain.take_all()
    scenario.tick()
    with scenario.store.read() as transaction:
        unfinished = transaction.verifications.unfinished()
    kept = everything(scenario) | {"unfinished": unfinished}
    scenario.close()
    return kept


def test_a_restart_leaves_only_what_is_real(tmp_path: Path) -> None:
    expected = kept_after(prepared(tmp_path / "real"))
    scenario = prepared(tmp_path / "undisturbed")
    with Fuse() as fuse:
        proven(scenario)
    whole = kept_after(scenario)
    outcomes = []
    for blows_at in range(2, fuse.passed, max(1, fuse.passed // CUTS)):
        scenario = prepared(tmp_path / str(blows_at))
        with contextlib.suppress(PowerCutError), Fuse(blows_at):
            proven(scenario)
        scenario.restart()
        outcomes.append(kept_after(scenario))

    assert expected == whole
    assert [] == [each for each in outcomes if each != expected]
    assert len(outcomes) >= CUTS
