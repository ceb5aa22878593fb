"""Every fold, and every check that a fact must pass before it is folded: the one list of what enters the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from app.books.folds.articles import ArticlesFold
from app.books.folds.audit import AuditFold
from app.books.folds.cash import CashFold
from app.books.folds.coupons import CouponsFold
from app.books.folds.customers import CustomersFold
from app.books.folds.numbers import NumbersFold
from app.books.folds.orders import OrdersFold
from app.books.folds.overdraws import OverdrawsFold
from app.books.folds.parked import ParkedFold
from app.books.folds.periods import PeriodsFold
from app.books.folds.prices import PricesFold, check_price
from app.books.folds.receipts import ReceiptsFold, check_receipt
from app.books.folds.receivables import ReceivablesFold
from app.books.folds.reference import ReferenceFold, check_value
from app.books.folds.resources import ResourcesFold
from app.books.folds.stamped import Folding, Upserts
from app.books.folds.users import UsersFold
from app.books.folds.vouchers import VouchersFold
from app.facts.base import Fact
from app.facts.master import PriceSet, ReferenceSet
from app.facts.sales import ReceiptCompleted


class Fold(Protocol):
    """Facts of one subject into tables."""

    def handlers(self) -> Mapping[type[Fact], Folding]: ...


CHECKS: Mapping[type[Fact], Callable[[Any], None]] = {
    ReceiptCompleted: check_receipt,
    ReferenceSet: check_value,
    PriceSet: check_price,
}
"""What raises ``FactUnreadable`` for a fact that must not enter; its record is passed over."""


def folds(upserts: Upserts) -> Sequence[Fold]:
    """All folds of one database."""
    ledger = ResourcesFold(upserts)
    return (
        ArticlesFold(upserts),
        PricesFold(upserts),
        ReferenceFold(upserts),
        ledger,
        OverdrawsFold(upserts),
        VouchersFold(upserts, ledger),
        CouponsFold(upserts, ledger),
        ReceiptsFold(upserts),
        CashFold(upserts),
        PeriodsFold(upserts),
        ParkedFold(upserts, ledger),
        CustomersFold(upserts),
        NumbersFold(upserts),
        UsersFold(upserts),
        AuditFold(upserts),
        OrdersFold(upserts, ledger),
        ReceivablesFold(upserts, ledger),
    )
