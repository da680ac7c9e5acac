"""Conditions: short CEL expressions over what happened and where the member stands."""

from gamification.conditions.expressions import (
    COMMON,
    DEFAULTS,
    Activation,
    BadCondition,
    Condition,
    ValueType,
    compile_condition,
)

__all__ = [
    "COMMON",
    "DEFAULTS",
    "Activation",
    "BadCondition",
    "Condition",
    "ValueType",
    "compile_condition",
]
