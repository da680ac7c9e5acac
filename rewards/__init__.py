"""What points are for: a catalogue of rewards, redemptions, payments, donations to charities."""

from rewards import catalogue, donations, payments, redemptions
from rewards.auditing import audit
from rewards.refunding import retract, retract_all

__all__ = ["audit", "catalogue", "donations", "payments", "redemptions", "retract", "retract_all"]
