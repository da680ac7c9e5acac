"""Payments: points that are money at a till, spent at once or held first and captured later."""

from rewards.payments.paying import (
    HELD_SECONDS_MAX,
    Bill,
    Captured,
    Payment,
    capture,
    find_hold,
    find_payment,
    hold,
    pay,
    refund,
    release,
)

__all__ = [
    "HELD_SECONDS_MAX",
    "Bill",
    "Captured",
    "Payment",
    "capture",
    "find_hold",
    "find_payment",
    "hold",
    "pay",
    "refund",
    "release",
]
