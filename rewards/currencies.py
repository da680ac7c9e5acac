"""The currencies that rewards and campaigns may name."""

from typing import Final

from gamification.ledger import Currency, CurrencyKind
from gamification.programme import Catalogue, DefinitionKind

AMOUNT_MAX: Final = 1_000_000_000_000
"""The most points that one price, goal or donation may come to; the tables check it too."""


def currency_problem(currency: str, bodies: Catalogue) -> str:
    """What is wrong with the currency; empty where members can spend it."""
    body = bodies.get((DefinitionKind.CURRENCY, currency))
    if not isinstance(body, Currency):
        return f"there is no currency '{currency}'"
    if body.kind is not CurrencyKind.REDEEMABLE:
        return f"points of '{currency}' are {body.kind}, and only REDEEMABLE ones can be spent"
    return ""
