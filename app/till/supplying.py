"""Eat-in or take-away: VAT keys of the lines follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from app.till import typed
from app.till.commands import ChooseSupply
from app.till.relooking import relooked
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def choose_supply(counter: Counter, command: ChooseSupply) -> Steps:
    """The whole sale is supplied so, what is on it already too; prices are gross, so only taxes change."""
    where = typed.supply(command.where)
    sale = msgspec.structs.replace(counter.begun(), supply=where)
    sale = yield from relooked(counter, sale)
    sale = yield from counter.repriced(sale)
    counter.keep(sale)
    return {"where": where, **counter.sums()}
