"""The fold: one entry onto a standing. Pure: no clock, no table, no chance.

`fold` and `advance` change the standing that they are given and add to the effects; both depend
on nothing but their arguments. The order of what an activity does is fixed and reads top down:
points, then challenges and their prizes, streaks, tiers, badges, leaderboards; and then the same
for each of the points that were earned.
"""

from collections.abc import Callable, Mapping

from gamification.engine import activities, passing, spends
from gamification.engine.effects import Effects
from gamification.engine.scene import Scene
from gamification.engine.standing import Standing
from gamification.journal import Entry, EntryType
from gamification.programme import Programme
from kit.clock import Instant

# What retractions take back is taken off before the fold; what is left to do is what they keep.
_DEEDS: Mapping[EntryType, Callable[[Scene, Entry], None]] = {
    EntryType.ACTIVITY: activities.act,
    EntryType.CHOICE: activities.choose,
    EntryType.RETRACTION: activities.keep,
    EntryType.ADJUSTMENT: activities.adjust,
    EntryType.GRANT: spends.receive,
    EntryType.SPEND: spends.spend,
    EntryType.TRANSFER: spends.spend,
    EntryType.HOLD: spends.set_aside,
    EntryType.CAPTURE: spends.capture,
    EntryType.RELEASE: spends.release,
}


def fold(
    standing: Standing, programme: Programme, entry: Entry, *, zone: str, effects: Effects
) -> None:
    """Fold one entry. Entries come in the order of `(at, source)`, retractions taken off."""
    assert entry.type is not EntryType.RETRACTION or entry.facts.kept
    advance(standing, programme, entry.at, zone=zone, effects=effects)
    scene = Scene(
        standing=standing,
        edition=programme.at(entry.at),
        zone=zone,
        at=entry.at,
        cause=entry.source,
        effects=effects,
    )
    _DEEDS[entry.type](scene, entry)
    standing.last_at, standing.last_source = entry.at, entry.source
    standing.entries += 1
    standing.next_due = passing.next_due(standing)


def advance(
    standing: Standing, programme: Programme, to: Instant, *, zone: str, effects: Effects
) -> None:
    """Let everything that falls due up to and at `to` happen at its own time, in order.

    However often and however far it is called, the result for an instant is the same.
    """
    while standing.next_due <= to:
        due = standing.next_due
        scene = Scene(
            standing=standing,
            edition=programme.at(due),
            zone=zone,
            at=due,
            cause="",
            effects=effects,
        )
        passing.expire(scene)
        spends.release_due(scene)
        passing.lapse(scene)
        passing.slip(scene)
        standing.moved_at = due
        standing.next_due = passing.next_due(standing)
