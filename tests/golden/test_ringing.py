"""A receipt that is printed while it is rung: chunk by chunk, letter for letter and byte for byte.

Written anew like those of ``test_paper.py``.
"""

from __future__ import annotations

import msgspec
import pytest

from app.engine.printing import chunk
from app.facts.sales import LineDiscount, ReceiptLine
from peripherals.escpos import Composer, profile
from receipts import Page, marked, text, wording
from receipts.ahead import head_ahead, under, unused
from receipts.page import Section
from receipts.ringing import Strip, closing, continuation, ended, further, torn
from tests.golden.documents import BEGUN, FULL
from tests.golden.test_paper import BERLIN_IN_WINTER, SHOP, assert_golden, hex_lines

COLLAR = ReceiptLine(2, "sale", "Halsband", 1000, "Stk", 1490, 1490, vat_key="1", vat_rate_bp=1900)
DOG_FOOD = msgspec.structs.replace(
    FULL.lines[0], gross_minor=698 - 70, discounts=(LineDiscount("promotion", "Futterwoche 10 %", 70),)
)
RUNG = ((DOG_FOOD,), (DOG_FOOD, COLLAR), FULL.lines[:3], FULL.lines[:8])
"""A collar is taken back, a coupon comes late, tip and rounding come with the end."""


def chunks(language: str) -> list[Section]:
    words = wording(language)
    strip = Strip("3f2a9c1b" * 4, BEGUN, "EUR")
    made = []
    for index, lines in enumerate(RUNG):
        blocks, strip = further(strip, lines, SHOP, words, zone=BERLIN_IN_WINTER, paying=index == 3)
        made.append(Section("ringing", blocks, cut=False))
    return [*made, closing(strip, FULL, SHOP, words, zone=BERLIN_IN_WINTER)]


def torn_paper(language: str) -> list[Section]:
    """The collar's chunk was uncertain and is printed again; then the sale is given up."""
    words = wording(language)
    first = Strip("3f2a9c1b" * 4, BEGUN, "EUR")
    head, strip = further(first, RUNG[0], SHOP, words, zone=BERLIN_IN_WINTER)
    collar, after = further(strip, RUNG[1], SHOP, words, zone=BERLIN_IN_WINTER)
    again = Section("ringing", (*continuation(strip, SHOP, words), *collar), cut=False)
    (copied,) = marked(Page((again,)), words.copy_mark).sections
    return [Section("ringing", head, cut=False), torn(words), copied, ended("void", words),
            Section("ringing", continuation(after, SHOP, words, "1-000043"))]  # fmt: skip


def with_the_head_ahead(language: str) -> list[Section]:
    """The head; the first line under it; the next head, which is not used."""
    ahead = head_ahead(SHOP)
    assert ahead is not None
    first = under(ahead.blocks, chunks(language)[0])
    assert first is not None
    return [ahead, first, ahead, unused(wording(language))]


@pytest.mark.parametrize(
    ("name", "sections"),
    [("ringing", chunks), ("ringing-torn", torn_paper), ("ringing-ahead", with_the_head_ahead)],
)
@pytest.mark.parametrize(("language", "width"), [("de", 32), ("de", 42), ("en", 48)])
def test_each_chunk_is_this_text(name: str, sections: object, language: str, width: int) -> None:
    assert callable(sections)
    assert_golden(f"{name}.{language}-{width}.txt", text(Page(tuple(sections(language))), width))


def test_each_chunk_is_these_bytes_and_only_the_last_is_cut() -> None:
    composer = Composer(profile("default"))
    composed = [composer.compose(chunk(section, composer.profile.columns)) for section in chunks("de")]
    assert [b"\x1dV" in data for data in composed] == [False] * len(RUNG) + [True]
    assert_golden("ringing.hex", "".join(hex_lines(data) for data in composed))


def test_the_head_ahead_is_these_bytes_and_cut_only_where_it_is_not_used() -> None:
    composer = Composer(profile("default"))
    composed = [composer.compose(chunk(each, composer.profile.columns)) for each in with_the_head_ahead("de")]
    assert [b"\x1dV" in data for data in composed] == [False, False, False, True]
    assert_golden("ringing-ahead.hex", "".join(hex_lines(data) for data in composed))
