"""What reports ask of a receipt stands beside it, so that its parts need not be read."""

from __future__ import annotations

import msgspec
from sqlalchemy import select, text

from app.books.tables.receipts import receipt_discounts, receipt_lines, receipts
from app.facts.sales import LineDiscount, ReceiptLine, TaxRow, TenderRow
from tests.app.books.shelf import Books, receipt, records_of

SOLD = msgspec.structs.replace(
    receipt(1, 1, 0),
    lines=(
        ReceiptLine(
            1, "sale", "Bier", 2000, "Stk", 400, 700, "12", vat_key="1", vat_rate_bp=1900,
            discounts=(LineDiscount("promotion", "Aktion", 100),), article_groups=("drinks", "beer", "bottled", "cold"),
        ),
        ReceiptLine(2, "container_deposit", "Pfand", 2000, "Stk", 8, 16, "8", vat_key="1", vat_rate_bp=1900),
        ReceiptLine(3, "voucher_sale", "Gutschein", 1000, "Stk", 1000, 1000, article_groups=("vouchers",)),
    ),
    tax_table=(TaxRow("", 0, 1000, 1000, 0), TaxRow("1", 1900, 716, 602, 114)),
    tenders=(TenderRow("cash", "EUR", 1716),),
    total_minor=1716,
    change_minor=0,
    customer_no="10001",
    customer_group="staff",
    cost_centre="4711",
)  # fmt: skip


def test_goods_discounts_and_tax_are_summed_up(books: Books) -> None:
    books.writer.apply(records_of([("a", SOLD)]))
    of = receipts.c
    with books.engine.connect() as connection:
        head = connection.execute(
            select(of.goods_minor, of.discounts_minor, of.tax_minor, of.customer_group, of.cost_centre)
        ).one()
        groups = connection.execute(
            select(receipt_lines.c.article_group, receipt_lines.c.article_group_2, receipt_lines.c.article_group_3)
        ).all()
        discounts = connection.execute(
            select(receipt_discounts.c.line, receipt_discounts.c.rule, receipt_discounts.c.amount_minor)
        ).all()
    assert [tuple(row) for row in discounts] == [(1, "promotion", 100)]
    assert tuple(head) == (716, 100, 114, "staff", "4711")
    assert [tuple(row) for row in groups] == [("drinks", "beer", "bottled"), ("", "", ""), ("vouchers", "", "")]


def test_a_report_by_day_and_till_reads_the_index_alone(books: Books) -> None:
    asked = (
        "SELECT business_day, till_no, cashier, customer_group, cost_centre, COUNT(*), SUM(goods_minor), "
        "SUM(total_minor), SUM(tax_minor), SUM(discounts_minor) FROM receipts "
        "WHERE business_day BETWEEN '2026-11-01' AND '2026-11-30' AND receipt_type <> 'training' GROUP BY 1, 2, 3, 4, 5"
    )
    with books.engine.connect() as connection:
        if books.engine.dialect.name == "postgresql":
            # Of an empty table it would rather read the table.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = " ".join(connection.execute(text(f"EXPLAIN {asked}")).scalars())
        else:
            plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}")))
    assert "USING COVERING INDEX receipts_by_day" in plan or "Index Only Scan using receipts_by_day" in plan
