"""The engine: one journal, one fold, one standing. It composes the rooms in one fixed order."""

from gamification.engine.auditing import AuditReport, Check, audit
from gamification.engine.counting import stats
from gamification.engine.effects import HonourKind
from gamification.engine.enrolling import Enrolled, enrol
from gamification.engine.facts import Fact
from gamification.engine.joining import join
from gamification.engine.reading import (
    View,
    active_members,
    effects_because,
    holders,
    standing_of,
    standings_of,
)
from gamification.engine.recording import Answer, Recorded, Recording, record
from gamification.engine.retracting import retract, retract_all
from gamification.engine.retractions import Retracting
from gamification.engine.settling import pending, settle, settle_pending, sweep
from gamification.engine.spending import Spent, capture, hold, release, spend
from gamification.engine.standing import Hold, Standing

__all__ = [
    "Answer",
    "AuditReport",
    "Check",
    "Enrolled",
    "Fact",
    "Hold",
    "HonourKind",
    "Recorded",
    "Recording",
    "Retracting",
    "Spent",
    "Standing",
    "View",
    "active_members",
    "audit",
    "capture",
    "effects_because",
    "enrol",
    "hold",
    "holders",
    "join",
    "pending",
    "record",
    "release",
    "retract",
    "retract_all",
    "settle",
    "settle_pending",
    "spend",
    "standing_of",
    "standings_of",
    "stats",
    "sweep",
]
