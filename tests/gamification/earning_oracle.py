"""What rules grant, read off the documentation with fractions, and no shortcut."""

from fractions import Fraction

from gamification.rules import CapMode, Rounding, Stacking


def slowly(rules, amount, *, bonus, has, used):
    """The points of each of these definitions for one purchase; `used` is what a day had."""
    granted = {}
    multipliers = [Fraction(one.multiplier) for one in rules if one.multiplier]
    if bonus != 1:
        multipliers.append(bonus)
    for one in rules:
        if one.earn is not None:
            whole = _whole(_base(one.earn, amount) * _factor(one.stacking, multipliers), one)
            had = has + sum(granted.values())
            granted[one.key] = _capped(whole, one.caps, used=used.get(one.key, 0), had=had)
    for key, whole in granted.items():
        used[key] = used.get(key, 0) + whole
    return [whole for whole in granted.values() if whole]


def _base(earn, amount):
    if earn.percent:
        return Fraction(earn.percent) * amount / 100
    return Fraction(earn.points * (amount // earn.per if earn.per else 1))


def _factor(stacking, multipliers):
    if not multipliers:
        return Fraction(1)
    if stacking is Stacking.HIGHEST:
        return max(multipliers)
    if stacking is Stacking.ADDITIVE:
        return max(Fraction(0), 1 + sum(factor - 1 for factor in multipliers))
    product = Fraction(1)
    for factor in multipliers:
        product *= factor
    return product


def _whole(exact, rule):
    floor = exact.numerator // exact.denominator
    return {
        Rounding.DOWN: floor,
        Rounding.UP: floor if floor == exact else floor + 1,
        Rounding.HALF_EVEN: round(exact),
    }[rule.rounding]


def _capped(whole, caps, *, used, had):
    """The activity's caps, then those of the day, then those on the balance."""
    asked = [(cap, cap.points) for cap in caps if not cap.balance and cap.per is None]
    asked += [(cap, cap.points - used) for cap in caps if cap.per is not None]
    asked += [(cap, cap.points - had) for cap in caps if cap.balance]
    for cap, room in asked:
        if whole > room:
            whole = max(0, room) if cap.mode is CapMode.REDUCE else 0
    return whole
