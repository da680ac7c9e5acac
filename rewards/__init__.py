"""What points are for: a catalogue of rewards, redemptions, and donations to charities."""

from rewards import catalogue, donations, redemptions
from rewards.auditing import audit

__all__ = ["audit", "catalogue", "donations", "redemptions"]
