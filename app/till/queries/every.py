"""Which function answers which question, and what programs call it (docs/drive.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.till.effects import Refuse, Reply
from app.till.ports import JournalRefused
from app.till.queries import (
    articles,
    audit,
    cash,
    coupons,
    customers,
    network,
    orders,
    overdraws,
    parked,
    receipts,
    receivables,
    reports,
    settings,
    tenders,
    turnover,
    users,
    vouchers,
    waiting,
)
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal
from app.till.runner import Runner

ANSWERS: Mapping[type[Query], Callable[[Desk, Any], Awaitable[dict[str, Any]]]] = {
    vouchers.AskVoucher: vouchers.voucher,
    coupons.AskCoupon: coupons.coupon,
    articles.AskArticle: articles.article,
    articles.AskCatalogue: articles.catalogue,
    articles.AskArticles: articles.articles,
    articles.AskKeypad: articles.key_pages,
    receipts.AskReceipt: receipts.receipt,
    turnover.AskTurnover: turnover.turnover,
    parked.AskParked: parked.parked,
    cash.AskDrawer: cash.drawer,
    reports.AskReports: reports.z_reports,
    reports.AskReport: reports.z_report_info,
    overdraws.AskOverdraws: overdraws.overdraws,
    orders.AskOrders: orders.orders,
    orders.AskOrder: orders.order_info,
    receivables.AskDeliveryNotes: receivables.delivery_notes,
    receivables.AskOpenItems: receivables.open_items,
    receivables.AskInvoice: receivables.invoice_info,
    customers.AskCustomer: customers.customer_info,
    customers.AskCustomers: customers.customers,
    customers.AskAccount: customers.statement,
    network.AskStatus: network.status,
    network.ReleaseSlot: network.release,
    network.SignOff: network.sign_off,
    tenders.AskTenders: tenders.tenders,
    tenders.AskCostCentres: tenders.cost_centres,
    users.AskUsers: users.users,
    audit.AskAudit: audit.audit,
    settings.AskSettings: settings.settings,
    settings.AskNumberRanges: settings.number_ranges,
    waiting.Wait: waiting.wait,
}

DRIVE_NAMES: Mapping[str, type[Query]] = {
    "voucher": vouchers.AskVoucher,
    "coupon_state": coupons.AskCoupon,
    "article": articles.AskArticle,
    "catalogue": articles.AskCatalogue,
    "articles": articles.AskArticles,
    "key_pages": articles.AskKeypad,
    "receipt": receipts.AskReceipt,
    "turnover": turnover.AskTurnover,
    "parked": parked.AskParked,
    "drawer": cash.AskDrawer,
    "z_reports": reports.AskReports,
    "z_report_info": reports.AskReport,
    "overdraws": overdraws.AskOverdraws,
    "orders": orders.AskOrders,
    "order_info": orders.AskOrder,
    "delivery_notes": receivables.AskDeliveryNotes,
    "open_items": receivables.AskOpenItems,
    "invoice_info": receivables.AskInvoice,
    "customer_info": customers.AskCustomer,
    "customers": customers.AskCustomers,
    "statement": customers.AskAccount,
    "status": network.AskStatus,
    "release": network.ReleaseSlot,
    "sign_off": network.SignOff,
    "tenders": tenders.AskTenders,
    "cost_centres": tenders.AskCostCentres,
    "users": users.AskUsers,
    "audit": audit.AskAudit,
    "settings": settings.AskSettings,
    "number_ranges": settings.AskNumberRanges,
    "wait": waiting.Wait,
}


class Queries:
    """Answers questions for the till of a runner."""

    def __init__(self, runner: Runner) -> None:
        self._desk = Desk(runner)

    async def ask(self, query: Query) -> Reply | Refuse:
        """The answer; ``BadCommand`` for a question that cannot be asked so."""
        try:
            return Reply(await ANSWERS[type(query)](self._desk, query))
        except Refusal as refusal:
            return Refuse(refusal.code, refusal.values)
        except JournalRefused as refusal:
            return Refuse(refusal.code, {"reason": refusal.reason})
