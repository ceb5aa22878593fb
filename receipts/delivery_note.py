"""What goes with the goods: a delivery note, signed by whoever takes them. Its receipt says what they cost."""

from __future__ import annotations

from datetime import tzinfo

from app.domain.business_case import CONTAINER_DEPOSIT, SALE
from app.domain.customer import Person
from app.facts.sales import ReceiptCompleted
from receipts.letterhead import ShopHead, address, head_of, title
from receipts.page import Block, Gap, Line, Pair, Rule, Section
from receipts.wording import Wording


def delivery_note(
    receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo, buyer: Person | None
) -> Section:
    """The goods of this receipt, piece by piece and without prices, and the lines to sign on."""
    said = words.documents
    day, time = words.date_and_time(receipt.finished_at, zone)
    blocks: list[Block] = [*head_of(shop), *title(said.delivery_note_title), *address(buyer), Gap()]
    blocks.append(
        Pair(f"{said.delivery_note} {receipt.delivery_note_no}", f"{words.till} {receipt.till_no}", bold=True)
    )
    blocks.append(Pair(f"{words.receipt} {receipt.receipt_no}", f"{day} {time}"))
    if receipt.customer_no:
        blocks.append(Line(f"{said.customer}: {receipt.customer_no}", indent=2))
    if receipt.cashier:
        blocks.append(Line(f"{said.cashier}: {receipt.cashier}", indent=2))
    blocks.append(Rule())
    for line in receipt.lines:
        if line.business_case in (SALE, CONTAINER_DEPOSIT):
            unit = "" if line.unit in words.pieces else f" {line.unit}"
            blocks.append(Pair(line.name, f"{words.quantity(line.quantity_milli)}{unit or ' ×'}", indent=4))
            if line.ident_no:
                blocks.append(Line(f"    {said.article_no} {line.ident_no}", indent=4))
    blocks += [Rule(), Line(said.goods_received), Gap(), Gap(), Rule(), Line(said.hospitality.place_and_date)]
    blocks += [Gap(), Gap(), Rule(), Line(said.hospitality.signature)]
    return Section("delivery_note", tuple(blocks))
