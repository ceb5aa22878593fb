"""Eat-in or take-away: VAT keys of the lines follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import ChooseSupply
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def choose_supply(counter: Counter, command: ChooseSupply) -> Steps:
    raise NotImplementedError
