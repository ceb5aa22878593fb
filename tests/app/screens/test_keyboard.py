"""The keyboard test: every key arrives as it is and does nothing else, until Esc comes twice."""

from __future__ import annotations

from pathlib import Path

from rich.cells import cell_len

from app.screens.functions import REGISTRY, Mode
from app.screens.intents import Answered, StepChanged
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.tasks.keyboard import KEPT, KeyTest
from app.screens.till.app import TillApp
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.test_tasks import typed
from tests.app.screens.walking import walk


def test_no_key_of_the_registry_does_anything_but_show_itself() -> None:
    router, step = Router(Keymap()), KeyTest(Keymap())
    typed(router, "/30\r")
    router.present(step)
    for row in REGISTRY:
        for key in row.keys:
            if key != "escape":
                assert router.feed(key, key if len(key) == 1 else None) == [StepChanged()]
                assert key in painted(step).split()
    assert (router.mode, router.entry.text) == (Mode.TASK, "")


def painted(step: KeyTest) -> str:
    return "\n".join("".join(text for text, _style in line) for line in step.lines(80, 18))


def test_esc_twice_ends_it_and_what_was_typed_behind_is_for_the_sale() -> None:
    router, step = Router(Keymap()), KeyTest(Keymap())
    typed(router, "/30\r")
    router.present(step)
    assert router.feed("escape", "\x1b") == [StepChanged()]
    assert router.feed("f3", None) == [StepChanged()]
    assert router.feed("escape", "\x1b") == [StepChanged()]
    assert router.feed("escape", "\x1b") == [Answered(None)]
    assert typed(router, "12") == []
    router.end_task()
    assert router.entry.text == "12"


def test_it_remembers_no_more_than_it_shows_and_is_never_too_wide() -> None:
    step = KeyTest(Keymap({"lock": ["ctrl+underscore"]}))
    for key, character in (("ctrl+underscore", None), ("a\u0301" * 30, "\x00"), ("€", "€"), ("x", "漢")) * KEPT:
        step.key(key, character)
    assert len(step._rows) == KEPT
    for width, height in ((20, 1), (40, 3), (80, 18), (120, 36)):
        lines = step.lines(width, height)
        assert len(lines) <= height
        assert all(sum(cell_len(text) for text, _style in line) <= width for line in lines)


async def test_a_scan_is_shown_key_by_key_and_sells_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    try:
        async with walk(TillApp(services(shop))) as walking:
            await walking.press(f"/62\r{BIRD_SEED}\r<f8>")
            assert "f8" in walking.text
            assert "enter" in walking.text
            await walking.press(f"\x1b\x1b{BIRD_SEED}\r")
            assert len(shop.commands) == 1
    finally:
        shop.close()
