"""The tax of delivery notes and of the invoices that gather them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.receivable import added, scaled
from app.domain.vat import VatSum, tax_table

amounts = st.lists(
    st.tuples(st.sampled_from(["1", "2", ""]), st.sampled_from([700, 1900]), st.integers(-2_000, 10_000)), min_size=1
)


def sums(table: tuple[VatSum, ...]) -> tuple[int, int, int]:
    return (
        sum(row.gross_minor for row in table),
        sum(row.net_minor for row in table),
        sum(row.tax_minor for row in table),
    )


@given(amounts, st.data())
def test_a_part_of_a_receipt_has_its_gross_to_the_cent(rows: list[tuple[str, int, int]], data: st.DataObject) -> None:
    table = tax_table(rows)
    total = sum(row.gross_minor for row in table)
    assume(total > 0)
    part = data.draw(st.integers(0, total))
    found = scaled(table, part)
    gross, net, tax = sums(found)
    assert gross == part == net + tax
    for row, whole in zip(found, table, strict=True):
        assert row.gross_minor == row.net_minor + row.tax_minor
        assert (row.vat_key, row.rate_bp) == (whole.vat_key, whole.rate_bp)
        assert abs(row.gross_minor * total - whole.gross_minor * part) < total, "no row is a cent off its share"


@given(amounts)
def test_a_note_over_its_whole_receipt_has_its_tax_as_printed(rows: list[tuple[str, int, int]]) -> None:
    table = tax_table(rows)
    assert scaled(table, sum(row.gross_minor for row in table)) == table


@given(st.lists(amounts, max_size=5))
def test_an_invoice_has_the_sum_of_its_receipts_tax(receipts: list[list[tuple[str, int, int]]]) -> None:
    tables = [tax_table(rows) for rows in receipts]
    every = sums(added(tables))
    assert every == tuple(sum(part) for part in zip((0, 0, 0), *(sums(table) for table in tables), strict=True))
    keys = [(row.vat_key, row.rate_bp) for row in added(tables)]
    assert len(keys) == len(set(keys))


def test_net_and_tax_are_added_up_as_printed_not_taken_out_anew() -> None:
    single = tax_table([("1", 1900, 3)])
    (row,) = added([single, single, single])
    assert (row.gross_minor, row.net_minor, row.tax_minor) == (9, 9, 0)
    assert tax_table([("1", 1900, 9)])[0].tax_minor == 1


def test_a_receipt_over_nothing_has_no_parts() -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        scaled(tax_table([("1", 1900, 0)]), 1)
