"""How each kind of tender is taken.

A *taker* works out what a payment of ``amount_minor`` would be, asks and claims whatever it needs, and hands an
``Offered`` to ``take``, which puts it on the sale, journals its facts and completes the receipt when nothing is
due any more. ``amount_minor`` below zero gives money back for goods. A taker that claims calls ``take`` under
its claim, so the hold is durable before the claim is given back::

    def take_purse(counter, sale, tender, amount_minor, command, take):
        def held(claimed):
            ...
            return (yield from take(Offered(payment, (hold,), claimed.claim_id)))
        return (yield from under_claim(counter, name, held, named=..., refusals="purse"))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.domain.tender import Tender
from app.till import charging, cost_centres, crediting, delivering, vouchers
from app.till.commands import Pay
from app.till.offering import Offered, Take, Taker, payment_by
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def take_money(counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take) -> Steps:
    """Cash, cheques, cards and what else needs nobody to be asked."""
    payment = payment_by(
        tender,
        amount_minor,
        reference=command.reference or "",
        opens_drawer=tender.opens_drawer and tender.kind in ("card", "other"),
    )
    return (yield from take(Offered(payment)))


def take_card(counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take) -> Steps:
    """A card, at the till's terminal if it has one."""
    taker = charging.take_card if counter.till.charges and amount_minor else take_money
    return (yield from taker(counter, sale, tender, amount_minor, command, take))


TAKERS: Mapping[str, Taker] = {
    "cash": take_money,
    "foreign_cash": take_money,
    "cheque": take_money,
    "card": take_card,
    "other": take_money,
    "voucher": vouchers.take_voucher,
    "token": vouchers.take_voucher,
    "customer_credit": crediting.take_credit,
    "purse": crediting.take_purse,
    "bonus_purse": crediting.take_purse,
    "delivery_note": delivering.take_delivery_note,
    "cost_centre": cost_centres.take_cost_centre,
}
