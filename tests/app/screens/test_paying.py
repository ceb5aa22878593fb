"""Payment at the keyboard: likely amounts, several tenders, foreign cash, tips, references."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text
from app.facts.master import ReferenceSet
from app.screens import amounts
from app.screens.functions import Mode
from app.screens.till.app import TillApp
from app.till.commands import Pay, Redeem, UndoPayment
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop, services
from tests.app.screens.walking import Walk, walk


@pytest.fixture
def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    made = Shop(tmp_path)
    rate = {"currency": "CHF", "valid_from": "2026-11-01", "rate": "1.0432"}
    made.till.engine.say([ReferenceSet("exchange_rate", "CHF/2026-11-01", rate)])
    yield made
    made.close()


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[Walk]:
    text.use("en")
    async with walk(TillApp(services(shop))) as walking:
        yield walking


def column(till: Walk) -> list[list[str]]:
    """What stands at the right, word by word."""
    return [words for line in till.lines[1:-3] if (words := line[62:].split())]


@given(st.integers(-10_000, 1_000_000))
def test_the_amounts_offered_are_more_than_is_due_and_no_two_are_the_same(due: int) -> None:
    offered = amounts.quick_amounts(due, "EUR")
    assert list(offered) == sorted(set(offered))
    assert all(amount > due and amount % 500 == 0 for amount in offered)
    assert bool(offered) == (due > 0)


async def test_likely_amounts_are_shown_with_their_keys_and_taken(shop: Shop, till: Walk) -> None:
    await till.press(f"2*{BIRD_SEED}\r")
    assert ["+", "exact"] not in column(till)
    await till.press("+")
    assert column(till)[-5:] == [["+", "exact"], ["*", "10.00"], ["**", "20.00"], ["***", "50.00"], ["****", "100.00"]]
    await till.press("*****\r")
    assert "*****: there are not so many" in till.lines[-3]
    await till.press("**\r")
    assert shop.commands[-1] == Pay(amount="20.00")
    assert shop.receipts[-1].change_minor == 1002
    assert ["+", "exact"] not in column(till)
    await till.press(f"{PEN}\r+*\r{PEN}\r+*+{LEASH}\r")
    assert [receipt.change_minor for receipt in shop.receipts] == [1002, 411, 411]
    assert shop.session.view().total_minor == 2999


async def test_an_amount_offered_is_not_taken_after_a_scan_that_was_refused(shop: Shop, till: Walk) -> None:
    await till.press(f"{PEN}\r+")
    await till.press("\x1b4006381333930\r+*\r")
    assert shop.receipts == []


async def test_foreign_cash_shows_rate_worth_and_change_before_it_is_taken(shop: Shop, till: Walk) -> None:
    await till.press(f"{LEASH}\r+<f10>")
    assert any("Swiss francs" in line and "1 CHF = 1.0432 EUR" in line for line in till.lines)
    assert any("US dollars" in line and "no rate today" in line for line in till.lines)
    number = next(line for line in till.lines if "Swiss francs" in line).split()[0].strip(">")
    await till.press(f"{number}\r")
    assert "Due: 29.99 EUR, that is 28.75 CHF" in till.text
    await till.press("5000\r")
    assert "50.00 CHF = 52.16 EUR" in till.text
    assert "Change: 22.17 EUR" in till.text
    await till.press(f"{BIRD_SEED}\r")
    assert "Nothing is sold here" in till.lines[-3]
    await till.press("\r")
    assert shop.commands[-1] == Pay("chf", "50.00")
    assert shop.receipts[-1].change_minor == 2217
    assert till.app.router.mode is Mode.SALE


async def test_foreign_cash_may_be_part_of_it_and_none_is_taken_without_a_rate(shop: Shop, till: Walk) -> None:
    await till.press(f"{LEASH}\r+<f10>8\r")
    assert "no exchange rate for USD" in till.lines[-3]
    await till.press("7\r1000\r")
    assert "10.00 CHF = 10.43 EUR" in till.text
    assert "Still due: 19.56 EUR" in till.text
    await till.press("\x1b7\r10000000\r")
    assert "10000000 is no amount" in till.lines[-3]
    await till.press("\r\r")
    assert shop.commands[-1] == Pay("chf", "28.75")
    assert shop.receipts[-1].change_minor == 0


async def test_several_tenders_say_what_is_left_and_are_taken_back(shop: Shop, till: Walk) -> None:
    await till.press(f"{LEASH}\r+1000/37\r")
    number = next(line for line in till.lines if "Cheque" in line).split()[0]
    await till.press(f"{number}\r\r\r\r")
    assert "Reference is needed" in till.lines[-3]
    await till.press("0815\r")
    assert shop.commands[-1] == Pay("cheque", "10.00", None, None, "0815")
    assert "Still due: 19.99 EUR" in till.lines[0]
    assert "Cheque 10.00" in till.lines[0]
    await till.press("<f3>")
    assert shop.commands[-1] == UndoPayment()
    assert "29.99 EUR" in till.lines[0]
    await till.press("2\r3500\r501\r")
    assert shop.commands[-1] == Pay("card", "35.00", None, "5.01")
    assert shop.receipts[-1].total_minor == 3500
    assert till.app.router.mode is Mode.SALE


async def test_leaving_the_list_after_a_payment_leads_to_payment(shop: Shop, till: Walk) -> None:
    await till.press(f"{LEASH}\r/37\r1\r1000\r\r\x1b")
    assert till.app.router.mode is Mode.TENDER
    assert ["DUE", "19.99"] in column(till)
    await till.press("+")
    assert [row.amount_minor for row in shop.receipts[-1].tenders] == [1000, 1999]


async def test_a_voucher_pays_by_its_code_and_money_goes_back_the_ways_it_may(shop: Shop, till: Walk) -> None:
    await till.press("1000<f6>+\r")
    (code,) = shop.vouchers
    await till.press(f"{BIRD_SEED}\r+<f10>")
    number = next(line for line in till.lines if "by its code" in line).split()[0]
    await till.press(f"{number}\r{code}\r100\r")
    assert shop.commands[-1] == Redeem(code, "1.00")
    assert "Still due: 3.99" in till.lines[0]
    await till.press("\x1b+")
    await till.press(f"{BIRD_SEED}<f11>+<f10>")
    assert "To give back: 4.99" in till.lines[0]
    assert "Cheque" not in till.text
    await till.press("1\r<f8>")
    assert shop.receipts[-1].total_minor == -499


async def test_without_a_sale_there_is_nothing_to_pay(till: Walk) -> None:
    await till.press("/37\r")
    assert "No sale is open" in till.lines[-3]
