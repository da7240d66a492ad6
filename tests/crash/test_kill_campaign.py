"""A server killed twelve times while it reads counts what one left in peace and another program count."""

from pathlib import Path

import msgspec
import pytest

from support.crash_campaign import Campaign, Moment, counted_independently, left_in_peace
from support.crash_outcome import differences

KILLS = 12
CAMPAIGNS = 3
SEED = 20260914


@pytest.mark.slow
def test_twelve_kills_change_no_count_no_evidence_and_no_alarm(tmp_path: Path) -> None:
    moments: list[str] = []
    # Where a kill falls is chance, and now and then none of a campaign falls while records are counted.
    for seed in range(SEED, SEED + CAMPAIGNS):
        campaign = Campaign(tmp_path / f"killed-{seed}", KILLS, seed)
        result = campaign.run()
        counted = counted_independently(campaign.logs)
        undisturbed = left_in_peace(tmp_path / f"undisturbed-{seed}", campaign.logs, result.records)

        assert [] == result.complaints
        assert result.records == sum(result.outcome.classes.values())
        assert [] == differences(counted, result.outcome)
        assert [] == differences(msgspec.to_builtins(undisturbed), result.outcome)
        moments += result.moments
        if Moment.COUNTING in moments:
            break

    assert Moment.COUNTING in moments
