"""Colours and language change while the till is open, and nothing is said by colour alone."""

from __future__ import annotations

import dataclasses

import pytest

from app import text
from app.config import ConfigError
from app.screens.functions import Mode
from app.screens.theme import LOOKS, theme_for
from app.screens.till.app import TillApp
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import walk


async def test_german_and_english_switch_in_the_middle_of_a_sale(shop: Shop) -> None:
    kept: list[tuple[str, str]] = []
    app = TillApp(dataclasses.replace(services(shop), keep_setting=lambda key, value: kept.append((key, value))))
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r")
        german = till.text
        assert "Kasse 3" in german
        assert "SUMME" in german
        await till.press("/63\r2\r")
        assert text.language() == "en"
        english = till.text
        for word in ("Till 3", "TOTAL", "Article", "4.99", "Search"):
            assert word in english
        assert not any(word in english for word in ("SUMME", "Kasse", "Hilfe"))
        await till.press("/63\r1\r/19\r")
        assert till.text.count("SUMME") == german.count("SUMME")
        assert kept == [("language", "en"), ("language", "de")]


async def test_colours_change_and_a_setting_that_cannot_be_kept_is_told(shop: Shop) -> None:
    def full(_key: str, _value: str) -> None:
        raise ConfigError

    app = TillApp(dataclasses.replace(services(shop), keep_setting=full))
    async with walk(app) as till:
        dark = app.theme
        await till.press("/64\r2\r")
        assert app.theme != dark
        assert "till.toml" in till.text
        assert app.router.mode is Mode.SALE


async def test_a_refusal_and_the_line_touched_last_are_told_by_signs_too(shop: Shop) -> None:
    async with walk(TillApp(services(shop))) as till:
        await till.press(f"{BIRD_SEED}\r{BIRD_SEED}\r")
        assert till.lines[-3].startswith(" ")
        assert [line[0] for line in till.lines if "Vogelfutter" in line][:2] == [" ", ">"]
        await till.press("99999\r")
        assert till.lines[-3].startswith("!")


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_gives_each_role_a_colour_on_every_terminal(look: str) -> None:
    full, vt = LOOKS[look]
    assert set(full) == set(vt) == set(LOOKS["dark"][0])
    assert all(colour.startswith("ansi_") for colour in vt.values())
    assert theme_for(look, "linux", "").ansi
    assert not theme_for(look, "xterm-256color", "").ansi


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


PAIRS = [
    ("till-text", "till-ground"), ("till-bar-text", "till-bar"), ("till-bar-text", "till-online"),
    ("till-bar-text", "till-offline"), ("till-text", "till-marked"), ("till-error-text", "till-error"),
    ("till-key-text", "till-key"), ("till-heading", "till-ground"), ("till-due", "till-ground"),
    ("till-good", "till-ground"), ("till-prompt", "till-ground"), ("till-paper-text", "till-paper"),
]  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_text_stands_out_from_its_ground(look: str) -> None:
    """WCAG 2.2: 4.5 to 1 for text, 7 to 1 for enhanced contrast."""
    colours, _ = LOOKS[look]
    for front, back in PAIRS:
        light, dark = sorted((_luminance(colours[front]), _luminance(colours[back])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= (7.0 if look == "contrast" else 4.5), (front, back)
