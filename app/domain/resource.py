"""Names of what can be used up, and how much of it is left.

One mechanism for all of it (DESIGN §4): a resource is *granted* amounts, *held* by open sales and
*used* by receipts. The balance is what these sum up to; below zero it is an overdraw.

    voucher/CODE              minor units         granted when issued or reloaded
    coupon/CODE               1                   granted when issued
    return/RECEIPT_NO/LINE    thousandths         capacity of the hold: what the line sold
    void/RECEIPT_NO           1                   capacity of the hold
    parked/PARK_NO            1                   granted when parked
    order/ORDER_NO            1                   granted when placed; picked up or cancelled once
    deposit/ORDER_NO          minor units         granted when placed: the order's total, less what a web shop took
    receivable/CUSTOMER_NO/note/NO     minor units  granted when issued; paid, or gathered into an invoice
    receivable/CUSTOMER_NO/invoice/NO  minor units  granted when opened; paid
    credit/CUSTOMER_NO        minor units         granted by the limit and by payments
    settling/CUSTOMER_NO      minor units         never granted: only what is held of it counts, a credit being paid
    purse/CUSTOMER_NO         minor units         granted by top-ups
    bonus/CUSTOMER_NO         minor units         granted by bonus earned

A claim may name a coarser thing than the hold: all returns of a receipt claim ``return/RECEIPT_NO``, whatever
happens to an order's deposits ``order/ORDER_NO``, and to a customer's receivables ``receivable/CUSTOMER_NO``.
"""

from __future__ import annotations

from typing import NamedTuple

VOUCHER, COUPON, RETURN, VOID, PARKED = "voucher", "coupon", "return", "void", "parked"
ORDER, DEPOSIT, RECEIVABLE = "order", "deposit", "receivable"
CREDIT, SETTLING, PURSE, BONUS = "credit", "settling", "purse", "bonus"
KINDS = (VOUCHER, COUPON, RETURN, VOID, PARKED, ORDER, DEPOSIT, RECEIVABLE, CREDIT, SETTLING, PURSE, BONUS)


class Balance(NamedTuple):
    """A resource's ledger summed up. ``left`` below zero is an overdraw."""

    granted: int
    held: int
    used: int

    @property
    def left(self) -> int:
        return self.granted - self.held - self.used


def name(kind: str, *parts: str) -> str:
    """The resource's name.

    >>> name(RETURN, "1-000017", "2")
    'return/1-000017/2'
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of resource: {kind!r}")
    return "/".join((kind, *parts))


def kind_of(resource: str) -> str:
    """The kind that a resource's name begins with."""
    return resource.partition("/")[0]
