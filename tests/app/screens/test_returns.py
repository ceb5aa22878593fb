"""Goods come back with their receipt, or the receipt is voided, by the keyboard alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from textual import events

from app import text
from app.screens.functions import Mode
from app.screens.tasks.steps import Working
from app.screens.till.app import TillApp
from app.till.commands import Command, ReturnLine, VoidReceipt
from app.till.effects import UNASKED, Consent, Refuse, Reply
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import Walk, walk


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[Walk]:
    text.use("en")
    async with walk(TillApp(services(shop))) as walking:
        await walking.press(f"3*{PEN}\r{BIRD_SEED}\r+1000+")
        yield walking


async def test_part_of_the_last_receipt_comes_back_without_typing_its_number(shop: Shop, till: Walk) -> None:
    await till.press("<f11>")
    assert "3-000123" in till.lines[-2]
    await till.press("\r")
    assert "Receipt 3-000123" in till.lines[0]
    assert any("Kugelschreiber" in line and line.split()[-4:] == ["3", "0", "3", "2.67"] for line in till.lines)
    await till.press("1\r1\rdefekt\r")
    assert shop.commands[-1] == ReturnLine("3-000123", "1", "1", "defekt")
    assert "Kugelschreiber blau comes back: -0.89" in till.lines[-3]
    assert any("Kugelschreiber" in line and line.split()[-4:] == ["3", "1", "2", "2.67"] for line in till.lines)
    await till.press("1\r3\r\r")
    assert "Only 2 of Kugelschreiber blau can still come back" in till.lines[-3]
    await till.press("\x1b\x1b+")
    assert any("GIVE BACK" in line and "0.89" in line for line in till.lines)
    await till.press("\r")
    assert shop.receipts[-1].total_minor == -89


async def test_all_that_is_left_comes_back_at_once(shop: Shop, till: Walk) -> None:
    await till.press("/36\r3-000123\r1\r1\r\r<f8>Umtausch\r")
    assert [line.quantity_milli for line in shop.session.view().lines] == [-1000, -2000, -1000]
    assert shop.session.view().total_minor == -766
    await till.press("<f8>")
    assert "Nothing of this receipt is left" in till.lines[-3]


async def test_many_lines_come_back_with_a_bar_and_escape_stops_it(shop: Shop, till: Walk) -> None:
    begun, go_on, run = asyncio.Event(), asyncio.Event(), shop.run

    async def slowly(command: Command, consent: Consent = UNASKED) -> Reply | Refuse:
        if isinstance(command, ReturnLine) and command.line == "3":
            begun.set()
            await go_on.wait()
        return await run(command, consent)

    await till.press(f"{PEN}\r" * 12 + "+\r")
    shop.run = slowly  # type: ignore[method-assign]
    typing = asyncio.create_task(till.press("/36\r\r<f8>\r"))
    await begun.wait()
    while not isinstance(till.app.router.step, Working):
        await asyncio.sleep(0.01)
    till.app.post_message(events.Key("escape", "\x1b"))
    while isinstance(till.app.router.step, Working):
        await asyncio.sleep(0.01)
    go_on.set()
    await typing
    assert [line.reference for line in shop.session.view().lines] == ["3-000124"] * 3
    await till.press("<f8>\r")
    while len(shop.session.view().lines) < 12:
        await till.rest()
    assert shop.session.view().total_minor == -12 * 89


async def test_a_whole_receipt_is_voided_after_a_question(shop: Shop, till: Walk) -> None:
    await till.press("/36\r3-000123\r<f3>Kunde hat es sich anders überlegt\r")
    assert "Void 3-000123 of 7.66 EUR?" in till.lines[-2]
    assert "Cash 7.66" in till.text
    await till.press(f"{BIRD_SEED}\r")
    assert "Nothing is sold here" in till.lines[-3], "a scan is no yes"
    await till.press("\r")
    assert shop.commands[-1] == VoidReceipt("3-000123", "Kunde hat es sich anders überlegt")
    assert (shop.receipts[-1].receipt_type, shop.receipts[-1].total_minor) == ("void", -766)
    assert till.app.router.mode is Mode.SALE
    await till.press("/36\r3-000123\r")
    assert "VOIDED" in till.lines[0]
    await till.press("<f3>noch einmal\r\r")
    assert "has been voided" in till.lines[-3]


async def test_no_receipt_is_voided_while_a_sale_is_open_nor_without_a_yes(shop: Shop, till: Walk) -> None:
    await till.press("/36\r3-000123\r<f3>Grund\r\x1b\x1b")
    assert shop.receipts[-1].receipt_no == "3-000123"
    await till.press(f"\x1b{PEN}\r/36\r3-000123\r<f3>Grund\r\r")
    assert isinstance(shop.commands[-1], VoidReceipt)
    assert shop.session.view().total_minor == 89
    assert "sale" in till.lines[-3]


async def test_an_unknown_number_is_said_and_another_one_asked_for(shop: Shop, till: Walk) -> None:
    await till.press("/36\r9-999999\r")
    assert "9-999999" in till.lines[-3]
    assert "Receipt" in till.lines[-2]
    await till.press("3-000123\r")
    assert "Kugelschreiber" in till.text
