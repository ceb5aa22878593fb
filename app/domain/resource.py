"""Names of what can be used up, and how much of it is left.

One mechanism for all of it (DESIGN §4): a resource is *granted* amounts, *held* by open sales and
*used* by receipts. The balance is what these sum up to; below zero it is an overdraw.

    name                                 in            granted                    left, as looked at under the claim
    voucher/CODE                         minor units   issued, reloaded           granted − held − used
    coupon/CODE                          pieces        issued: 1                  granted − held − used
    return/RECEIPT_NO/LINE               thousandths   what the line sold         sold − held − used, nothing of a void
    void/RECEIPT_NO                      pieces        1                          unused, and nothing of it returned
    parked/PARK_NO                       pieces        parked: 1                  granted − held − used
    order/ORDER_NO                       pieces        placed: 1                  open, on no sale, no deposit in hand
    deposit/ORDER_NO                     minor units   the order's total          total − paid in a web shop − deposits
    receivable/CUSTOMER_NO/note/NO       minor units   issued                     open − held; not invoiced
    receivable/CUSTOMER_NO/invoice/NO    minor units   opened                     open − held
    credit/CUSTOMER_NO                   minor units   nothing                    limit − owed − held
    settling/CUSTOMER_NO                 minor units   nothing                    owed − held: a credit being paid
    purse/CUSTOMER_NO                    minor units   topped up                  granted − held − used
    bonus/CUSTOMER_NO                    minor units   earned                     granted − held − used

What a void or a settlement of an overdraw gives back is granted again, or no longer counts as used.

A claim may name a coarser thing than the hold: all returns of a receipt claim ``return/RECEIPT_NO``, whatever
happens to an order's deposits ``order/ORDER_NO``, and to a customer's receivables ``receivable/CUSTOMER_NO``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

VOUCHER, COUPON, RETURN, VOID, PARKED = "voucher", "coupon", "return", "void", "parked"
ORDER, DEPOSIT, RECEIVABLE = "order", "deposit", "receivable"
CREDIT, SETTLING, PURSE, BONUS = "credit", "settling", "purse", "bonus"
MONEY, MILLI_PIECES, PIECES = "minor units", "thousandths", "pieces"
UNITS: Mapping[str, str] = {
    VOUCHER: MONEY,
    COUPON: PIECES,
    RETURN: MILLI_PIECES,
    VOID: PIECES,
    PARKED: PIECES,
    ORDER: PIECES,
    DEPOSIT: MONEY,
    RECEIVABLE: MONEY,
    CREDIT: MONEY,
    SETTLING: MONEY,
    PURSE: MONEY,
    BONUS: MONEY,
}
"""What each kind is counted in."""
KINDS = tuple(UNITS)


class Balance(NamedTuple):
    """A resource's ledger summed up. ``left`` below zero is an overdraw; ``settled`` is what was used beyond, and no
    longer counts against it.
    """

    granted: int
    held: int
    used: int
    settled: int = 0

    @property
    def left(self) -> int:
        return self.granted - self.held - self.used + self.settled


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
