"""Everything that is printed, and the page it becomes: facts, the slip that lets a till in, the sync protocol."""

from __future__ import annotations

from datetime import UTC, tzinfo

from app.domain.customer import Person
from app.facts.base import Fact
from app.facts.circulation import CouponsPrinted, OrderPlaced, SaleParked, VoucherIssued
from app.facts.sales import CashMoved, InvoiceIssued, ReceiptCompleted, ZReportClosed
from receipts.compose import compose
from receipts.enrolment import EnrolmentSlip, enrolment_page
from receipts.invoice import invoice_page
from receipts.letterhead import ShopHead
from receipts.page import Page
from receipts.slips import (
    States,
    cash_page,
    coupons_page,
    order_page,
    parked_page,
    unstated,
    voucher_page,
)
from receipts.sync_protocol import SyncProtocol, sync_page
from receipts.wording import Wording
from receipts.z_report import z_report_page

Document = Fact | EnrolmentSlip | SyncProtocol


def page_of(
    document: Document,
    shop: ShopHead,
    words: Wording,
    *,
    zone: tzinfo = UTC,
    buyer: Person | None = None,
    states: States = unstated,
) -> Page | None:
    """The page; None for a fact that has none. ``ValueError`` for one that cannot be laid out."""
    match document:
        case ReceiptCompleted():
            return compose(document, shop, words, zone=zone, buyer=buyer, states=states)
        case InvoiceIssued():
            return invoice_page(document, shop, words, zone=zone, buyer=buyer)
        case ZReportClosed():
            return z_report_page(document, shop, words, zone=zone)
        case SaleParked():
            return parked_page(document, shop, words, zone=zone)
        case OrderPlaced():
            return order_page(document, shop, words, zone=zone)
        case CashMoved():
            return cash_page(document, shop, words, zone=zone)
        case VoucherIssued():
            return voucher_page(document, shop, words, zone=zone, states=states)
        case CouponsPrinted():
            return coupons_page(document, shop, words, zone=zone, states=states)
        case EnrolmentSlip():
            return enrolment_page(document, words, zone=zone)
        case SyncProtocol():
            return sync_page(document, shop, words, zone=zone)
        case _:
            return None


def printed_as(document: Document) -> str | None:
    """What the printing of this document is called, now and after a restart; None for what is not printed.

    A receipt's is its number. A voucher's code is worth money and an enrolment code opens a door, so their printing
    is not called by them.
    """
    match document:
        case ReceiptCompleted():
            return document.receipt_no
        case InvoiceIssued():
            return f"invoice-{document.invoice_no}"
        case ZReportClosed(z_no=0):
            return f"x_report-{document.till_no}-{document.closed_at}"
        case ZReportClosed():
            return f"z_report-{document.till_no}-{document.z_no}"
        case SaleParked():
            return f"parked-{document.park_no}"
        case OrderPlaced():
            return f"order-{document.order_no}"
        case CashMoved():
            return f"cash-{document.movement_id}"
        case VoucherIssued():
            return f"voucher-{document.till_no}-{document.issued_at}"
        case CouponsPrinted():
            return f"coupons-{document.till_no}-{document.issued_at}"
        case EnrolmentSlip():
            return f"enrolment-{document.slots[0][0]}-{document.released_at}"
        case SyncProtocol():
            return f"sync-{document.till_no}"
        case _:
            return None


def about(document: Document) -> tuple[str, str, str]:
    """Whose sealed address the page needs (person's id, sealed text; empty: nobody's), and when it happened."""
    match document:
        case ReceiptCompleted():
            return document.buyer_id, document.buyer, document.finished_at
        case InvoiceIssued():
            return document.buyer_id, document.buyer, document.issued_at
        case ZReportClosed():
            return "", "", document.closed_at
        case SaleParked():
            return "", "", document.parked_at
        case OrderPlaced():
            return "", "", document.placed_at
        case CashMoved():
            return "", "", document.moved_at
        case VoucherIssued() | CouponsPrinted():
            return "", "", document.issued_at
        case EnrolmentSlip():
            return "", "", document.released_at
        case SyncProtocol():
            return "", "", document.made_at
        case _:
            return "", "", ""
