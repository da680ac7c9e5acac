"""Points are conserved, whatever is done with them: every verb, on both databases."""

import pytest
from hypothesis.stateful import run_state_machine_as_test

from gamification.engine import checkpoints
from tests.proofs import story
from tests.proofs.effort import SHARDS, stories
from tests.proofs.members import Members
from tests.proofs.shop import Shop
from tests.proofs.staff import Staff


class Money(Members, Shop, Staff):
    """Two members, staff, a shop and a charity: all that can happen to points."""


@pytest.mark.timeout(0)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_points_are_conserved_whatever_is_done_with_them(ground, shard, proved, monkeypatch):
    """Half of the stories prevent a shortage of gems, half of them fold from checkpoints."""
    prevents = shard % 2 == 1
    if shard // 2 % 2:
        monkeypatch.setattr(checkpoints, "INTERVAL", 3)
    ground.prepare(lambda: story.begun("PREVENT" if prevents else "ALLOW_NEGATIVE"))
    run_state_machine_as_test(
        lambda: Money(ground, proved, prevents=prevents), settings=stories(SHARDS)
    )
