"""A receipt for a customer who wants no paper: the code on the whole screen, read by a decoder that is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from app import text
from app.domain import receipt_seal
from app.screens.tasks.digital import Code, halves, modules_for
from app.screens.till.app import TillApp
from app.till.ports import JournalRefused
from receipts import ShopHead, qr, wording
from receipts.digital import digital
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import Walk, walk

HEAD = ShopHead(("Zoohandlung Bärenstark GmbH", "Königsallee 12"))
SIGNATURE, SEAL = bytes(range(64)), bytes(range(200))


class Engine:
    """Says and seals the shop's receipts as the engine does, but for the key."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.texts: list[str] = []
        self.refuses = ""

    async def __call__(self, receipt_no: str, modules: int) -> Mapping[str, Any]:
        receipt = next((each for each in self._shop.receipts if each.receipt_no == receipt_no), None)
        if receipt is None or self.refuses:
            raise JournalRefused(self.refuses or "unknown_document")
        line = receipt_seal.seal_line(SIGNATURE if modules < 61 else SEAL)

        def fits(text: str) -> bool:
            return qr.side_of(f"{text}\n", len(line)) <= modules

        text = digital(receipt, HEAD, wording("de"), UTC, fits)
        self.texts.append(f"{text}\n{line}")
        return {"text": self.texts[-1], "seal": line}


def scanned(walking: Walk) -> list[str]:
    """What a camera sees of the screen: every half of a character is as high as it is wide."""
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: QR codes cannot be read back")
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no picture to read from")
    strips = walking.app.screen._compositor.render_strips()
    seen = image.new("L", (walking.app.size.width, 2 * len(strips)), 0)
    for y, strip in enumerate(strips):
        x = 0
        for segment in strip:
            style = segment.style
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            ink, ground = (sum(each.get_truecolor()) // 3 for each in (style.color, style.bgcolor))
            for character in segment.text:
                seen.putpixel((x, 2 * y), ink if character in "▀█" else ground)
                seen.putpixel((x, 2 * y + 1), ink if character in "▄█" else ground)
                x += 1
    return [found.text for found in zxingcpp.read_barcodes(seen.resize((seen.width * 6, seen.height * 6), 0))]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_last_receipt_is_read_from_the_screen(shop: Shop, size: tuple[int, int]) -> None:
    engine = Engine(shop)
    async with walk(TillApp(replace(services(shop), digital_receipt=engine)), size) as walking:
        await walking.press(f"{BIRD_SEED}\r+\r/43\r")
        assert scanned(walking) == engine.texts
        assert "3-000123" in engine.texts[0]
        assert "3-000123" in walking.text, "what it is stands beside it"
        await walking.press("\r")
        assert not scanned(walking)
        await walking.press(f"{BIRD_SEED}\r")
        assert len(shop.session.view().lines) == 1, "and the till sells on"


async def test_nothing_but_the_code_is_on_a_small_screen_and_esc_closes_it(shop: Shop) -> None:
    async with walk(TillApp(replace(services(shop), digital_receipt=Engine(shop)))) as walking:
        await walking.press(f"{BIRD_SEED}\r+\r/43\r")
        assert "█" in walking.lines[0] + walking.lines[1]
        assert "█" in walking.lines[22]
        await walking.press("12\x1b\x1b")
        assert "█" not in walking.text
        await walking.press("/61\r")
        assert "F1" in walking.lines[23], "the next task has its keys again"


async def test_another_receipt_is_asked_for_and_an_unknown_one_refused(shop: Shop) -> None:
    engine = Engine(shop)
    async with walk(TillApp(replace(services(shop), digital_receipt=engine))) as walking:
        await walking.press("/43\r")
        assert not engine.texts
        await walking.press("3-000999\r")
        assert "█" not in walking.text
        engine.refuses = "screen_too_small"
        await walking.press("\r")
        assert "80x24" in walking.text


async def test_a_till_that_signs_nothing_says_so(shop: Shop) -> None:
    async with walk(TillApp(services(shop))) as walking:
        await walking.press(f"{BIRD_SEED}\r+\r/43\r")
        assert "█" not in walking.text


@pytest.mark.parametrize("rows", range(1, 60))
def test_a_code_fits_its_rows_or_is_not_shown(rows: int) -> None:
    modules = modules_for(200, rows)
    for version in range(1, 26):
        side = 17 + 4 * version
        block = halves(((True,) * side,) * side, rows)
        assert len(block) <= rows
        if side <= modules:
            assert sum(line.count("▀") + line.count("▄") + 2 * line.count("█") for line in block) == side * side
            assert all(len(line) == side + 2 * qr.QUIET for line in block)


def test_a_window_that_became_too_small_says_so() -> None:
    text.use("en")
    code = Code("1-000001", qr.matrix_of("SUMME 5,00\n", "0" * 110))
    assert "▀" not in "".join(text for line in code.lines(80, 12) for text, _ in line)
    assert "too small" in "".join(text for line in code.lines(80, 12) for text, _ in line)
    assert "█" in "".join(text for line in code.lines(80, 24) for text, _ in line)
