"""Vouchers by their code."""

from __future__ import annotations

from app.books.questions import Question
from app.books.views import VoucherView


class FindVoucher(Question[VoucherView | None], frozen=True):
    """The voucher with its balance; with a day (ISO) its state may be ``expired``."""

    code: str
    day: str | None = None
