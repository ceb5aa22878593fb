"""What a hospitality receipt (Bewirtungsbeleg) asks of the host: to be filled in and signed by hand."""

from __future__ import annotations

from datetime import tzinfo

from app.domain.business_case import TIP
from app.facts.sales import ReceiptCompleted
from receipts.page import Block, Gap, Line, Pair, Rule
from receipts.wording import Wording


def hospitality(receipt: ReceiptCompleted, words: Wording, zone: tzinfo) -> list[Block]:
    """Day, guests and expense as far as they are known, and lines for the rest."""
    said = words.documents.hospitality
    day, _ = words.date_and_time(receipt.finished_at, zone)
    tip = sum(line.gross_minor for line in receipt.lines if line.business_case == TIP)
    blocks: list[Block] = [Rule(), Line(said.title, align="center", bold=True), Line(said.law), Pair(said.day, day)]
    if receipt.guests:
        blocks.append(Pair(words.documents.guests, str(receipt.guests)))
    blocks.append(Pair(said.expense, words.money(receipt.total_minor - tip, receipt.currency)))
    if tip:
        blocks.append(Pair(words.documents.cases[TIP], words.money(tip, receipt.currency)))
    for label, lines in ((said.occasion, 2), (said.people, 4), (said.place_and_date, 1), (said.signature, 1)):
        blocks += [Gap(), Line(label), *(block for _ in range(lines) for block in (Gap(), Rule()))]
    return blocks
