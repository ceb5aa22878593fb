"""Another price and discounts with their reason at the keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app import text
from app.screens.functions import Mode
from app.screens.till.app import TillApp
from app.till.commands import ChangePrice, GiveDiscount
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop, services
from tests.app.screens.walking import Walk, walk


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[Walk]:
    text.use("en")
    async with walk(TillApp(services(shop))) as walking:
        await walking.press(f"{LEASH}\r{BIRD_SEED}\r2*{PEN}\r")
        yield walking


async def test_a_lines_price_is_changed_with_the_reason(shop: Shop, till: Walk) -> None:
    await till.press("<f4>")
    assert "Hundeleine" in till.text
    await till.press("1\r1999\r\r\rKratzer\r")
    assert shop.commands[-1] == ChangePrice("1", "19.99", "Kratzer")
    assert "total 26.76" in till.lines[0]
    assert any("Hundeleine" in line and "19.99" in line for line in till.lines)


async def test_an_amount_comes_off_a_line_and_off_the_whole_receipt_and_back(shop: Shop, till: Walk) -> None:
    await till.press("2/24\r\r\r100\rMHD morgen\r")
    assert shop.commands[-1] == GiveDiscount(None, "1.00", "2", "MHD morgen")
    assert till.app.router.mode is Mode.SALE
    await till.press("/24\r<f8>\r500\rStammkunde\r")
    assert shop.commands[-1] == GiveDiscount(None, "5.00", None, "Stammkunde")
    assert shop.session.view().total_minor == 2999 + 399 + 178 - 500
    await till.press("<f8>0\r<f8>")
    assert shop.session.view().total_minor == 2999 + 399 + 178
    await till.press("2\r\r0\r<f8>")
    assert shop.session.view().total_minor == 2999 + 499 + 178


async def test_what_is_too_much_or_no_line_is_said(shop: Shop, till: Walk) -> None:
    await till.press("9/24\r")
    assert "9 is no line number" in till.lines[-3]
    await till.press(f"/24\r2\r{BIRD_SEED}\r")
    assert "Nothing is sold here" in till.lines[-3]
    await till.press("\r\r600\r\r")
    assert isinstance(shop.commands[-1], GiveDiscount)
    assert shop.session.view().total_minor == 2999 + 499 + 178
    await till.press("2\r\r5\r1\r\r")
    assert shop.commands[-1] == GiveDiscount("5", "0.01", "2", "")
    assert shop.session.view().total_minor == 2999 + 499 + 178
