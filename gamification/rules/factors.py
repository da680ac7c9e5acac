"""What multiplies points, and how the result becomes whole. Pure and exact."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from gamification.rules.definition import Rounding, Stacking

_ONE, _NONE = Fraction(1), Fraction(0)


def stacked(stacking: Stacking, factors: Sequence[Fraction]) -> Fraction:
    """The one factor that several come to; 1 where there is none.

    Added up, factors below 1 can take away more than there is: never more than all of it.
    """
    if stacking is Stacking.MULTIPLICATIVE:
        return prod(factors, start=_ONE)
    if stacking is Stacking.ADDITIVE:
        return max(_NONE, _ONE + sum(factor - 1 for factor in factors))
    return max(factors, default=_ONE)


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """The whole points that a fraction comes to."""
    whole, rest = divmod(numerator, denominator)
    if rounding is Rounding.DOWN or not rest:
        return whole
    if rounding is Rounding.UP:
        return whole + 1
    twice = 2 * rest
    return whole + (twice > denominator or (twice == denominator and whole % 2))
