"""Voucher codes: 100 bits that only the holder of the secret can make, and make again.

A code is derived from its redemption's id, so that its owner can be shown it again although the
database knows no more than its hash.
"""

import hashlib
import hmac
from typing import Final

import msgspec

from kit.clock import Instant

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that could be read as another character."""
LENGTH: Final = 20
GROUP: Final = 5
_READ_AS: Final = {"O": "0", "I": "1", "L": "1"}


class Voucher(msgspec.Struct, frozen=True):
    """What the member shows at the till, and until when. No code where the secret was changed."""

    code: str | None
    expires_at: Instant | None


def code_of(redemption_id: str, *, secret: str) -> str:
    """The redemption's code, as in `7ZK0M-Q4R2T-9A1BC-XYZ34`."""
    number = int.from_bytes(_keyed(secret, "voucher code", redemption_id))
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))
    return _grouped(letters)


def hash_of(code: str, *, secret: str) -> str:
    """What is stored of a code: 64 hexadecimal digits."""
    return _keyed(secret, "voucher hash", code).hex()


def as_printed(code: str) -> str:
    """A code as it is printed, from how people may write it: in small letters, O for 0, no dashes.

    Empty where it can be none.
    """
    letters = "".join(_READ_AS.get(one, one) for one in code.upper() if one not in "- ")
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return ""
    return _grouped(letters)


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _keyed(secret: str, purpose: str, text: str) -> bytes:
    return hmac.digest(secret.encode(), f"piala {purpose} v1:{text}".encode(), hashlib.sha256)
