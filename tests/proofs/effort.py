"""How far the proofs look: 300 stories of 50 steps each, and 10,000 of 100 by `make prove`.

`HYPOTHESIS_PROFILE=proof` is what `make prove` sets. Stories are told in shards, so that every
core has some.
"""

import os

from hypothesis import HealthCheck, Phase, settings

_PROVING = os.environ.get("HYPOTHESIS_PROFILE") == "proof"

EXAMPLES, STEPS = (10_000, 100) if _PROVING else (300, 50)
SHARDS = 40 if _PROVING else 4


def stories(shards: int) -> settings:
    """How one of so many shards goes about its part."""
    return settings(
        max_examples=EXAMPLES // shards,
        stateful_step_count=STEPS,
        deadline=None,
        phases=(Phase.reuse, Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
