"""The ways to pay at this till, and the cost centres that sales can be booked to."""

from __future__ import annotations

from typing import Any

from app.domain.cost_centre import CostCentre
from app.domain.tender import DEFAULT_TENDERS, CashRounding, ExchangeRate, Tender, rate_of, step_of, tenders_of
from app.text import gettext, mark
from app.till.queries.base import Desk, Query

NAMES = (
    mark("Cash"), mark("Card"), mark("Swiss francs"), mark("US dollars"), mark("Pounds sterling"), mark("Euro"),
    mark("Cheque"), mark("Bank transfer"), mark("Voucher"), mark("Token"), mark("Customer credit"),
    mark("Delivery note"), mark("Purse"), mark("Bonus"), mark("Cost centre"), mark("Other"),
)  # fmt: skip
"""What the tenders are called that every till knows; brands keep their names."""


class AskTenders(Query, frozen=True):
    """Every tender in use, in order."""


class AskCostCentres(Query, frozen=True):
    """Every cost centre in use, by number."""


async def tenders(desk: Desk, _: AskTenders) -> dict[str, Any]:
    """Names as this till calls them; of foreign cash the rate of today (None: it cannot be taken today)."""
    known = await desk.reference()
    found = []
    for tender in tenders_of(known.all(Tender), desk.currency).values():
        rate = rate_of(known.all(ExchangeRate).values(), tender.currency, desk.day) if tender.currency else None
        default = DEFAULT_TENDERS.get(tender.tender)
        found.append(
            {
                "tender": tender.tender,
                "name": gettext(tender.name) if default is not None and default.name == tender.name else tender.name,
                "kind": tender.kind,
                "currency": tender.currency or desk.currency,
                "rate": None if rate is None else rate.rate,
                "rate_source": None if rate is None else rate.source or None,
                "excess": tender.excess,
                "needs_reference": tender.needs_reference,
                "refundable": tender.refundable,
            }
        )
    step = step_of(known.all(CashRounding).values(), desk.currency, desk.day)
    return {"tenders": found, "cash_step": desk.text(step)}


async def cost_centres(desk: Desk, _: AskCostCentres) -> dict[str, Any]:
    """Number, name and what goes on the receipt with them."""
    known = await desk.reference()
    return {
        "cost_centres": [
            {
                "no": centre.no,
                "name": centre.name,
                "profit_centre": centre.profit_centre,
                "company": centre.company,
                "hospitality": centre.hospitality,
            }
            for centre in known.all(CostCentre).values()
            if centre.active
        ]
    }
