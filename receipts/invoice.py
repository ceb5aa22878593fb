"""An invoice as a page. A cash invoice is its receipt with the buyer's address; this is the collective one."""

from __future__ import annotations

from datetime import UTC, tzinfo

from app.domain.customer import Person
from app.facts.sales import InvoiceIssued
from receipts.compose import tax_rows
from receipts.letterhead import ShopHead, address, head_of
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section
from receipts.wording import Wording


def invoice_page(
    invoice: InvoiceIssued, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC, buyer: Person | None = None
) -> Page:
    """Whom it is made out to, which documents it gathers, and its taxes."""
    said = words.documents
    day, _ = words.date_and_time(invoice.issued_at, zone)
    blocks: list[Block] = [*head_of(shop), *address(buyer), Gap()]
    blocks.append(Line(f"{said.invoice} {invoice.invoice_no}", bold=True, tall=True))
    blocks.append(Pair(day, f"{words.till} {invoice.till_no}"))
    if invoice.customer_no:
        blocks.append(Line(f"{said.customer}: {invoice.customer_no}"))
    if invoice.cashier:
        blocks.append(Line(f"{words.cashier}: {invoice.cashier}", indent=2))
    blocks.append(Rule())
    blocks += [Line(f"{said.delivery_note} {number}") for number in invoice.delivery_notes]
    blocks += [Line(f"{words.receipt} {number}") for number in invoice.receipt_nos]
    blocks += [Rule(), Pair(words.total, words.money(invoice.total_minor, invoice.currency), bold=True, tall=True)]
    blocks += [*tax_rows(invoice.tax_table, invoice.currency, words), Gap()]
    blocks += [Line(each, align="center") for each in shop.foot]
    return Page((Section("invoice", tuple(blocks)),))
