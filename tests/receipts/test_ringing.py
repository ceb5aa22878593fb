"""What is printed while a sale is rung: whatever happens to it, the paper's columns come to the receipt's total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.vat import tax_table
from app.facts.sales import LineDiscount, ReceiptCompleted, ReceiptLine, TaxRow, TenderRow
from receipts import GERMAN, Page, ShopHead, text
from receipts.page import Block, Section
from receipts.ringing import Strip, closing, continuation, ended, further

SHOP = ShopHead(("Zoo Neumann", "Messestand 4"))
STRIP = Strip("3f2a9c1b" * 4, "2026-11-21T09:31:05.123Z", "EUR")
RATES = {"1": 1900, "2": 700, "3": 490, "": 0}
AMOUNT = re.compile(r"(-?\d+,\d\d) ([A-Z])$")


def line(name: str, price: int, key: str = "1", count: int = 1, **more: Any) -> ReceiptLine:
    off = sum(each.amount_minor for each in more.get("discounts", ()))
    return ReceiptLine(
        1, "sale", name, count * 1000, "Stk", price, price * count - off, vat_key=key, vat_rate_bp=RATES[key], **more
    )


def receipt_of(lines: Sequence[ReceiptLine], **more: Any) -> ReceiptCompleted:
    total = sum(each.gross_minor for each in lines)
    table = tax_table((each.vat_key, each.vat_rate_bp, each.gross_minor) for each in lines)
    rows = (TaxRow(row.vat_key, row.rate_bp, row.gross_minor, row.net_minor, row.tax_minor) for row in table)
    return ReceiptCompleted(
        "1-000042", 1, STRIP.sale_id, STRIP.started_at, "2026-11-21T09:32:11.000Z", "2026-11-21", "Jürgen Weiß", "EUR",
        tuple(lines), tuple(rows), (TenderRow("cash", "EUR", total, tender_kind="cash"),), total, 0, **more,
    )  # fmt: skip


def shown(*blocks: Block, width: int = 42) -> list[str]:
    return text(Page((Section("x", blocks),)), width).splitlines()


def minor(shown_amount: str) -> int:
    return int(shown_amount.replace(",", ""))


def column(paper: Sequence[str]) -> dict[str, int]:
    """The right column's sums, by letter."""
    sums: dict[str, int] = {}
    for row in paper:
        if found := AMOUNT.search(row):
            sums[found[2]] = sums.get(found[2], 0) + minor(found[1])
    return sums


def total_of(paper: Sequence[str]) -> int:
    (found,) = filter(None, (re.match(r"SUMME +(-?\d+,\d\d) €$", row) for row in paper))
    return minor(found[1])


def table_of(paper: Sequence[str]) -> dict[str, int]:
    """The tax table's gross, by letter."""
    rows = (re.match(r"([A-Z]) (?:[\d,]+ %|ohne) .* (-?\d+,\d\d)$", row) for row in paper)
    return {found[1]: minor(found[2]) for found in rows if found}


NAMES = ("Napf", "Leine", "Kauknochen mit Rind & Möhre für große Hunde", "Stroh")
discounts = st.lists(
    st.builds(LineDiscount, st.sampled_from(("promotion", "manual")), st.sampled_from(("", "Futterwoche")),
              st.integers(1, 50)), max_size=2,
).map(tuple)  # fmt: skip
lines = st.builds(
    lambda name, price, key, count, off: line(name, price, key, count, discounts=off),
    st.sampled_from(NAMES), st.sampled_from((100, 349, 12_345)), st.sampled_from(tuple(RATES)),
    st.sampled_from((-1, 1, 2)), discounts,
)  # fmt: skip
sales = st.lists(st.lists(lines, max_size=7), min_size=1, max_size=6)
"""A sale as it was each time when the printer could print."""


@given(sales, st.lists(st.booleans(), min_size=6, max_size=6), st.sampled_from((32, 42, 48, 56)))
def test_whatever_is_rung_the_column_comes_to_the_total_and_each_letter_to_its_row(
    sale: list[list[ReceiptLine]], paid: list[bool], width: int
) -> None:
    strip = STRIP
    blocks: list[Block] = []
    for now, paying in zip(sale, paid, strict=False):
        more, strip = further(strip, now, SHOP, GERMAN, paying=paying)
        blocks += more
    end = closing(strip, receipt_of(sale[-1]), SHOP, GERMAN)
    paper = shown(*blocks, *end.blocks, width=width)
    total = sum(each.gross_minor for each in sale[-1])
    assert sum(column(paper).values()) == total_of(paper) == total
    assert {letter: gross for letter, gross in column(paper).items() if gross} == {
        letter: gross for letter, gross in table_of(paper).items() if gross
    }
    assert list(table_of(paper)) == sorted(table_of(paper))
    assert max(map(len, paper)) <= width


@given(sales, st.integers(0, 5))
def test_a_torn_strip_goes_on_with_what_is_carried_and_comes_to_the_same_total(
    sale: list[list[ReceiptLine]], torn_at: int
) -> None:
    strip, piece, carried = STRIP, [], 0
    for index, now in enumerate(sale):
        if index == torn_at and strip.begun:
            piece, carried = list(continuation(strip, SHOP, GERMAN)), strip.total_minor
            assert any(f"{carried / 100:.2f}".replace(".", ",") in row for row in shown(*piece) if "Übertrag" in row)
        more, strip = further(strip, now, SHOP, GERMAN)
        piece += more
    paper = shown(*piece, *closing(strip, receipt_of(sale[-1]), SHOP, GERMAN).blocks)
    assert carried + sum(column(paper).values()) == total_of(paper)


