"""Cash beside receipts, counts, and the day end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import CashTransfer, CountCash, OpeningFloat, PayIn, PayOut, ZReport
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def opening_float(counter: Counter, command: OpeningFloat) -> Steps:
    raise NotImplementedError


def pay_in(counter: Counter, command: PayIn) -> Steps:
    raise NotImplementedError


def pay_out(counter: Counter, command: PayOut) -> Steps:
    raise NotImplementedError


def cash_transfer(counter: Counter, command: CashTransfer) -> Steps:
    raise NotImplementedError


def count_cash(counter: Counter, command: CountCash) -> Steps:
    raise NotImplementedError


def z_report(counter: Counter, command: ZReport) -> Steps:
    raise NotImplementedError
