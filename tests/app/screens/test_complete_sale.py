"""What a cashier must see of a sale with everything in it: sums that add up, in words, on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text
from app.domain import business_case
from app.facts.circulation import CustomerSet
from app.facts.master import ArticleSet, ReferenceSet
from app.screens.cells import right
from app.screens.till import present
from app.screens.till.app import TillApp
from app.till.commands import ChooseCustomer, GiveDiscount, Pay, ReturnArticle, Scan, Training, VoidLine
from app.till.views import DiscountView, LineView, PaymentView, SaleView
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import walk

COLA = "0500"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.article(ArticleSet("9001", "Pfand 0,25", 25, "EUR", "1"))
    made.article(ArticleSet(COLA, "Cola 0,5 l", 199, "EUR", "1", container_deposit="9001"))
    yield made
    made.close()


@pytest.fixture
def app(shop: Shop) -> TillApp:
    text.use("en")
    return TillApp(services(shop))


CASES = sorted(each for name, each in vars(business_case).items() if name.isupper() and isinstance(each, str))
AMOUNTS = st.integers(-1_000_000, 1_000_000)
DISCOUNTS = st.lists(st.builds(DiscountView, st.just("3 for 2"), st.integers(1, 99_999), st.just("promotion")))
LINES = st.builds(
    LineView,
    line=st.integers(1, 200),
    name=st.text(max_size=80),
    quantity_milli=st.integers(-99_000, 99_000),
    unit=st.just("Stk"),
    unit_price_minor=AMOUNTS,
    gross_minor=AMOUNTS,
    vat_rate_bp=st.just(1900),
    business_case=st.sampled_from(CASES),
    discounts=DISCOUNTS.map(tuple),
    reference=st.sampled_from(["", "3-000017"]),
    list_price_minor=st.sampled_from([0, 499]),
)


def view_of(lines: tuple[LineView, ...], payments: tuple[PaymentView, ...] = ()) -> SaleView:
    total, paid = sum(line.gross_minor for line in lines), sum(payment.amount_minor for payment in payments)
    return SaleView("a", "EUR", lines, payments, total, paid, total - paid, "3-000124")


@given(st.lists(LINES, max_size=8).map(tuple))
def test_the_sums_that_are_shown_add_up_to_the_total(lines: tuple[LineView, ...]) -> None:
    text.use("en")
    shown = [row.total for row in present.Rows().of(view_of(lines)) if row.total]
    assert all(right(total, 9) != "#########" for total in shown)
    assert sum(round(float(total) * 100) for total in shown) == sum(line.gross_minor for line in lines)


def test_a_line_is_written_again_in_another_language() -> None:
    rows, line = present.Rows(), LineView(1, "Leash", 1000, "Stk", 9_999, 9_999, 1900)
    text.use("de")
    assert rows.of(view_of((line,)))[0].total == "99,99"
    text.use("en")
    assert rows.of(view_of((line,)))[0].total == "99.99"


@given(st.lists(st.integers(1, 99_999), min_size=1, max_size=40))
def test_the_payments_that_are_shown_add_up_to_what_is_paid(amounts: list[int]) -> None:
    text.use("en")
    payments = tuple(PaymentView(number, "cash", amount) for number, amount in enumerate(amounts, 2))
    line = LineView(1, "Leash", 1000, "Stk", 9_999_999, 9_999_999, 1900)
    figures = present.figures(view_of((line,), payments))
    shown = [figure for figure in figures if figure.label == "Cash" or "earlier" in figure.label]
    assert sum(round(float(figure.value) * 100) for figure in shown) == sum(amounts)


async def test_discounts_deposits_and_price_changes_stand_below_their_lines(shop: Shop, app: TillApp) -> None:
    promotion = {"promotion_id": "p", "name": "3 für 2", "rule": "n_for_m", "n": 3, "m": 2, "articles": ["17"]}
    shop.till.engine.say([ReferenceSet("promotion", "p", promotion)])
    async with walk(app) as till:
        await till.press(f"3*{PEN}\r{COLA}\r399<f4>{BIRD_SEED}\r")
        await shop.run(GiveDiscount(percent="10", line="2"))
        await till.press("1*17\r")
        rows = [line[:61].rstrip() for line in till.lines[2:14] if line[:61].strip()]
    assert any("3 für 2" in row and row.endswith("-0.67") for row in rows)
    assert any("Rabatt 10 %" in row and row.endswith("-0.20") for row in rows)
    assert any("Pfand 0,25" in row and row.endswith("0.25") for row in rows)
    assert any("instead of 4.99" in row for row in rows)
    assert [row for row in rows if row.startswith(">")] == [row for row in rows if "Kugelschreiber" in row][-1:]


async def test_voiding_and_repeating_mean_the_article_and_not_its_deposit(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r{COLA}\r2*\r")
        assert shop.commands[-1] == Scan(COLA, quantity="2")
        await till.press("-")
        assert "Line 4 is voided" in till.lines[-3]
        assert [line.name for line in shop.session.view().lines] == ["Kugelschreiber blau", "Cola 0,5 l", "Pfand 0,25"]
    assert shop.commands[-1] == VoidLine("4")


async def test_goods_that_come_back_are_given_back_for_in_words(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await shop.run(ReturnArticle(BIRD_SEED))
        till.app._sale.sale()
        await till.press("+")
        assert "-4.99" in till.text
        assert any("GIVE BACK" in line and "4.99" in line for line in till.lines)
        await till.press("\r")
        assert "given back 4.99" in till.lines[-3]
        assert "GIVEN BACK" in till.text
    assert shop.receipts[-1].total_minor == -499


async def test_goods_that_came_back_are_not_sold_by_repeating(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await shop.run(ReturnArticle(BIRD_SEED))
        await till.press("2*\r")
        assert "no article to repeat" in till.lines[-3]


async def test_the_customer_is_shown_and_a_tip_has_the_shops_word(shop: Shop, app: TillApp) -> None:
    shop.till.engine.say([CustomerSet("1000123")])
    async with walk(app) as till:
        await shop.run(ChooseCustomer("1000123"))
        await till.press(f"{BIRD_SEED}\r")
        await shop.run(Pay(amount="2.00", tip="1.00"))
        till.app._sale.sale()
        await till.press("+")
        assert any("Customer" in line and "1000123" in line for line in till.lines)
        assert any("Trinkgeld" in line and "1.00" in line for line in till.lines)
        assert any("DUE" in line and "3.99" in line for line in till.lines)


async def test_training_is_said_in_a_line_of_its_own_as_long_as_it_lasts(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        assert "TRAINING" not in till.text
        await shop.run(Training(on=True))
        await till.press(f"{BIRD_SEED}\r")
        assert "TRAINING: nothing counts" in till.lines[1]
        assert "4.99" in till.text
        await till.press("+\r")
        assert "TRAINING: nothing counts" in till.lines[1]
        await shop.run(Training(on=False))
        await till.press(f"{BIRD_SEED}\r")
        assert "TRAINING" not in till.text


async def test_a_coupon_and_where_it_is_eaten_are_shown(shop: Shop, app: TillApp) -> None:
    campaign = {"campaign_id": "herbst", "name": "Herbst", "code": "HERBST", "gives": "percent", "percent_bp": 1000}
    shop.till.engine.say([ReferenceSet("campaign", "herbst", campaign)])
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r/21\rHERBST/20\r")
        assert "Coupon HERBST is taken" in till.lines[-3]
        assert any("Herbst" in line and "-0.50" in line for line in till.lines)
        assert any(line[61:].split()[1:] == ["Coupons", "1"] for line in till.lines)
        assert any(line[61:].split()[1:] == ["Eat", "in"] for line in till.lines)
