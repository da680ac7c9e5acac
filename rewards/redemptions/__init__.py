"""Redemptions: rewards that members have had for their points, and their vouchers."""

from rewards.redemptions.ending import Ended, give_back, note_refunds, use
from rewards.redemptions.reading import counts_of, find, page_of, voucher_of
from rewards.redemptions.redeeming import Redeemed, redeem
from rewards.redemptions.redemption import End, Outcome, Redemption, RedemptionState
from rewards.redemptions.vouchers import Voucher

__all__ = [
    "End",
    "Ended",
    "Outcome",
    "Redeemed",
    "Redemption",
    "RedemptionState",
    "Voucher",
    "counts_of",
    "find",
    "give_back",
    "note_refunds",
    "page_of",
    "redeem",
    "use",
    "voucher_of",
]
