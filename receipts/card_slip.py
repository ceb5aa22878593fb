"""What a card terminal said of a payment, on the receipt: the customer's slip as the terminal would have printed it.

Where there is no slip (the terminal's own printer has printed it, or the line was lost before it came) the numbers are
named by which the payment is found again.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.facts.sales import CardRow, TenderRow
from receipts.page import Block, Line, Rule
from receipts.wording import Wording


def card_slips(tenders: Sequence[TenderRow], words: Wording) -> list[Block]:
    """One after the other, each behind a rule; nothing where no terminal moved money."""
    blocks: list[Block] = []
    for row in tenders:
        if row.card is not None and (said := _said(row.card, words)):
            blocks += [Rule(), *(Line(line, align="center") for line in said)]
    return blocks


def _said(card: CardRow, words: Wording) -> Sequence[str]:
    if card.slip:
        return card.slip
    said = words.documents
    numbers = ((said.terminal, card.terminal_id), (said.trace, card.trace), (said.terminal_receipt, card.receipt_no))
    named = [card.card_name, *(f"{word} {number}" for word, number in numbers if number)]
    read = [said.read_off.format(user=card.read_by)] if card.read_by else []
    return [each for each in (*named, *read) if each]
