"""What a cashier takes off: discounts on a line or the receipt, another price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import ChangePrice, GiveDiscount
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def give_discount(counter: Counter, command: GiveDiscount) -> Steps:
    raise NotImplementedError


def change_price(counter: Counter, command: ChangePrice) -> Steps:
    raise NotImplementedError
