"""The bridge from pages to printers: laid-out sections become the neutral chunks of ``peripherals``.

``receipts`` knows no wires and ``peripherals`` no pages; this is the one place that
knows both, and it knows values only.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.facts.sales import AuditLogged, CashMoved, ReceiptCompleted, TenderRow
from peripherals.print_job import Chunk, Cut, Instruction, Logo, Symbol, Text
from receipts.documents import Document
from receipts.layout import Laid, LaidCut, LaidLine, LaidLogo, LaidSymbol, lay
from receipts.page import Section


def chunk(sections: Section | Iterable[Section], columns: int) -> Chunk:
    """A section, or several, laid out at ``columns``, as what is sent and confirmed as one."""
    each = (sections,) if isinstance(sections, Section) else sections
    return Chunk(tuple(_instruction(laid) for section in each for laid in lay(section, columns)))


def cash_moved(document: Document) -> bool:
    """Whether the drawer has to open: something came or went that lies in it, or somebody may look into it.

    Training opens no drawer: nothing goes in.
    """
    match document:
        case ReceiptCompleted():
            return document.receipt_type != "training" and any(map(_in_drawer, document.tenders))
        case CashMoved():
            return document.movement != "difference"
        case AuditLogged():
            return document.action == "open_drawer"
        case _:
            return False


def _in_drawer(tender: TenderRow) -> bool:
    in_drawer = tender.opens_drawer or tender.tender == "cash" or tender.tender_kind in _IN_DRAWER
    return bool(in_drawer and tender.amount_minor)


_IN_DRAWER = ("cash", "foreign_cash", "cheque")
"""Kinds of tenders that lie in the drawer, whatever a shop calls them."""


def _instruction(laid: Laid) -> Instruction:
    match laid:
        case LaidLine(text, bold, tall, wide, centred, red):
            return Text(text, bold, tall, wide, centred, red)
        case LaidSymbol(data, kind):
            return Symbol(data, kind)
        case LaidLogo():
            return Logo()
        case LaidCut():
            return Cut()
