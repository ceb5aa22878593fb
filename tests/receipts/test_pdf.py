"""PDF and PNG: the lines of plain text in the same columns, symbols that scanners read, the same bytes each time."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts import text
from receipts.bars import code128
from receipts.layout import LaidLine, LaidSymbol, lay
from receipts.page import Block, Line, Logo, Page, Pair, Rule, Section, Symbol, Table
from receipts.pdf import EDGE, MM, SHEET_MOST, Dots, encodable, pdf
from receipts.png import png
from tests.golden.documents import DOCUMENTS
from tests.golden.test_documents import page
from tests.golden.test_statements import slips
from tests.receipts.reading import Letter, sheets, sizes

MADE_AT = datetime(2026, 11, 21, 9, 32, 11, tzinfo=UTC)


def made(shown: Page, width: int = 42, made_at: datetime = MADE_AT, logo: Dots | None = None) -> bytes:
    return pdf(shown, width, title="Beleg 1-000043", made_at=made_at, logo=logo)


def of(*blocks: Block) -> Page:
    return Page((Section("test", blocks),))


def assert_same_lines(shown: Page, width: int) -> None:
    """Every line of every section, letter for letter, in the column where plain text and paper have it."""
    print_width = (48 if width <= 32 else 72) * MM
    advance = print_width / width
    read = sheets(made(shown, width))
    assert len(read) == len(shown.sections)
    for section, found in zip(shown.sections, read, strict=True):
        laid = [each for each in lay(section, width) if isinstance(each, LaidLine) and each.text.strip()]
        assert len(found) == len(laid)
        for line, letters in zip(laid, found, strict=True):
            across = advance * (2 if line.wide else 1)
            expected = [(place, char) for place, char in enumerate(encodable(line.text)) if not char.isspace()]
            left = EDGE + (print_width - across * len(line.text)) / 2 if line.centred else EDGE
            assert [char for _, char in expected] == [letter.char for letter in letters]
            # A font's size is written with two decimals, so a line drifts by a hair's breadth.
            assert_close(letters, [left + across * place for place, _ in expected], within=advance / 8)


def assert_close(letters: list[Letter], places: list[float], within: float) -> None:
    assert max(abs(letter.x - place) for letter, place in zip(letters, places, strict=True)) < within


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_pdf_has_the_lines_of_the_plain_text(name: str) -> None:
    assert_same_lines(page(name, "de"), 42)


WORDS = st.text(st.characters(codec="cp1252", exclude_categories=["C", "Z"]) | st.just(" "), max_size=60)
BLOCKS = st.one_of(
    st.builds(Line, WORDS, st.sampled_from(["left", "center"]), st.booleans(), st.booleans(), st.booleans()),
    st.builds(Pair, WORDS, WORDS, st.booleans(), st.booleans()),
    st.builds(Rule),
    st.builds(Table, st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=3).map(tuple)),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=8), st.sampled_from([20, 32, 42, 56]))
def test_any_page_has_its_lines(blocks: list[Block], width: int) -> None:
    assert_same_lines(of(*blocks), width)


def test_what_is_not_in_the_font_keeps_its_column() -> None:
    assert encodable("Ľubica €\x07“ Łódź −5 ′") == "Lubica € “ Lódz -5 '"
    assert encodable("猫") == "?"


def test_the_logo_is_in_the_middle_as_wide_as_on_paper_and_a_head_line_may_be_red() -> None:
    logo = Dots(across=96, rows=b"\xff" * 12 * 50, paper=504)
    shown = of(Logo(), Line("ROT", red=True), Line("A"))
    data = made(shown, logo=logo)
    opened = pypdfium2.PdfDocument(data)
    seen = opened[0].render(scale=4).to_pil().convert("RGB")
    opened.close()
    black = seen.convert("L").point(lambda value: 255 if value < 64 else 0).crop((0, 0, seen.width, (40 * 4)))
    dot = 72 * MM / 504 * 4
    left, top, right, bottom = black.getbbox()
    assert (right - left, bottom - top) == pytest.approx((96 * dot, 50 * dot), abs=2)
    assert (left + right) / 2 == pytest.approx(seen.width / 2, abs=2)
    assert (200, 0, 0) in {seen.getpixel((x, y)) for x in range(40, 120) for y in range(seen.height)}
    assert len(sheets(made(shown))[0]) == 2, "without a picture nothing is missing but the logo"


def test_the_same_document_is_the_same_bytes() -> None:
    shown = page("full", "de")
    assert made(shown) == made(shown)
    assert b"D:20261121093211" in made(shown)
    assert made(shown) != made(shown, made_at=datetime(2026, 11, 22, tzinfo=UTC))


def test_the_paper_is_as_wide_as_the_columns_need_and_as_long_as_the_receipt() -> None:
    (wide,), (narrow,) = sizes(made(of(Line("A")), 42)), sizes(made(of(Line("A")), 32))
    assert (round(wide[0] / MM), round(narrow[0] / MM)) == (80, 56)
    ((_, ten),) = sizes(made(of(*[Line("A")] * 10)))
    ((_, twenty),) = sizes(made(of(*[Line("A")] * 20)))
    assert twenty - wide[1] == pytest.approx(19 / 9 * (ten - wide[1]), abs=0.1)


def test_a_receipt_longer_than_a_sheet_may_be_goes_on_on_the_next() -> None:
    shown = of(*(Line(f"{number}") for number in range(2_000)))
    data = made(shown)
    assert max(length for _, length in sizes(data)) <= SHEET_MOST
    lines = ["".join(letter.char for letter in line) for sheet in sheets(data) for line in sheet]
    assert "".join(f"{line}\n" for line in lines) == text(shown)
    with pytest.raises(ValueError, match="take PDF"):
        png(made(of(*[Line("A")] * 9_000)))


def picture(shown: Page, width: int) -> Any:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no picture to read from")
    return image.open(io.BytesIO(png(made(shown, width))))


def scanned(shown: Page, width: int) -> list[tuple[str, str]]:
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: symbols cannot be read back")
    found = zxingcpp.read_barcodes(picture(shown, width))
    kinds = {"QR Code": "qr", "QRCode": "qr", "Code 128": "code128", "Code128": "code128"}
    return [(kinds[str(each.format).removeprefix("BarcodeFormat.")], each.text) for each in found]


@pytest.mark.parametrize("width", [32, 42])
def test_symbols_are_read_by_a_decoder_that_is_not_ours(width: int) -> None:
    shown = Page(tuple(slips("full")))
    expected = [
        (each.kind, each.data)
        for section in shown.sections
        for each in lay(section, width)
        if isinstance(each, LaidSymbol)
    ]
    assert len(expected) == 6
    assert sorted(scanned(shown, width)) == sorted(expected)


def test_every_character_of_code_128_is_read_back() -> None:
    every = "".join(map(chr, range(32, 127)))
    parts = [every[start : start + 19] for start in range(0, len(every), 19)]
    assert sorted(scanned(of(*(Symbol(f"!{part}", "code128") for part in parts)), 42)) == sorted(
        ("code128", f"!{part}") for part in parts
    )


@pytest.mark.parametrize("data", ["", "ä", "a\n"])
def test_code_128_refuses_what_it_has_no_bars_for(data: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        code128(data)


def test_a_picture_shows_all_sheets_one_under_the_other() -> None:
    shown = page("full", "de")
    data = made(shown)
    image = picture(shown, 42)
    assert image.mode == "L"
    assert image.height == pytest.approx(sum(length for _, length in sizes(data)) * 203 / 72, abs=len(shown.sections))
    assert png(data) == png(data)
