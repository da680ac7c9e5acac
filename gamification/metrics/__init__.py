"""Metrics: what badges, challenges, streaks, tiers and leaderboards count."""

from gamification.metrics.counter import Counter
from gamification.metrics.metric import Aggregate, CompiledMetric, Happening, Metric

__all__ = ["Aggregate", "CompiledMetric", "Counter", "Happening", "Metric"]
