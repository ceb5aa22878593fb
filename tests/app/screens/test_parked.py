"""Parked receipts at the keyboard: with a name, some lines of a sale, and F5 when nothing is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app import text
from app.screens.functions import Mode
from app.screens.till.app import TillApp
from app.till.commands import Park, Resume, Scan, Split
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop, services
from tests.app.screens.walking import Walk, walk


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Walk]:
    text.use("en")
    shop = Shop(tmp_path)
    app = TillApp(services(shop))
    app.shop = shop  # type: ignore[attr-defined]
    async with walk(app) as walking:
        yield walking
    shop.close()


def shop_of(till: Walk) -> Shop:
    shop = till.app.shop  # type: ignore[attr-defined]
    assert isinstance(shop, Shop)
    return shop


async def test_a_name_before_the_key_parks_under_it_and_the_list_shows_it(till: Walk) -> None:
    await till.press(f"{PEN}\rTisch 5<f5><f5>")
    assert shop_of(till).commands[-1] == Park("Tisch 5")
    assert any("P3-000001" in line and "Tisch 5" in line and "0.89" in line for line in till.lines)
    await till.press("1\r")
    assert shop_of(till).commands[-1] == Resume("P3-000001")
    assert till.app.router.mode is Mode.SALE


async def test_what_is_scanned_while_the_list_is_fetched_is_refused_and_nothing_is_lost(till: Walk) -> None:
    await till.press(f"{PEN}\r<f5><f5>{BIRD_SEED}\r\x1b{BIRD_SEED}\r")
    assert [command for command in shop_of(till).commands if isinstance(command, Scan)] == [Scan(PEN), Scan(BIRD_SEED)]
    assert BIRD_SEED in till.app._sale.message_line.text


async def test_the_slip_is_scanned_into_the_list(till: Walk) -> None:
    await till.press(f"{PEN}\r<f5>{BIRD_SEED}\r<f5><f5>P3-000002\r")
    assert shop_of(till).commands[-1] == Resume("P3-000002")
    assert shop_of(till).session.view().total_minor == 499
    await till.press("/30\rP9-000009\r")
    assert "P9-000009" in till.lines[-3]
    assert till.app.router.mode is Mode.TASK


async def test_some_lines_are_parked_and_the_rest_stays_open(till: Walk) -> None:
    shop = shop_of(till)
    await till.press(f"{PEN}\r{BIRD_SEED}\r{LEASH}\r/29\r")
    assert "Hundeleine" in till.text
    await till.press("1,9\r\r")
    assert shop.commands[-1] == Split("1,9", "")
    assert "no line 9" in till.lines[-3]
    await till.press("/29\r1,3\rTisch 7\r")
    assert shop.commands[-1] == Split("1,3", "Tisch 7")
    assert [line.name for line in shop.session.view().lines] == ["Vogelfutter 1 kg"]
    await till.press("/30\r")
    assert "Tisch 7" in till.text
    await till.press("<f5>Meier\r")
    assert shop.commands[-1] == Park("Meier")
    assert not shop.session.view().lines


async def test_nothing_can_be_split_without_a_sale(till: Walk) -> None:
    await till.press("/29\r")
    assert "No sale is open" in till.lines[-3]
    assert till.app.router.mode is Mode.SALE


async def test_what_was_refused_before_does_not_mislead_in_what_is_begun_later(
    till: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1000.0
    monkeypatch.setattr("app.screens.keyed.time", SimpleNamespace(monotonic=lambda: now_s))
    await till.press("/24\r/30\r")
    assert "No sale is open" in till.text, "nobody has had the time to read it"
    now_s += 10
    await till.press("99\r")
    assert "99" in till.lines[-3]
    now_s += 10
    await till.press("\x1b")
    assert "99" not in till.lines[-3]
    await till.press("/24\r")
    assert "No sale is open" in till.text
    now_s += 10
    await till.press("/40\r")
    assert "No sale is open" not in till.text
    await till.press("2\rabc\r")
    assert "abc" in till.lines[-3]
    now_s += 10
    await till.press("1000\r")
    assert "abc" not in till.lines[-3], "it was refused in the field before"
