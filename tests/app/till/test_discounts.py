"""Discounts and prices that a cashier types, and promotions as the till applies them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec
import pytest

from app.facts.master import ArticleSet, ReferenceSet
from app.till.commands import ChangePrice, Command, GiveDiscount, Pay, Scan, SellVoucher, VoidLine
from app.till.effects import Reply
from app.till.queries.every import Queries
from app.till.queries.receipts import AskReceipt
from app.till.refusals import Refusal
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeTill

PEN, BIRD_SEED = "17", "0815"


def promotion(till: FakeTill, promotion_id: str, **value: Any) -> None:
    body = {"promotion_id": promotion_id, **value}
    till.engine.say([ReferenceSet("promotion", promotion_id, body)])
    assert till.books.passed_over() == {}


async def test_a_promotion_counts_from_the_next_scan_on_and_the_receipt_names_it(till: FakeTill) -> None:
    promotion(till, "p", name="3 für 2", rule="n_for_m", n=3, m=2, articles=[PEN])
    assert (await done(till, Scan(PEN, "2")))["total"] == "1.78"
    assert (await done(till, Scan(PEN)))["total"] == "1.78"
    assert (await done(till, VoidLine("2")))["total"] == "1.78"
    assert (await done(till, Scan(PEN)))["total"] == "1.78"
    await done(till, Pay())
    receipt = till.engine.printed[-1]
    given = [(each.rule, each.rule_id, each.name) for line in receipt.lines for each in line.discounts]
    assert set(given) == {("promotion", "p", "3 für 2")}
    assert sum(each.amount_minor for line in receipt.lines for each in line.discounts) == 89
    assert till.books.passed_over() == {}
    promotion(till, "p", name="3 für 2", rule="n_for_m", n=3, m=2, articles=[PEN], active=False)
    assert (await done(till, Scan(PEN, "3")))["total"] == "2.67"


async def test_a_promotion_of_the_evening_begins_with_its_minute(till: FakeTill) -> None:
    promotion(till, "p", name="Abend", rule="percent", percent_bp=5000, from_minute=1080)
    assert (await done(till, Scan(BIRD_SEED)))["total"] == "4.99"
    till.clock.minute = 1080
    assert (await done(till, Scan(PEN)))["total"] == "2.93"


async def test_a_discount_on_a_line_in_percent_or_as_an_amount_and_taken_back(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED, "2"))
    await done(till, Scan(PEN))
    assert await done(till, GiveDiscount(percent="12,5", line="1")) == {"discount": "1.25", "total": "9.62"}
    assert await done(till, GiveDiscount(amount="2", line="1", reason="Delle")) == {"discount": "2.00", "total": "8.87"}
    assert await done(till, GiveDiscount(amount="0", line="1")) == {"discount": "0.00", "total": "10.87"}
    await done(till, GiveDiscount(percent="10", line="2"))
    await done(till, Pay())
    (discount,) = till.engine.printed[-1].lines[1].discounts
    assert (discount.rule, discount.name, discount.amount_minor) == ("line_discount", "Rabatt 10 %", 9)
    stored = await Queries(till.runner).ask(AskReceipt("1-000001"))
    assert isinstance(stored, Reply)
    assert [line["discounts"] for line in stored.fields["lines"]] == [
        [],
        [{"rule": "line_discount", "rule_id": None, "name": "Rabatt 10 %", "amount": "0.09"}],
    ]


async def test_discounts_on_the_receipt_add_up_and_are_taken_back_together(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    await done(till, Scan(PEN))
    assert await done(till, GiveDiscount(percent="10")) == {"discount": "0.59", "total": "5.29"}
    assert await done(till, GiveDiscount(amount="1")) == {"discount": "1.59", "total": "4.29"}
    assert (await done(till, Scan(BIRD_SEED)))["total"] == "8.78"
    assert await done(till, GiveDiscount(percent="0")) == {"discount": "0.00", "total": "10.87"}
    await done(till, GiveDiscount(percent="100"))
    assert (await done(till, Pay()))["total"] == "0.00"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (GiveDiscount(), "percent_or_amount"),
        (GiveDiscount(percent="5", amount="5"), "percent_or_amount"),
        (GiveDiscount(percent="ten"), "percent_not_a_number"),
        (GiveDiscount(percent=""), "percent_not_a_number"),
        (GiveDiscount(percent="9" * 500), "percent_not_a_number"),
        (GiveDiscount(percent="100.01"), "percent_too_large"),
        (GiveDiscount(percent="1.234"), "percent_too_many_decimals"),
        (GiveDiscount(percent="-5"), "percent_negative"),
        (GiveDiscount(amount="-5"), "amount_negative"),
        (GiveDiscount(amount="5.89"), "discount_too_large"),
        (GiveDiscount(amount="0.90", line="2"), "discount_too_large"),
        (GiveDiscount(amount="1", line="3"), "not_discountable"),
        (GiveDiscount(amount="1", line="4"), "not_discountable"),
        (GiveDiscount(amount="1", line="9"), "unknown_line"),
        (GiveDiscount(amount="1", line="x"), "unknown_line"),
        (GiveDiscount(amount="1", reason="x" * 101), "reason_too_long"),
        (ChangePrice("9", "1"), "unknown_line"),
        (ChangePrice("1", "-1"), "price_negative"),
        (ChangePrice("1", "99999999999"), "price_too_large"),
        (ChangePrice("1", "x"), "price_not_a_number"),
        (ChangePrice("3", "1"), "price_fixed"),
        (ChangePrice("1", "1", "x" * 101), "reason_too_long"),
    ],
)
async def test_slips_are_refused(till: FakeTill, command: Command, code: str) -> None:
    till.engine.say([ArticleSet("5", "Buch", 1000, "EUR", "2", not_discountable=True)])
    for begun in (Scan(BIRD_SEED), Scan(PEN), SellVoucher("10"), Scan("5")):
        await done(till, begun)
    assert await refused(till, command) == code


async def test_no_sale_nothing_to_discount_and_too_many(till: FakeTill) -> None:
    assert await refused(till, GiveDiscount(percent="5")) == "no_sale"
    await done(till, SellVoucher("10"))
    assert await refused(till, GiveDiscount(percent="5")) == "nothing_discountable"
    await done(till, Scan(PEN))
    for _ in range(5):
        await done(till, GiveDiscount(percent="1"))
    assert await refused(till, GiveDiscount(percent="1")) == "too_many_discounts"


async def test_a_discount_may_not_leave_more_paid_than_owed(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay(amount="4"))
    assert await refused(till, GiveDiscount(percent="50")) == "paid_more_than_left"


async def test_another_price_keeps_what_the_list_said(till: FakeTill) -> None:
    promotion(till, "p", name="Hälfte", rule="percent", percent_bp=5000)
    await done(till, Scan(BIRD_SEED, "2"))
    answer = await done(till, ChangePrice("1", "4,00", "Delle"))
    assert answer == {
        "line": 1, "name": "Vogelfutter 1 kg", "price": "4.00", "list_price": "4.99", "total": "8.00",
    }  # fmt: skip
    assert (await done(till, ChangePrice("1", "3")))["list_price"] == "4.99"
    await done(till, GiveDiscount(percent="10", line="1"))
    await done(till, Pay())
    (line,) = till.engine.printed[-1].lines
    assert (line.unit_price_minor, line.list_price_minor, line.price_origin) == (300, 499, "manual")
    assert (line.gross_minor, [each.rule for each in line.discounts]) == (540, ["line_discount"])


async def test_limits_are_for_all_that_was_typed_as_a_percentage(
    till: FakeTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def allowed(right: str, detail: str = "", *, percent_bp: int = 0) -> Generator[Any, Any, None]:
        asked.append((right, percent_bp))
        if percent_bp > 2000:
            raise Refusal("right_missing")
        yield from ()

    monkeypatch.setattr(till.session._counter, "allowed", allowed)
    await done(till, Scan(PEN))
    await done(till, GiveDiscount(percent="10", line="1"))
    await done(till, Scan(BIRD_SEED))
    assert asked[-1] == ("discount", 1000)
    await done(till, GiveDiscount(amount="0.30"))
    assert asked[-1] == ("discount", 1000 + 519), "0.30 of 5.79, rounded up, and what the line has already"
    assert await refused(till, GiveDiscount(percent="5")) == "right_missing"
    await done(till, GiveDiscount(percent="0", line="1"))
    await done(till, GiveDiscount(percent="5"))
    await done(till, ChangePrice("1", "0.50"))
    assert asked[-1] == ("price_change", 0)


async def test_the_same_fields_are_kept_over_a_crash(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    await done(till, GiveDiscount(percent="10", line="1"))
    again = till.restarted()
    assert msgspec.json.decode(again.session.kept_text() or "") == msgspec.json.decode(till.session.kept_text() or "")
    assert (await done(again, Pay()))["total"] == "4.49"
