"""Whose sale it is; customers kept and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import ChooseCustomer, ForgetCustomer, SetCustomer
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def choose_customer(counter: Counter, command: ChooseCustomer) -> Steps:
    raise NotImplementedError


def set_customer(counter: Counter, command: SetCustomer) -> Steps:
    raise NotImplementedError


def forget_customer(counter: Counter, command: ForgetCustomer) -> Steps:
    raise NotImplementedError
