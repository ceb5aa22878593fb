"""Keys that a till's own file binds otherwise: in force, in footer and help; and every key named in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import text
from app.config import load
from app.screens.functions import ANSWERS, REGISTRY, Mode
from app.screens.keys import Keymap, written_keys
from app.screens.till.app import TillApp
from app.screens.till.help import help_text
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import walk

FILE = """[keys]
cash = ["f11", "="]
return = []
search = ["ctrl+f"]
"""


async def test_a_key_bound_otherwise_in_the_tills_file_works_and_footer_and_help_show_it(
    shop: Shop, tmp_path: Path
) -> None:
    text.use("en")
    (tmp_path / "till.toml").write_text(FILE, "utf-8")
    keys: dict[str, object] = dict(load(tmp_path / "till.toml").keys)
    async with walk(TillApp(services(shop, keys=keys)), (120, 40)) as till:
        assert "11CASH" in till.lines[-1]
        assert "Ctrl+FSearch" in till.lines[-1]
        assert "8CASH" not in till.lines[-1]
        await till.press("<f1>")
        shown = [line.split() for line in till.lines]
        assert any(words[:3] == ["F11", "=", "/08"] for words in shown)
        assert any(words[:2] == ["Ctrl+F", "/02"] for words in shown)
        assert any(words[:1] == ["/11"] for words in shown), "it has no key any more, and its number still"
        await till.press(f"\x1b{BIRD_SEED}\r<f8>")
        assert till.app.router.mode == Mode.SALE, "F8 is nobody's any more"
        await till.press("<f11>")
        assert str(till.app.router.mode) == Mode.TENDER
        await till.press("=")
        assert shop.receipts[-1].total_minor == 499
        await till.press("<ctrl+f>")
        assert "Articles" in till.lines[0]
        await till.press("\x1b/11\r")
        assert "Return with receipt" in till.lines[0]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_function_has_a_key_or_a_number_a_label_that_fits_and_a_help_in_every_language(language: str) -> None:
    text.use(language)
    keymap = Keymap()
    for row in REGISTRY:
        label, said = text.gettext(row.label), text.gettext(row.help)
        assert 0 < len(label) <= 8, label
        assert said.strip(), row.function
        assert written_keys(keymap.row(row.function)).strip(), row.function
        assert row.modes, row.function
    for mode in Mode:
        assert mode not in ANSWERS or text.gettext(ANSWERS[mode])


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_help_names_every_function_with_all_its_keys(language: str) -> None:
    text.use(language)
    keymap = Keymap({"cash": ["f11"], "return": []})
    shown = " ".join(help_text(keymap, 200).split())
    for row in REGISTRY:
        if not row.function.startswith("action_"):
            assert " ".join(text.gettext(row.help).split()) in shown, row.function
            assert written_keys(keymap.row(row.function)) in shown, row.function
