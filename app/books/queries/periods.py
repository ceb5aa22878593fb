"""The figures of a period, and Z reports.

Figures are sums over rows that never change, so they are the same at every till that knows the same
facts. Whatever belongs to a Z report says so itself (``z_no``): no clock decides it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, or_, select, union

from app.books.queries import cash
from app.books.queries.receipts import counted
from app.books.questions import Question
from app.books.questions.periods import AskLastZ, AskPeriod, AskTills, AskZReports, FindZReport
from app.books.tables.cash import cash_movements
from app.books.tables.periods import z_reports
from app.books.tables.receipts import aborted_sales, receipt_lines, receipt_taxes, receipt_tenders, receipts
from app.domain.business_case import GOODS, SALE, VOUCHER_REDEMPTION, VOUCHER_RELOAD, VOUCHER_SALE
from app.facts.sales import Period, Sum, TaxRow, TenderSum, ZReportClosed

_decoder = msgspec.json.Decoder(ZReportClosed)


def last_z(connection: Connection, question: AskLastZ) -> int:
    """The number of the till's last Z report."""
    newest = select(func.max(z_reports.c.z_no)).where(z_reports.c.till_no == question.till_no)
    return connection.execute(newest).scalar() or 0


def tills(connection: Connection, _: AskTills) -> tuple[tuple[int, int], ...]:
    """Every till that has booked anything, with its last Z number."""
    known = union(*(select(table.c.till_no) for table in (receipts, cash_movements, z_reports))).subquery()
    last = (
        select(z_reports.c.till_no, func.max(z_reports.c.z_no).label("z_no")).group_by(z_reports.c.till_no).subquery()
    )
    statement = (
        select(known.c.till_no, func.coalesce(last.c.z_no, 0))
        .outerjoin(last, last.c.till_no == known.c.till_no)
        .order_by(known.c.till_no)
    )
    return tuple((till_no, int(z_no)) for till_no, z_no in connection.execute(statement))


def z_report(connection: Connection, question: FindZReport) -> ZReportClosed | None:
    """A till's Z report of that number, as printed."""
    statement = (
        select(z_reports.c.body)
        .where(z_reports.c.till_no == question.till_no, z_reports.c.z_no == question.z_no)
        .order_by(z_reports.c.stamp)
        .limit(1)
    )
    body = connection.execute(statement).scalar()
    return None if body is None else _decoder.decode(body)


def reports(connection: Connection, question: AskZReports) -> tuple[ZReportClosed, ...]:
    """The newest Z reports, newest first."""
    statement = select(z_reports.c.body).order_by(z_reports.c.stamp.desc()).limit(question.limit)
    if question.till_no is not None:
        statement = statement.where(z_reports.c.till_no == question.till_no)
    return tuple(_decoder.decode(body) for body in connection.execute(statement).scalars())


def period(connection: Connection, question: AskPeriod) -> Period:
    """The figures, summed up anew."""
    of_receipts = and_(_chosen(receipts, question), counted, receipts.c.currency == question.currency)
    of_movements = _chosen(cash_movements, question)
    lines = _line_sums(connection, of_receipts)
    tenders, redeemed = _tender_sums(connection, of_receipts)
    head = select(
        func.count(),
        func.coalesce(func.sum(receipts.c.total_minor), 0),
        func.coalesce(func.sum(case((receipts.c.receipt_type == "void", 1), else_=0)), 0),
    )
    count, gross, voids = connection.execute(head.where(of_receipts)).one()
    first, last = ("", "") if question.till_no is None else _first_and_last(connection, of_receipts)
    aborted = select(func.count()).select_from(aborted_sales).where(_chosen(aborted_sales, question))
    drawers = () if question.day is not None else cash.summed(connection, of_receipts, of_movements, question.currency)
    cases = {row.key: row.amount_minor for row in lines["business_case"]}
    return Period(
        currency=question.currency,
        receipts=count,
        gross_minor=int(gross),
        first_receipt_no=first,
        last_receipt_no=last,
        tax_table=_tax_sums(connection, of_receipts),
        tenders=tenders,
        business_cases=lines["business_case"],
        article_groups=lines["article_group"],
        movements=_movement_sums(connection, of_movements, question.currency),
        drawers=drawers,
        discounts_minor=_discounts(connection, of_receipts),
        returns=_returns(connection, of_receipts),
        voids=int(voids),
        aborted=int(connection.execute(aborted).scalar_one()),
        vouchers_sold_minor=cases.get(VOUCHER_SALE, 0) + cases.get(VOUCHER_RELOAD, 0),
        vouchers_redeemed_minor=redeemed - cases.get(VOUCHER_REDEMPTION, 0),
    )


