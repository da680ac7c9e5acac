"""Redemptions: rewards that members have had for their points, and their vouchers."""

from rewards.redemptions.reading import counts_of, find, page_of, voucher_of
from rewards.redemptions.redeeming import Redeemed, redeem
from rewards.redemptions.redemption import Redemption, RedemptionState
from rewards.redemptions.vouchers import Voucher

__all__ = [
    "Redeemed",
    "Redemption",
    "RedemptionState",
    "Voucher",
    "counts_of",
    "find",
    "page_of",
    "redeem",
    "voucher_of",
]
