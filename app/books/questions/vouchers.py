"""Vouchers by their code."""

from __future__ import annotations

from typing import ClassVar

from app.books.questions import Question
from app.books.views import VoucherView


class FindVoucher(Question[VoucherView | None], frozen=True):
    """The voucher with its balance; with a day (ISO) its state may be ``expired``."""

    code: str
    day: str | None = None


class AllVouchers(Question[tuple[VoucherView, ...]], frozen=True):
    """Every voucher with its balance, by code; ``expired`` are those past the day (ISO)."""

    slow: ClassVar[bool] = True

    day: str
