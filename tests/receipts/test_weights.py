"""Weights on paper: what was weighed, its tare, and the mark of a typed one."""

from __future__ import annotations

from app.facts.circulation import OrderLine, OrderPlaced
from receipts import GERMAN, ShopHead, page_of, text

AT = "2026-11-21T09:32:11.000Z"


def test_an_order_shows_weights_as_its_receipt_will() -> None:
    weighed = OrderLine("Kies", 1000, "kg", 200, 200, weighed="scale", gross_g=1250, tare_g=250, tare_class="Korb")
    typed = OrderLine("Sand", 500, "kg", 200, 100, weighed="manual", gross_g=500)
    order = OrderPlaced("A1-000003", 1, AT, "anna", "EUR", (weighed, typed), 300, "2026-12-01")
    page = page_of(order, ShopHead(("Zoo Neumann",)), GERMAN)
    assert page is not None
    lines = text(page).splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("1,000 kg Kies"))
    assert [line.strip() for line in lines[start + 1 : start + 3]] == [
        "1,000 kg × 2,00 €/kg",
        "Brutto 1,250 kg  Tara 0,250 kg (Korb)",
    ]
    assert [line.strip() for line in lines[start + 4 : start + 6]] == ["0,500 kg × 2,00 €/kg", "Handeingabe"]
