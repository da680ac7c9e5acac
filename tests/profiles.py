"""How hard Hypothesis tries: `HYPOTHESIS_PROFILE=thorough` looks at far more cases."""

import os

from hypothesis import HealthCheck, settings

_ALWAYS = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
_MODERATE = 60

settings.register_profile("moderate", max_examples=_MODERATE, **_ALWAYS)
settings.register_profile("thorough", max_examples=50 * _MODERATE, **_ALWAYS)
# `make prove`: the proofs say themselves how far they look then (tests/proofs/effort.py).
settings.register_profile("proof", max_examples=_MODERATE, **_ALWAYS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "moderate"))

EFFORT = settings.default.max_examples // _MODERATE
"""By how much tests that make their own random cases multiply them."""
