"""The bridge from pages to printers: laid-out sections become the neutral chunks of ``peripherals``.

``receipts`` knows no wires and ``peripherals`` no pages; this is the one place that
knows both, and it knows values only.
"""

from __future__ import annotations

from app.facts.sales import ReceiptCompleted
from peripherals.print_job import Chunk, Cut, Instruction, Symbol, Text
from receipts.layout import Laid, LaidCut, LaidLine, LaidSymbol, lay
from receipts.page import Section


def chunk(section: Section, columns: int) -> Chunk:
    """A section, laid out at ``columns``, as what is sent and confirmed as one."""
    return Chunk(tuple(_instruction(laid) for laid in lay(section, columns)))


def cash_moved(receipt: ReceiptCompleted) -> bool:
    """Whether the drawer has to open: cash came in or went out as change."""
    return any(tender.tender == "cash" and tender.amount_minor for tender in receipt.tenders)


def _instruction(laid: Laid) -> Instruction:
    match laid:
        case LaidLine(text, bold, tall, wide, centred):
            return Text(text, bold, tall, wide, centred)
        case LaidSymbol(data, kind):
            return Symbol(data, kind)
        case LaidCut():
            return Cut()
