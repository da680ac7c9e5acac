"""Money as people write it, in the minor units that the house counts in."""

import re
from decimal import Decimal
from typing import Final

# ISO 4217; every currency that is not here has two decimals.
_WITHOUT: Final = re.compile("BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF")
_WITH_THREE: Final = re.compile("BHD|IQD|JOD|KWD|LYD|OMR|TND")
_WITH_FOUR: Final = re.compile("CLF|UYW")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    if _WITHOUT.fullmatch(currency):
        return 0
    if _WITH_THREE.fullmatch(currency):
        return 3
    return 4 if _WITH_FOUR.fullmatch(currency) else 2


def minor(text: str, currency: str) -> int:
    """The minor units of a decimal amount, exactly: `minor("11.77", "USD")` is 1177.

    Raises `ValueError` where it is no plain decimal number, or finer than the currency.
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not an amount such as 12.50")
    units = Decimal(text).scaleb(exponent(currency))
    whole = int(units)
    if whole != units:
        raise ValueError(f"{text} has more decimals than {currency} has ({exponent(currency)})")
    return whole
