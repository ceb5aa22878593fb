"""What a receipt must carry, and what it must not give away."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.facts.sales import ReceiptCompleted, ReceiptLine, TaxRow, TenderRow
from receipts import GERMAN, ShopHead, compose, text
from receipts.letterhead import Advert, HeadLine, masked
from receipts.page import Line, Symbol
from tests.golden.documents import PAID_DOWN
from tests.receipts.test_ringing import column, lines, receipt_of, table_of, total_of

SHOP = ShopHead(("Zoo Neumann", "Messestand 4", "50679 Köln"), foot=("Umtausch binnen 14 Tagen",), till_serial="TM-77")


@pytest.fixture
def receipt() -> ReceiptCompleted:
    path = Path(__file__).parents[1] / "golden" / "receipt.json"
    return msgspec.json.decode(path.read_bytes(), type=ReceiptCompleted)


def test_a_receipt_carries_what_the_law_asks_for(receipt: ReceiptCompleted) -> None:
    shown = text(compose(receipt, SHOP, GERMAN))
    for needed in (
        "Zoo Neumann", "50679 Köln", "21.11.2026", "09:31:05", "09:32:11", "1-000042", "Kasse 1", "TM-77",
        "2 × Hundefutter", "2 × 3,49 €", "1,250 kg Wiesenheu", "1,250 kg × 4,20 €/kg",
        "50,13 €", "A 19 %", "2,06", "B 7 %", "0,80", "§ 3 Abs. 15 UStG",
        "Bar gegeben", "50,00", "Rückgeld", "9,87", "Umtausch",
    ):  # fmt: skip
        assert needed in shown, needed


def test_every_line_names_its_rate_by_a_letter_of_the_tax_table(receipt: ReceiptCompleted) -> None:
    shown = text(compose(receipt, SHOP, GERMAN)).splitlines()
    assert [line[-1] for line in shown if line.endswith(("6,98 B", "12,90 A", "5,25 B", "25,00 C"))] == list("BABC")


def test_a_slip_follows_for_every_voucher_sold_with_its_code_for_eyes_and_scanners(receipt: ReceiptCompleted) -> None:
    page = compose(receipt, SHOP, GERMAN)
    assert [section.name for section in page.sections] == ["receipt", "voucher"]
    assert Symbol("7K3M9QXA0PWTB", "qr") in page.sections[1].blocks
    assert "7K3M-9QXA-0PWT-B" in text(page)
    assert "gültig bis 31.12.2029" in text(page)
    unlimited = [msgspec.structs.replace(line, voucher_expires_on="") for line in receipt.lines]
    assert "gültig bis" not in text(compose(msgspec.structs.replace(receipt, lines=tuple(unlimited)), SHOP, GERMAN))
    assert Symbol("7K3M9QXA0PWTB", "code128") in compose(receipt, SHOP, GERMAN, symbol="code128").sections[1].blocks


def test_the_receipt_itself_gives_no_voucher_code_away(receipt: ReceiptCompleted) -> None:
    page = compose(receipt, SHOP, GERMAN)
    shown = text(msgspec.structs.replace(page, sections=page.sections[:1]))
    assert "***PWTB" in shown
    assert "Gutschein ***D41T" in shown
    assert "9QXA" not in shown
    assert "WWP2" not in shown
    assert masked("ABC") == "***"


def test_a_sale_across_midnight_names_both_days(receipt: ReceiptCompleted) -> None:
    late = msgspec.structs.replace(
        receipt, started_at="2026-11-21T23:59:58.000Z", finished_at="2026-11-22T00:00:10.000Z"
    )
    assert "23:59:58 - 22.11.2026 00:00:10" in text(compose(late, SHOP, GERMAN, zone=UTC))


def test_foreign_money_and_unknown_tenders_are_named(receipt: ReceiptCompleted) -> None:
    paid = msgspec.structs.replace(
        receipt,
        tenders=(TenderRow("cash", "CHF", 2000), TenderRow("wertkarte", "EUR", 3013)),
        tax_table=(TaxRow("general", 1900, 5013, 4213, 800),),
    )
    shown = text(compose(paid, SHOP, GERMAN))
    assert "Bar CHF" in shown
    assert "wertkarte" in shown
    assert "§ 3 Abs. 15" not in shown


def test_a_currency_without_a_sign_is_named_before_the_total(receipt: ReceiptCompleted) -> None:
    assert "SUMME CHF" in text(compose(msgspec.structs.replace(receipt, currency="CHF"), SHOP, GERMAN))


def test_a_page_survives_being_kept_as_json(receipt: ReceiptCompleted) -> None:
    page = compose(receipt, SHOP, GERMAN)
    assert msgspec.json.decode(msgspec.json.encode(page), type=type(page)) == page


def test_the_head_is_in_the_shops_own_style_and_names_the_branch(receipt: ReceiptCompleted) -> None:
    shop = ShopHead((HeadLine("Zoo Neumann", red=True), HeadLine("Räumungsverkauf", bold=True)), branch="Halle 4")
    head = compose(receipt, shop, GERMAN).sections[0].blocks[:3]
    assert head == (
        Line("Zoo Neumann", align="center", tall=True, red=True),
        Line("Räumungsverkauf", align="center", bold=True),
        Line("Halle 4", align="center"),
    )


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("", "", True),
        ("2026-11-21", "2026-11-21", True),
        ("2026-11-01", "", True),
        ("", "2026-11-20", False),
        ("2026-11-22", "", False),
    ],
)
def test_advertising_is_printed_on_its_days_only(receipt: ReceiptCompleted, first: str, last: str, shown: bool) -> None:
    shop = ShopHead(SHOP.lines, adverts=(Advert("Heiligabend geöffnet\nbis 14 Uhr", first, last),))
    lines = [line.strip() for line in text(compose(receipt, shop, GERMAN)).splitlines()]
    assert (lines[lines.index(GERMAN.thanks) :][2:4] == ["Heiligabend geöffnet", "bis 14 Uhr"]) is shown


def test_the_articles_number_is_printed_where_the_shop_wants_it(receipt: ReceiptCompleted) -> None:
    numbered = msgspec.structs.replace(
        receipt, lines=tuple(msgspec.structs.replace(line, ident_no=f"47{line.line}") for line in receipt.lines)
    )
    assert "Art." not in text(compose(numbered, SHOP, GERMAN))
    shown = text(compose(numbered, msgspec.structs.replace(SHOP, article_nos=True), GERMAN)).splitlines()
    assert "    Art. 471  2 × 3,49 €" in shown
    assert "    Art. 472" in shown


def test_the_shops_terms_are_on_a_vouchers_slip(receipt: ReceiptCompleted) -> None:
    shop = msgspec.structs.replace(SHOP, voucher_terms="Drei Jahre gültig.\nNicht für Lebendtiere.")
    receipt_page, slip = compose(receipt, shop, GERMAN).sections
    assert [Line("Drei Jahre gültig."), Line("Nicht für Lebendtiere.")] == list(slip.blocks[-3:-1])
    assert Line("Drei Jahre gültig.") not in receipt_page.blocks


def test_only_cash_of_which_there_is_change_was_given(receipt: ReceiptCompleted) -> None:
    exact = msgspec.structs.replace(receipt, tenders=(TenderRow("cash", "EUR", 5013, tender_kind="cash"),))
    assert "gegeben" not in text(compose(exact, SHOP, GERMAN))
    assert "Gutschein gegeben" not in text(compose(receipt, SHOP, GERMAN))


def test_nobody_is_thanked_or_courted_for_what_is_given_back(receipt: ReceiptCompleted) -> None:
    shop = msgspec.structs.replace(SHOP, adverts=(Advert("Heiligabend bis 14 Uhr"),))
    for taken_back in ({"voids": "1-000041"}, {"total_minor": -5013}):
        shown = text(compose(msgspec.structs.replace(receipt, **taken_back), shop, GERMAN))
        assert "Umtausch" in shown
        assert "Vielen Dank" not in shown
        assert "Heiligabend" not in shown


def test_a_law_is_named_in_one_line(receipt: ReceiptCompleted) -> None:
    for width in (32, 42, 48, 56):
        assert "(§ 3 Abs. 15 UStG)" in text(compose(receipt, SHOP, GERMAN), width)


def test_a_deposit_that_is_given_back_has_no_slip() -> None:
    back = tuple(msgspec.structs.replace(line, gross_minor=-line.gross_minor) for line in PAID_DOWN.lines)
    assert [each.name for each in compose(PAID_DOWN, SHOP, GERMAN).sections] == ["receipt", "deposit"]
    given_back = msgspec.structs.replace(PAID_DOWN, lines=back)
    assert [each.name for each in compose(given_back, SHOP, GERMAN).sections] == ["receipt"]


@given(st.lists(lines, min_size=1, max_size=7), st.sampled_from((32, 42, 48, 56)), st.booleans())
def test_the_right_column_comes_to_the_total_and_each_letter_to_its_row(
    sold: list[ReceiptLine], width: int, article_nos: bool
) -> None:
    shop = msgspec.structs.replace(SHOP, article_nos=article_nos)
    paper = text(compose(receipt_of(sold), shop, GERMAN), width).splitlines()
    assert sum(column(paper).values()) == total_of(paper) == sum(line.gross_minor for line in sold)
    assert column(paper) == table_of(paper)
