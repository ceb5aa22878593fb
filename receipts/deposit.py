"""What a customer keeps until the order is picked up: how much of it is paid already, and the order's symbol."""

from __future__ import annotations

from datetime import tzinfo

from app.domain.business_case import DEPOSIT
from app.facts.sales import ReceiptCompleted
from receipts.letterhead import ShopHead, head_of, title
from receipts.page import Block, Gap, Line, Pair, Section, Symbol, SymbolKind
from receipts.wording import Wording


def deposit_slips(
    receipt: ReceiptCompleted, shop: ShopHead, words: Wording, zone: tzinfo, symbol: SymbolKind
) -> list[Section]:
    """A slip for each order that the receipt pays a deposit on, whatever rates that is taxed at."""
    paid: dict[str, int] = {}
    for line in receipt.lines:
        if line.business_case == DEPOSIT and line.gross_minor > 0 and line.reference:
            paid[line.reference] = paid.get(line.reference, 0) + line.gross_minor
    return [_slip(order_no, amount, receipt, shop, words, zone, symbol) for order_no, amount in paid.items()]


def _slip(
    order_no: str,
    amount: int,
    receipt: ReceiptCompleted,
    shop: ShopHead,
    words: Wording,
    zone: tzinfo,
    symbol: SymbolKind,
) -> Section:
    said = words.documents
    day, time = words.date_and_time(receipt.finished_at, zone)
    blocks: list[Block] = [*head_of(shop), *title(said.deposit_title), Gap()]
    blocks.append(Pair(f"{said.order} {order_no}", f"{words.till} {receipt.till_no}", bold=True))
    blocks.append(Pair(f"{words.receipt} {receipt.receipt_no}", f"{day} {time}"))
    if receipt.customer_no:
        blocks.append(Line(f"{said.customer}: {receipt.customer_no}", indent=2))
    blocks.append(Pair(said.paid_down, words.money(amount, receipt.currency), bold=True, tall=True))
    blocks += [Gap(), Symbol(order_no, symbol), Gap(), Line(order_no, align="center", bold=True)]
    return Section("deposit", (*blocks, Gap(), Line(said.deposit_note)))
