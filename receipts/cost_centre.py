"""What a cost centre's bookkeeping gets: who bears a sale, for which guests, and a signature for it."""

from __future__ import annotations

from datetime import tzinfo

from app.facts.sales import ReceiptCompleted
from receipts.letterhead import ShopHead, head_of, title
from receipts.page import Block, Gap, Line, Pair, Rule, Section
from receipts.wording import Wording

MAX_GUEST_LINES = 12
"""More guests than that sign on a list of their own."""


def cost_centre_receipt(receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo) -> Section:
    """Cost and profit centre, company, the amount, a line for the name of each guest, and one to sign on.

    A hospitality receipt asks for the guests itself, so here only their number stands then.
    """
    said = words.documents
    day, time = words.date_and_time(receipt.finished_at, zone)
    blocks: list[Block] = [*head_of(shop), *title(said.cost_centre_title), Gap()]
    blocks.append(Pair(f"{words.receipt} {receipt.receipt_no}", f"{words.till} {receipt.till_no}", bold=True))
    blocks.append(Line(f"{day} {time}"))
    blocks.append(Rule())
    named = (
        (said.cost_centre, receipt.cost_centre),
        (said.profit_centre, receipt.profit_centre),
        (said.company, receipt.company),
        (said.guests, str(receipt.guests) if receipt.guests else ""),
        (said.cashier, receipt.cashier),
    )
    blocks += [Pair(what, which) for what, which in named if which]
    blocks += [Rule(), Pair(said.amount, words.money(receipt.total_minor, receipt.currency), bold=True, tall=True)]
    if receipt.guests and not receipt.hospitality:
        blocks += [Gap(), Line(said.guest_names)]
        for _guest in range(min(receipt.guests, MAX_GUEST_LINES)):
            blocks += [Gap(), Rule()]
    blocks += [Gap(), Gap(), Rule(), Line(said.hospitality.place_and_date)]
    blocks += [Gap(), Gap(), Rule(), Line(said.hospitality.signature)]
    return Section("cost_centre", tuple(blocks))