@given(st.lists(lines, max_size=7), st.randoms())
def test_what_the_paper_says_is_not_printed_again_in_whatever_order_it_comes(now: list[ReceiptLine], rng: Any) -> None:
    strip = further(STRIP, now, SHOP, GERMAN)[1]
    again = [msgspec.structs.replace(each, line=number) for number, each in enumerate(now, 7)]
    rng.shuffle(again)
    assert further(strip, again, SHOP, GERMAN)[0] == ()


def test_the_head_is_printed_once_with_the_first_line_and_nothing_that_can_go_stale() -> None:
    assert further(STRIP, (), SHOP, GERMAN) == ((), STRIP)
    first, strip = further(STRIP, [line("Napf", 349)], SHOP, GERMAN)
    paper = shown(*first)
    assert paper[0].strip() == "Zoo Neumann"
    assert paper[3].split() == ["21.11.2026", "Beginn", "09:31:05"]
    assert paper[4] == "Vorgang 3F2A9C1B"
    assert paper[-1].split() == ["1", "×", "Napf", "3,49", "A"]
    assert not any("Beleg" in row or "Jürgen" in row for row in paper)
    second, _ = further(strip, [line("Napf", 349), line("Stroh", 100, "2", 2)], SHOP, GERMAN)
    assert [row.split() for row in shown(*second)] == [["2", "×", "Stroh", "2,00", "B"], ["2", "×", "1,00", "€"]]


def test_what_is_taken_back_changed_or_reduced_later_gets_a_row_of_its_own() -> None:
    promoted = (LineDiscount("promotion", "Futterwoche", 40),)
    _, strip = further(STRIP, [line("Napf", 349), line("Leine", 990)], SHOP, GERMAN)
    now = [line("Napf", 349, discounts=promoted), line("Leine", 990, count=2)]
    rows, strip = further(strip, now, SHOP, GERMAN)
    assert [" ".join(row.split()) for row in shown(*rows)] == [
        "Storno 1 × Leine -9,90 A", "2 × Leine 19,80 A", "2 × 9,90 €", "Futterwoche: Napf -0,40 A",
    ]  # fmt: skip
    rows, strip = further(strip, [line("Napf", 349)], SHOP, GERMAN)
    assert [" ".join(row.split()) for row in shown(*rows)] == [
        "Storno 2 × Leine -19,80 A", "Futterwoche zurück: Napf 0,40 A",
    ]  # fmt: skip
    now = [line("Napf", 349), line("Streu", 200), line("Stroh", 500, discounts=promoted)]
    assert [" ".join(row.split()) for row in shown(*further(strip, now, SHOP, GERMAN)[0])] == [
        "1 × Streu 2,00 A", "1 × Stroh 5,00 A", "Futterwoche -0,40 A",
    ]  # fmt: skip


def test_another_rate_prints_the_line_anew_under_its_own_letter() -> None:
    """Eat-in or take-away, said late: each letter's rows must come to what the tax table says of it."""
    _, strip = further(STRIP, [line("Suppe", 500, "2")], SHOP, GERMAN)
    rows, _ = further(strip, [line("Suppe", 500, "1")], SHOP, GERMAN)
    assert [" ".join(row.split()) for row in shown(*rows)] == ["Storno 1 × Suppe -5,00 A", "1 × Suppe 5,00 B"]


def test_a_payment_on_account_shows_the_subtotal_once() -> None:
    now = [line("Napf", 349)]
    _, strip = further(STRIP, now, SHOP, GERMAN)
    rows, strip = further(strip, now, SHOP, GERMAN, paying=True)
    assert shown(*rows)[-1].split() == ["Zwischensumme", "3,49", "€"]
    assert further(strip, now, SHOP, GERMAN, paying=True)[0] == ()
    rows, _ = further(strip, [*now, *now], SHOP, GERMAN, paying=True)
    assert shown(*rows)[-1].split() == ["Zwischensumme", "6,98", "€"]


def test_the_end_has_the_number_and_all_that_was_not_known_at_the_beginning() -> None:
    _, strip = further(STRIP, [line("Napf", 349)], SHOP, GERMAN)
    sold = receipt_of([line("Napf", 349)], customer_no="K-0815", invoice_no="R-26-1")
    paper = "\n".join(shown(*closing(strip, sold, SHOP, GERMAN).blocks))
    for needed in ("Beleg 1-000042", "Kasse 1", "09:31:05 - 09:32:11", "Jürgen Weiß", "K-0815", "R-26-1", "3,49 €"):
        assert needed in paper, needed
    assert "Zoo Neumann" not in paper
    torn = "\n".join(shown(*continuation(strip, SHOP, GERMAN, "1-000042")))
    assert "FORTSETZUNG" in torn
    assert "Beleg 1-000042" in torn
    assert "Vorgang 3F2A9C1B" in "\n".join(shown(*continuation(strip, SHOP, GERMAN)))


def test_practice_says_so_at_both_ends() -> None:
    now = [line("Napf", 349)]
    begun, strip = further(msgspec.structs.replace(STRIP, training=True), now, SHOP, GERMAN)
    end = closing(strip, receipt_of(now, receipt_type="training"), SHOP, GERMAN)
    mark = GERMAN.documents.training_mark
    assert mark in shown(*begun)[0]
    assert mark in shown(*end.blocks)[-1]


@pytest.mark.parametrize(("end", "mark"), [("void", "UNGÜLTIG"), ("parked", "GEPARKT"), ("ordered", "BESTELLT")])
def test_a_strip_that_becomes_no_receipt_says_so_and_is_cut(end: Any, mark: str) -> None:
    section = ended(end, GERMAN)
    assert section.cut
    assert f"*** {mark} ***" in "\n".join(shown(*section.blocks))
