"""F10: every function that works now, found by a word or its number, and called as by its key."""

from __future__ import annotations

import pytest

from app.screens.functions import REGISTRY, Function, Mode
from app.screens.tasks.more import GROUPS
from app.screens.till.app import TillApp
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import walk

pytestmark = pytest.mark.usefixtures("english")


def test_every_function_with_a_number_has_its_place_in_the_list() -> None:
    listed = [function for functions in GROUPS.values() for function in functions]
    assert len(listed) == len(set(listed))
    numbered = {row.function for row in REGISTRY if row.number is not None and not row.function.startswith("action_")}
    assert numbered - set(listed) == {Function.MORE}


async def test_more_finds_a_function_by_word_or_number_and_calls_it_with_what_was_typed(shop: Shop) -> None:
    async with walk(TillApp(services(shop))) as walking:
        await walking.press(f"{BIRD_SEED}\r5<f10>whole rec")
        assert "off the whole receipt" in walking.text
        await walking.press("\r")
        assert shop.session.view().total_minor == 474, "5 % of 4.99"
        await walking.press("<f10>13\r")
        assert (walking.app.router.mode, walking.app.router.asked) == (Mode.CONFIRM, Function.VOID_SALE)
        await walking.press("\r<f10>/38\r")
        assert "Customers" in walking.lines[0]
        await walking.press(f"\x1b{PEN}\r<f10><f8>")
        assert walking.app.router.mode is Mode.TENDER, "a function key means the same in the list"


async def test_more_lists_what_works_in_the_payment_only(shop: Shop) -> None:
    async with walk(TillApp(services(shop))) as walking:
        await walking.press("<f10>x report")
        assert "X report" in walking.text
        await walking.press(f"\x1b\x1b{BIRD_SEED}\r+<f10><f9>x report")
        assert "No function is called so." in walking.text
        await walking.press(f"\x1b{PEN}\r")
        assert "Nothing is found" in walking.text, "a scan is refused aloud"
        assert len(shop.session.view().lines) == 1
