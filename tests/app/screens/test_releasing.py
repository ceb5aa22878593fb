"""Letting tills in at the screen: the numbers, the right to do it, and a code that a scanner reads off the screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from app import text
from app.screens.functions import Mode
from app.screens.tasks.releasing import half_blocks
from app.screens.till.app import TillApp
from app.till.ports import JournalRefused
from tests.app.screens.standin import Shop, services
from tests.app.screens.walking import walk

BOTH = ("\u2580\u2588", "\u2584\u2588")
"""Characters that are dark above, and below."""
CODE = "TM1AB-CDEFG-HJKMN-PQRST-VWXYZ-23456-789AB"


class Authority:
    """What it was asked for; ``fails`` refuses the next."""

    def __init__(self) -> None:
        self.released: list[tuple[Any, ...]] = []
        self.fails = False

    async def slots(self) -> list[dict[str, Any]]:
        if not self.released:
            return []
        nos, name, site, _paper = self.released[-1]
        return [self._slot(no, name, site) for no in nos]

    async def release(self, nos: Sequence[int], name: str, site: str, *, on_paper: bool) -> dict[str, Any]:
        if self.fails:
            self.fails = False
            raise JournalRefused("number_taken", "this number belongs to a till already")
        self.released.append((tuple(nos), name, site, on_paper))
        slots = [self._slot(no, name, site) for no in nos]
        return {"code": CODE, "slots": slots, "expires_at": slots[0]["expires_at"]}

    def _slot(self, no: int, name: str, site: str) -> dict[str, Any]:
        until = "2026-11-22T18:00:00.000Z"
        return {"no": no, "name": name.replace("{no}", str(no)), "site": site, "expires_at": until, "expired": False}


@pytest.fixture(autouse=True)
def _english() -> None:
    text.use("en")


async def test_several_tills_are_released_by_one_code_that_stands_on_the_screen(shop: Shop) -> None:
    authority = Authority()
    async with walk(TillApp(dataclasses.replace(services(shop), tills=authority))) as till:
        await till.press("/91\r")
        assert "No number is waiting" in till.text
        authority.fails = True
        await till.press("<f4>2-x\r")
        assert "2-x" in till.lines[-3]
        await till.press("2-4\r\rHall 7\r\r")
        assert "belongs to a till already" in till.lines[-3]
        await till.press("<f8>")
        assert authority.released == [((2, 3, 4), "Till {no}", "Hall 7", False)]
        assert "TM1AB-CDEFG-HJKMN" in till.text
        symbol = [line[-40:] for line in till.lines if any(mark in line for mark in "".join(BOTH))]
        assert read("\n".join(symbol)) == CODE.replace("-", "")
        await till.press("\r")
        assert "Till 3" in till.text
        await till.press("\x1b")
        assert till.app.router.mode is Mode.SALE


async def test_a_till_that_lets_nobody_in_says_so(shop: Shop) -> None:
    async with walk(TillApp(services(shop))) as till:
        await till.press("/91\r")
        assert till.app.router.mode is Mode.SALE
        assert till.lines[-3].startswith("!")


def test_every_length_of_code_is_read_back() -> None:
    for length in (35, 45):
        data = (CODE.replace("-", "") * 2)[:length]
        assert read("\n".join(half_blocks(data))) == data


def read(symbol: str) -> str:
    """What a scanner reads off these lines: two modules a character, dark where the character is."""
    lines = symbol.splitlines()
    width = max(map(len, lines))
    rows = [
        "".join("\0" if mark in upper else "\xff" for mark in line.ljust(width)) for line in lines for upper in BOTH
    ]
    image = Image.frombytes("L", (width, len(rows)), "".join(rows).encode("latin-1"))
    edged = Image.new("L", (width + 8, len(rows) + 8), 255)
    edged.paste(image, (4, 4))
    found = zxingcpp.read_barcodes(edged.resize((edged.width * 4, edged.height * 4), Image.Resampling.NEAREST))
    return found[0].text if found else ""
