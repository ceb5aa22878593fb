"""Every kind of document, letter for letter in both languages; receipts and reports byte for byte.

Written anew like those of ``test_paper.py``.
"""

from __future__ import annotations

import pytest

from app.engine.printing import chunk
from app.facts.sales import ReceiptCompleted
from peripherals.escpos import Composer, profile
from receipts import Page, page_of, text, wording
from receipts.enrolment import EnrolmentSlip
from tests.golden.documents import BUYER, DOCUMENTS
from tests.golden.test_paper import BERLIN_IN_WINTER, SHOP, assert_golden, hex_lines


def page(name: str, language: str) -> Page:
    buyer = BUYER if name.startswith("invoice") else None
    made = page_of(DOCUMENTS[name], SHOP, wording(language), zone=BERLIN_IN_WINTER, buyer=buyer)
    assert made is not None
    return made


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(("language", "width"), [("de", 42), ("en", 48)])
def test_each_document_is_this_text(name: str, language: str, width: int) -> None:
    assert_golden(f"{name}.{language}-{width}.txt", text(page(name, language), width))


@pytest.mark.parametrize("name", ["full", "hospitality", "z-report", "enrolment"])
def test_each_document_is_these_bytes(name: str) -> None:
    composer = Composer(profile("default"))
    chunks = [composer.compose(chunk(section, composer.profile.columns)) for section in page(name, "de").sections]
    assert_golden(f"{name}.hex", "".join(hex_lines(data) for data in chunks))


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("width", [20, 32, 42, 56])
def test_no_document_is_wider_than_the_paper(name: str, width: int) -> None:
    assert max(map(len, text(page(name, "de"), width).splitlines())) <= width


@pytest.mark.parametrize("document", [each for each in DOCUMENTS.values() if isinstance(each, ReceiptCompleted)])
def test_the_sample_receipts_tie_out(document: ReceiptCompleted) -> None:
    sums = {
        document.total_minor,
        sum(line.gross_minor for line in document.lines),
        sum(row.gross_minor for row in document.tax_table),
        sum(row.net_minor + row.tax_minor for row in document.tax_table),
        sum(row.amount_minor for row in document.tenders),
    }
    assert len(sums) == 1


@pytest.mark.parametrize("code", ["12ABC-DEFGH-JKMNP-QRSTV-WXYZ0-12345-6789A-BCDEF-G1001", "1" * 35])
def test_the_enrolment_slips_symbol_is_the_code_as_a_scanner_types_it(code: str) -> None:
    """Read back by a decoder that is not ours, from the bytes that a printer without a QR command gets."""
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: QR codes cannot be read back")
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no picture to read from")
    slip = EnrolmentSlip(2, "Kasse 2", "", "Messe", code, "2026-11-22T09:32:11.000Z", "2026-11-21T09:32:11.000Z")
    made = page_of(slip, SHOP, wording("de"))
    assert made is not None
    composer = Composer(profile("58mm-32"))
    data = composer.compose(chunk(made.sections[0], composer.profile.columns))
    raster = data[data.index(b"\x1dv0\x00") + 4 :]
    across, down = int.from_bytes(raster[:2], "little"), int.from_bytes(raster[2:4], "little")
    assert across * 8 <= 384, "wider than the paper of the narrowest printers"
    bits = bytes(byte ^ 0xFF for byte in raster[4 : 4 + across * down])
    paper = image.new("1", (across * 8 + 80, down + 80), 1)
    paper.paste(image.frombytes("1", (across * 8, down), bits), (40, 40))
    assert [found.text for found in zxingcpp.read_barcodes(paper.convert("L"))] == [code.replace("-", "")]
