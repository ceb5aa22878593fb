"""What a card terminal said of a payment, on the receipt."""

from __future__ import annotations

import msgspec
import pytest

from app.facts.sales import CardRow, TenderRow
from receipts import ENGLISH, GERMAN, ShopHead, compose
from receipts.text import text
from tests.golden.documents import FULL

CARD = CardRow("c" * 32, "52500041", 42, 8, "girocard", slip=("Beleg 0008", "Zahlung erfolgt"))
SHOP = ShopHead(("Vogel & Co",))


def paper(card: CardRow | None, width: int = 42) -> str:
    row = TenderRow("girocard", "EUR", FULL.total_minor, tender_kind="card", card=card)
    return text(compose(msgspec.structs.replace(FULL, tenders=(row,)), SHOP, GERMAN), width)


def test_the_customers_slip_stands_on_the_receipt_as_the_terminal_says_it() -> None:
    assert "Beleg 0008" in paper(CARD)
    assert "Zahlung erfolgt" in paper(CARD)
    assert "52500041" not in paper(CARD), "its own slip says what it has to"


@pytest.mark.parametrize("width", [32, 42, 48, 56])
def test_without_a_slip_the_numbers_are_there_by_which_the_payment_is_found(width: int) -> None:
    said = paper(msgspec.structs.replace(CARD, slip=()), width)
    for number in ("girocard", "Terminal-ID 52500041", "TA-Nr. 42", "Beleg-Nr. 8"):
        assert number in said
    assert max(map(len, said.splitlines())) <= width


def test_a_payment_that_a_person_read_off_the_terminal_says_who() -> None:
    assert "Am Terminal abgelesen: anna" in paper(CardRow("c" * 32, read_by="anna"))
    assert "{user}" in ENGLISH.documents.read_off
