"""Sales booked to a cost centre: who bears it, for how many guests, and the tender that needs no money.

The number typed may be a short or an old one: the reference table of typed numbers says what it stands for.
Lines keep their taxes: the books need them whoever bears the sale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from app.domain.cost_centre import MAX_GUESTS, MAX_NUMBER, CostCentre, meant
from app.domain.reference import Reference
from app.domain.sale import OpenSale
from app.domain.tender import Tender
from app.till import typed
from app.till.commands import BookToCostCentre, Pay
from app.till.offering import Offered, Take, payment_by
from app.till.refusals import Refusal
from app.till.steps import Steps, reference

if TYPE_CHECKING:
    from app.till.counter import Counter


def book_to_cost_centre(counter: Counter, command: BookToCostCentre) -> Steps:
    """The sale, begun if need be, is for this cost centre; an empty number takes that back."""
    known = yield from reference()
    sale = counter.begun()
    if any(payment.tender_kind == "cost_centre" for payment in sale.payments):
        raise Refusal("cost_centre_pays")
    sale = _booked(known, sale, command) if command.no.strip() else _booked_to_nobody(sale)
    counter.keep(sale if sale.lines or sale.cost_centre or counter.sale else None)
    return {
        "cost_centre": sale.cost_centre,
        "profit_centre": sale.profit_centre,
        "company": sale.company,
        "guests": str(sale.guests) if sale.guests else None,
        "hospitality": sale.hospitality,
        **counter.sums(),
    }


def take_cost_centre(
    counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take
) -> Steps:
    """No money: the cost centre bears it."""
    if not sale.cost_centre:
        raise Refusal("cost_centre_needed")
    payment = payment_by(
        tender,
        amount_minor,
        reference=sale.cost_centre,
    )
    return (yield from take(Offered(payment)))


def _booked(known: Reference, sale: OpenSale, command: BookToCostCentre) -> OpenSale:
    centre = known.get(CostCentre, meant(known, "cost_centre", _short(command.no)))
    if centre is None:
        raise Refusal("unknown_cost_centre", {"no": typed.shown(command.no)})
    if not centre.active:
        raise Refusal("cost_centre_closed", {"no": centre.no})
    profit_centre = _short(command.profit_centre)
    return msgspec.structs.replace(
        sale,
        cost_centre=centre.no,
        profit_centre=meant(known, "profit_centre", profit_centre) if profit_centre else centre.profit_centre,
        company=_short(command.company) or centre.company,
        guests=_guests(command.guests),
        hospitality=centre.hospitality if command.hospitality is None else command.hospitality,
    )


def _booked_to_nobody(sale: OpenSale) -> OpenSale:
    return msgspec.structs.replace(sale, cost_centre="", profit_centre="", company="", guests=0, hospitality=False)


def _guests(text: str | None) -> int:
    return 0 if text is None else typed.count(text, MAX_GUESTS, "bad_guests")


def _short(text: str) -> str:
    """A number or name of this table, as typed."""
    return typed.short_text(text, MAX_NUMBER, "bad_cost_centre")