def _chosen(table: Table, question: AskPeriod) -> ColumnElement[bool]:
    """The rows that the question is about."""
    rows: list[ColumnElement[bool]] = []
    if question.till_no is not None:
        rows.append(table.c.till_no == question.till_no)
    if question.z_no is not None:
        rows.append(table.c.z_no == question.z_no)
    if question.day is not None:
        rows.append(table.c.business_day == question.day)
    if question.z_no is None and question.day is None:
        # Not merely what is later than the last report: hardware that died leaves a period that nobody closes.
        closed = select(1).where(z_reports.c.till_no == table.c.till_no, z_reports.c.z_no == table.c.z_no)
        rows.append(~closed.correlate(table).exists())
    return and_(*rows)


def _first_and_last(connection: Connection, of_receipts: ColumnElement[bool]) -> tuple[str, str]:
    numbers = select(receipts.c.receipt_no).where(of_receipts).limit(1)
    first = connection.execute(numbers.order_by(receipts.c.sequence)).scalar()
    last = connection.execute(numbers.order_by(receipts.c.sequence.desc())).scalar()
    return first or "", last or ""


def _tax_sums(connection: Connection, of_receipts: ColumnElement[bool]) -> tuple[TaxRow, ...]:
    key, rate = receipt_taxes.c.vat_key, receipt_taxes.c.vat_rate_bp
    amounts = (receipt_taxes.c.gross_minor, receipt_taxes.c.net_minor, receipt_taxes.c.tax_minor)
    taxes = select(key, rate, *(func.sum(amount) for amount in amounts)).join(receipts).where(of_receipts)
    rows = connection.execute(taxes.group_by(key, rate).order_by(key, rate))
    return tuple(TaxRow(vat_key, rate_bp, int(gross), int(net), int(tax)) for vat_key, rate_bp, gross, net, tax in rows)


def _tender_sums(connection: Connection, of_receipts: ColumnElement[bool]) -> tuple[tuple[TenderSum, ...], int]:
    """By tender and currency (change is taken off its tender, and counts as no payment); and what vouchers paid."""
    kind = func.max(receipt_tenders.c.tender_kind)
    tender, currency = receipt_tenders.c.tender, receipt_tenders.c.currency
    payments = func.sum(case((receipt_tenders.c.role == "change", 0), else_=1))
    sums = (func.sum(receipt_tenders.c.amount_minor), func.sum(receipt_tenders.c.foreign_minor))
    statement = select(tender, currency, kind, payments, *sums).join(receipts).where(of_receipts)
    found = []
    redeemed = 0
    for row in connection.execute(statement.group_by(tender, currency).order_by(tender, currency)):
        name, of_currency, of_kind, count, amount, foreign = row
        found.append(TenderSum(name, of_currency, int(count), int(amount), int(foreign)))
        if of_kind in ("voucher", "token"):
            redeemed += int(amount)
    return tuple(found), redeemed


def _line_sums(connection: Connection, of_receipts: ColumnElement[bool]) -> dict[str, tuple[Sum, ...]]:
    """Lines by business case; and goods by the first of their groups (empty: without)."""
    found: dict[str, tuple[Sum, ...]] = {}
    for name, which in (("business_case", None), ("article_group", receipt_lines.c.business_case.in_(GOODS))):
        key = receipt_lines.c[name]
        statement = select(key, func.count(), func.sum(receipt_lines.c.gross_minor)).join(receipts).where(of_receipts)
        if which is not None:
            statement = statement.where(which)
        rows = connection.execute(statement.group_by(key).order_by(key))
        found[name] = tuple(Sum(of, count, int(amount)) for of, count, amount in rows)
    return found


def _discounts(connection: Connection, of_receipts: ColumnElement[bool]) -> int:
    given = select(func.coalesce(func.sum(receipt_lines.c.discounts_minor), 0)).join(receipts).where(of_receipts)
    return int(connection.execute(given).scalar_one())


def _returns(connection: Connection, of_receipts: ColumnElement[bool]) -> int:
    """Lines of goods that came back, but for those of receipts that were taken back as a whole."""
    back = or_(receipt_lines.c.quantity_milli < 0, receipt_lines.c.gross_minor < 0)
    statement = (
        select(func.count())
        .select_from(receipt_lines)
        .join(receipts)
        .where(of_receipts, receipts.c.receipt_type != "void", receipt_lines.c.business_case == SALE, back)
    )
    return int(connection.execute(statement).scalar_one())


def _movement_sums(connection: Connection, of_movements: ColumnElement[bool], home: str) -> tuple[Sum, ...]:
    """By kind of movement; those in another currency apart: ``pay_in/CHF``."""
    movement, currency = cash_movements.c.movement, cash_movements.c.currency
    statement = select(movement, currency, func.count(), func.sum(cash_movements.c.amount_minor)).where(of_movements)
    rows = connection.execute(statement.group_by(movement, currency))
    sums = [
        Sum(kind if of_currency == home else f"{kind}/{of_currency}", count, int(amount))
        for kind, of_currency, count, amount in rows
    ]
    return tuple(sorted(sums, key=lambda row: row.key))


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    AskLastZ: last_z,
    AskPeriod: period,
    AskTills: tills,
    AskZReports: reports,
    FindZReport: z_report,
}
