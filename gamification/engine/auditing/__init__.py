"""The audit: what was recorded, folded, posted and sealed, against what is stored."""

from gamification.engine.auditing.checks import AuditReport, Check
from gamification.engine.auditing.choosing import Choice
from gamification.engine.auditing.running import audit
from gamification.engine.auditing.verifying import Noted

__all__ = ["AuditReport", "Check", "Choice", "Noted", "audit"]
