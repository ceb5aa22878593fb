"""Weighing at the keyboard: what is shown, what Esc gives up, tare by number and by list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app import text
from app.screens.functions import Mode
from app.screens.intents import GiveUpWeighing
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.till.app import TillApp
from app.till.commands import SetReference, SetTare
from app.till.ports import WEIGHING, Weight
from tests.app.screens.standin import PEN, Shop, services
from tests.app.screens.test_coverage import key_of
from tests.app.screens.walking import Walk, walk

LOOSE = "4711"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    text.use("en")
    shop = Shop(tmp_path, weighs=True)
    yield shop
    shop.close()


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[Walk]:
    async with walk(TillApp(services(shop))) as walking:
        yield walking


async def test_what_lies_on_the_scale_is_rung_and_a_typed_weight_is_marked(shop: Shop, till: Walk) -> None:
    shop.till.engine.weights = [Weight(488)]
    await till.press(f"{LOOSE}\r")
    assert "OK 4711 Sittichmischung lose 0.488 kg" in till.text
    assert "weight typed by hand" not in till.text
    await till.press(f"0.5*{LOOSE}\r")
    assert "weight typed by hand" in till.text
    assert shop.till.engine.weighed == [(790, 0)]


async def test_a_reason_why_there_is_no_weight_is_told_and_no_line_is_there(shop: Shop, till: Walk) -> None:
    await till.press(f"{PEN}\r")
    shop.till.engine.weights = [Weight(reason="overload")]
    await till.press(f"{LOOSE}\r")
    assert "Sittichmischung lose is too heavy for the scale." in till.text
    assert len(shop.session.view().lines) == 1


async def test_a_weighing_that_takes_a_while_is_seen_and_can_be_given_up(shop: Shop, till: Walk) -> None:
    given_up = asyncio.Event()

    async def waiting(_price: int, _tare: int) -> Weight:
        for listener in shop.changed:
            listener(WEIGHING)
        await given_up.wait()
        return Weight(reason="cancelled")

    async def cancelled() -> None:
        given_up.set()

    shop.till.engine.weigh, shop.till.engine.cancel_weighing = waiting, cancelled  # type: ignore[method-assign]
    typing = asyncio.create_task(till.press(f"{LOOSE}\r"))
    async with asyncio.timeout(60):
        while "On the scale, please" not in till.text:
            await asyncio.sleep(0.02)
    till.app.post_message(key_of("escape"))
    await typing
    assert "The weighing was given up; nothing was sold." in till.text
    assert shop.session.view().lines == ()
    assert till.app.router.mode is Mode.SALE


async def test_tare_is_set_by_grams_by_its_class_and_by_scanning_the_packing(shop: Shop, till: Walk) -> None:
    for value in ({"name": "Becher", "grams": 12, "barcode": "BECHER"}, {"name": "Korb", "grams": 250}):
        await shop.till.runner.run(SetReference("tare_class", value))
    await till.press("120/25\r")
    assert "Tare of the next weighing: 120 g" in till.text
    assert any("Tare" in line and "120 g" in line for line in till.lines)
    await till.press("/25\r2\r")
    assert shop.commands[-1] == SetTare(name="Korb")
    await till.press("BECHER\r")
    shop.till.engine.weights = [Weight(488, 12)]
    await till.press(f"{LOOSE}\r")
    below = [line[:40].strip() for line in till.lines[3:5]]
    assert below == ["gross 500 g, tare 12 g", "Becher"]
    assert "1 pcs" in till.text, "a weighing is one piece"
    await till.press("120/25\r/25\r<f3>")
    assert "No tare is set." in till.text
    await till.press("12345/25\r")
    assert "12345 is no tare: 0 to 9999 whole grams." in till.text


def test_escape_gives_up_a_weighing_only_when_nothing_is_typed() -> None:
    router = Router(Keymap({}))
    assert router.feed("escape", None) == []
    router.weighing = True
    assert router.feed("1", "1") == []
    assert router.feed("escape", None) == []
    assert router.feed("escape", None) == [GiveUpWeighing()]
