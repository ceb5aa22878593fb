"""A day end (Z report) or a look in between (X report) as a page: figures, taxes, tenders, movements, drawers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, tzinfo

from app.facts.sales import CountedCash, Period, Sum, ZReportClosed
from receipts.compose import tax_rows
from receipts.letterhead import ShopHead, head_of, title
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section
from receipts.wording import Wording


def z_report_page(closed: ZReportClosed, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC) -> Page:
    """The report as recorded; one with the number 0 closes nothing and is an X report."""
    said = words.documents.report
    day, time = words.date_and_time(closed.closed_at, zone)
    blocks: list[Block] = [*head_of(shop), *title(said.z_title if closed.z_no else said.x_title), Gap()]
    if closed.z_no:
        blocks.append(Pair(f"{said.z_no} {closed.z_no}", f"{words.till} {closed.till_no}", bold=True, tall=True))
    else:
        blocks.append(Line(f"{words.till} {closed.till_no}", bold=True))
    if closed.z_report_no:
        blocks.append(Pair(said.number, closed.z_report_no))
    blocks.append(Pair(f"{said.business_day} {words.day(closed.business_day)}", f"{day} {time}"))
    if closed.cashier:
        blocks.append(Line(f"{words.documents.cashier}: {closed.cashier}", indent=2))
    blocks += _figures(closed.figures, words)
    if closed.z_no:
        blocks += [Gap(), Gap(), Rule(), Line(words.documents.hospitality.signature)]
    return Page((Section("report", tuple(blocks)),))


def _figures(figures: Period, words: Wording) -> list[Block]:
    said, currency = words.documents.report, figures.currency
    blocks: list[Block] = [Rule(), Pair(said.receipts, str(figures.receipts))]
    if figures.receipts:
        blocks.append(Pair(said.from_to, f"{figures.first_receipt_no} - {figures.last_receipt_no}"))
    blocks.append(Pair(words.total, words.money(figures.gross_minor, currency), bold=True, tall=True))
    blocks += _section("", tax_rows(figures.tax_table, currency, words))
    tenders: list[Block] = []
    for row in figures.tenders:
        name = words.tenders.get(row.tender, row.tender)
        foreign = f" {words.amount(row.foreign_minor, row.currency)} {row.currency}" if row.foreign_minor else ""
        tenders.append(Pair(f"{row.count} × {name}{foreign}", words.amount(row.amount_minor, currency), indent=2))
    blocks += _section(said.tenders, tenders)
    blocks += _section(said.cases, _sums(figures.business_cases, words.documents.cases, currency, words))
    blocks += _section(said.groups, _sums(figures.article_groups, {}, currency, words))
    blocks += _section(said.movements, _sums(figures.movements, words.documents.movements, currency, words))
    blocks += _section("", _counts(figures, words))
    for drawer in figures.drawers:
        blocks += _section(f"{said.drawer} {drawer.currency}", _drawer(drawer, words))
    return blocks


def _counts(figures: Period, words: Wording) -> list[Block]:
    said = words.documents.report
    counted = ((said.returns, figures.returns), (said.voids, figures.voids), (said.aborted, figures.aborted))
    amounts = (
        (said.discounts, figures.discounts_minor),
        (said.vouchers_sold, figures.vouchers_sold_minor),
        (said.vouchers_redeemed, figures.vouchers_redeemed_minor),
    )
    return [
        *(Pair(name, str(count)) for name, count in counted if count),
        *(Pair(name, words.amount(amount, figures.currency)) for name, amount in amounts if amount),
    ]


def _drawer(drawer: CountedCash, words: Wording) -> list[Block]:
    said, currency = words.documents.report, drawer.currency
    blocks: list[Block] = [Pair(said.expected, words.amount(drawer.expected_minor, currency))]
    for value, pieces in drawer.pieces:
        blocks.append(Pair(f"  {pieces} × {words.amount(value, currency)}", words.amount(value * pieces, currency)))
    if drawer.counted_minor is None:
        return [*blocks, Line(said.not_counted)]
    counted = Pair(said.counted, words.amount(drawer.counted_minor, currency))
    difference = Pair(said.difference, words.amount(drawer.difference_minor, currency), bold=True)
    return [*blocks, counted, difference]


def _sums(sums: Iterable[Sum], names: dict[str, str], currency: str, words: Wording) -> list[Block]:
    return [
        Pair(f"{each.count} × {names.get(each.key, each.key)}", words.amount(each.amount_minor, currency), indent=2)
        for each in sums
    ]


def _section(name: str, blocks: list[Block]) -> list[Block]:
    """A part with its name; nothing if there is nothing in it."""
    head: list[Block] = [Rule(), Line(name, bold=True)] if name else [Rule()]
    return [*head, *blocks] if blocks else []
