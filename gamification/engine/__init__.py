"""The engine: one journal, one fold, one standing. It composes the rooms in one fixed order."""

from gamification.engine.adjusting import (
    Adjusted,
    adjust,
    approve_adjustment,
    reject_adjustment,
    reverse_adjustment,
)
from gamification.engine.adjustments import (
    Adjustment,
    AdjustmentState,
    adjustments_page,
    find_adjustment,
)
from gamification.engine.admitting import Judged, Retried, admit, dismiss, retry
from gamification.engine.auditing import AuditReport, Check, Choice, Noted, audit
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
from gamification.engine.reporting import Watch, breakage, check_report_size, liability
from gamification.engine.retracting import retract, retract_all
from gamification.engine.retractions import Retracting
from gamification.engine.returning import give_back
from gamification.engine.sealing import LedgerHead, ledger_head, seal, seal_all
from gamification.engine.settling import pending, settle, settle_pending, sweep
from gamification.engine.spending import Spent, capture, hold, release, spend
from gamification.engine.staff import Staff, refuse_own
from gamification.engine.standing import Hold, Standing
from gamification.engine.transferring import (
    Recipient,
    Transfer,
    Transferred,
    transfer,
    transfers_of,
    transfers_page,
)

__all__ = [
    "Adjusted",
    "Adjustment",
    "AdjustmentState",
    "Answer",
    "AuditReport",
    "Check",
    "Choice",
    "Enrolled",
    "Fact",
    "Hold",
    "HonourKind",
    "Judged",
    "LedgerHead",
    "Noted",
    "Recipient",
    "Recorded",
    "Recording",
    "Retracting",
    "Retried",
    "Spent",
    "Staff",
    "Standing",
    "Transfer",
    "Transferred",
    "View",
    "Watch",
    "active_members",
    "adjust",
    "adjustments_page",
    "admit",
    "approve_adjustment",
    "audit",
    "breakage",
    "capture",
    "check_report_size",
    "dismiss",
    "effects_because",
    "enrol",
    "find_adjustment",
    "give_back",
    "hold",
    "holders",
    "join",
    "ledger_head",
    "liability",
    "pending",
    "record",
    "refuse_own",
    "reject_adjustment",
    "release",
    "retract",
    "retract_all",
    "retry",
    "reverse_adjustment",
    "seal",
    "seal_all",
    "settle",
    "settle_pending",
    "spend",
    "standing_of",
    "standings_of",
    "stats",
    "sweep",
    "transfer",
    "transfers_of",
    "transfers_page",
]
