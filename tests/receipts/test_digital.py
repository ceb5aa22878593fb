"""A receipt as a few signed lines: as much as fits, never less than what a receipt must say, read from a screen."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from segno import consts

from app.domain import receipt_seal
from app.facts.sales import ReceiptLine
from receipts import qr, wording
from receipts.digital import NoRoom, digital
from tests.golden.documents import DOCUMENTS, FULL
from tests.golden.test_paper import BERLIN_IN_WINTER, SHOP

SHORT, LONG = 110, 330
"""Letters of a seal: a signature; with who signed."""


def said(modules: int, letters: int, receipt: Any = FULL, language: str = "de") -> str:
    def fits(text: str) -> bool:
        return qr.side_of(f"{text}\n", letters) <= modules

    return digital(receipt, SHOP, wording(language), BERLIN_IN_WINTER, fits)


def test_with_room_enough_it_says_everything_that_was_sold() -> None:
    assert digital(FULL, SHOP, wording("de"), BERLIN_IN_WINTER, lambda _: True).splitlines() == [
        "Zoohandlung Bärenstark GmbH",
        "Königsallee 12",
        "40212 Düsseldorf",
        "USt-IdNr. DE123456789",
        "Beleg 1-000043 21.11.2026 10:32",
        "2 × Hundefutter Rind & Möhre 800 g 5,88 B",
        "1 × Leine 9,90 A",
        "1 × Wasser 0,5 l 1,00 A",
        "1 × Pfand 0,25 A",
        "-1 × Futterball -12,90 A",
        "1 × Anzahlung -5,00 B",
        "1 × Gutschein 25,00 C",
        "1 × Gutschein Kaffee 2,50 A",
        "Trinkgeld 2,00 C",
        "Rundung 0,02 C",
        "SUMME 28,65 EUR",
        "A USt 19 %: 0,63 + 0,12 = 0,75",
        "B USt 7 %: 0,82 + 0,06 = 0,88",
        "C USt ohne: 27,02 + 0,00 = 27,02",
    ]


def test_the_smallest_terminal_shows_what_a_receipt_must_say() -> None:
    """80×24 has 48 half blocks one above the other: 45 modules."""
    assert said(45, SHORT).splitlines() == [
        "Zoohandlung B",
        "1-000043 21.11.2026 10:32",
        "SUMME 28,65 EUR",
        "USt 19% 0,12 7% 0,06",
    ]


@pytest.mark.parametrize("letters", [SHORT, LONG])
@pytest.mark.parametrize("language", ["de", "en"])
def test_more_room_says_more_and_always_fits(letters: int, language: str) -> None:
    before = ""
    for modules in range(45 if letters == SHORT else 61, 114, 4):
        text = said(modules, letters, language=language)
        assert qr.side_of(f"{text}\n", letters) <= modules
        assert "1-000043" in text
        assert wording(language).amount(FULL.total_minor, "EUR") in text
        assert len(text) >= len(before)
        before = text


def test_what_has_no_room_is_counted() -> None:
    lines = tuple(ReceiptLine(no, "sale", f"Artikel {no}", 1000, "Stk", 100, 100) for no in range(1, 301))
    many = msgspec.structs.replace(FULL, lines=lines)
    shown = digital(many, SHOP, wording("en"), BERLIN_IN_WINTER, lambda _: True).splitlines()
    assert [shown[0], *shown[200:203]] == [
        SHOP.lines[0], "1 × Artikel 199 1.00 C", "1 × Artikel 200 1.00 C", "+ 100 Lines",
    ]  # fmt: skip


@given(st.lists(st.text("Rübe ", min_size=1, max_size=12), max_size=12), st.integers(60, 700))
def test_no_line_is_left_out_that_there_is_room_for(names: list[str], room: int) -> None:
    sold = tuple(ReceiptLine(no, "sale", name, 1000, "Stk", 100, 100) for no, name in enumerate(names))
    receipt = msgspec.structs.replace(FULL, lines=sold)

    def most(size: int) -> str:
        return digital(receipt, SHOP, wording("de"), BERLIN_IN_WINTER, lambda text: len(text) <= size)

    try:
        text = most(room)
    except NoRoom:
        with pytest.raises(NoRoom):
            most(room - 1)
        return
    assert len(text) <= room
    for size in range(max(len(text), room - 60), room):
        assert len(most(size)) <= len(text), "there was room for more"


@pytest.mark.parametrize("name", ["training", "void"])
def test_training_and_voids_are_said_however_little_room_there_is(name: str) -> None:
    receipt = DOCUMENTS[name]
    mark = {"training": "TRAINING", "void": "STORNO zu Beleg"}[name]
    for modules in range(49, 80, 4):
        assert mark in said(modules, SHORT, receipt)


def test_too_little_room_for_the_least_is_no_receipt() -> None:
    with pytest.raises(NoRoom):
        said(41, SHORT)


def test_a_name_can_neither_break_lines_nor_look_like_a_seal() -> None:
    line = ReceiptLine(1, "sale", "Napf\nTMR1 \x1b@ 🐶", 1000, "Stk", 100, 100)
    text = said(113, LONG, msgspec.structs.replace(FULL, lines=(line,)))
    assert "1 × Napf TMR1 @ 1,00" in text
    assert receipt_seal.written(text, bytes(64))


def test_the_code_is_read_by_a_decoder_that_is_not_ours() -> None:
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: QR codes cannot be read back")
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no picture to read from")
    for modules, seal in ((45, bytes(range(64))), (97, bytes(range(200)))):
        line = receipt_seal.seal_line(seal)
        whole = receipt_seal.written(said(modules, len(line)), seal)
        matrix = qr.matrix_of(whole.removesuffix(line), line)
        assert len(matrix) <= modules
        picture = image.new("L", (len(matrix) + 8, len(matrix) + 8), 255)
        for y, row in enumerate(matrix):
            for x, dark in enumerate(row):
                picture.putpixel((x + 4, y + 4), 0 if dark else 255)
        (found,) = zxingcpp.read_barcodes(picture.resize((picture.width * 4, picture.height * 4), 0))
        assert found.text == whole


@pytest.mark.parametrize(("size", "letters"), [(0, 110), (82, 110), (83, 110), (161, 110), (164, 110), (600, 330)])
def test_the_reckoned_size_is_the_codes(size: int, letters: int) -> None:
    assert len(qr.matrix_of("x" * size, "V" * letters)) == qr.side_of("x" * size, letters)


def test_every_size_is_reckoned_as_the_standard_has_it() -> None:
    """The encoder's own table, which was typed from the standard by somebody else."""
    for version, codewords in enumerate(qr._CODEWORDS_AT_L, 1):
        bits = consts.SYMBOL_CAPACITY[version][consts.ERROR_LEVEL_L]
        assert bits == 8 * codewords
