"""What a receipt must carry, and what it must not give away."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import msgspec
import pytest

from app.facts.sales import ReceiptCompleted, TaxRow, TenderRow
from receipts import GERMAN, ShopHead, compose, text
from receipts.letterhead import masked
from receipts.page import Symbol

SHOP = ShopHead(("Zoo Neumann", "Messestand 4", "50679 Köln"), foot=("Umtausch binnen 14 Tagen",), till_serial="TM-77")


@pytest.fixture
def receipt() -> ReceiptCompleted:
    path = Path(__file__).parents[1] / "golden" / "receipt.json"
    return msgspec.json.decode(path.read_bytes(), type=ReceiptCompleted)


def test_a_receipt_carries_what_the_law_asks_for(receipt: ReceiptCompleted) -> None:
    shown = text(compose(receipt, SHOP, GERMAN))
    for needed in (
        "Zoo Neumann", "50679 Köln", "21.11.2026", "09:31:05", "09:32:11", "1-000042", "Kasse 1", "TM-77",
        "2 × Hundefutter", "1,250 kg Wiesenheu", "50,13 €", "A 19 %", "2,06", "B 7 %", "0,80", "§ 3 Abs. 15 UStG",
        "Bar", "50,00", "Rückgeld", "9,87", "Umtausch",
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
