"""Every kind of document, letter for letter in both languages, and byte for byte.

Written anew like those of ``test_paper.py``.
"""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from app.domain.article import MAX_NAME_LENGTH
from app.domain.sale import MAX_LINES
from app.engine.printing import chunk
from app.facts.sales import LineDiscount, ReceiptCompleted, ReceiptLine
from peripherals.escpos import PROFILES, Composer, printable, profile
from peripherals.print_job import MAX_CHUNK_BYTES
from peripherals.simulators.printer_machine import CUT_MARK, PrinterMachine
from receipts import Page, compose, page_of, text, wording
from receipts.enrolment import EnrolmentSlip
from receipts.layout import LaidLine, lay
from tests.golden.documents import BUYER, DOCUMENTS, FULL, ILL_NAMED
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


@pytest.mark.parametrize("width", [32, 48, 56])
def test_names_that_are_no_names_are_this_text(width: int) -> None:
    assert_golden(f"ill-named.de-{width}.txt", text(page("ill-named", "de"), width))


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_no_name_is_a_command(name: str) -> None:
    """Whatever articles are called: of the commands that it sends none is the name's."""
    plain = msgspec.structs.replace(ILL_NAMED, cashier="", tenders=(), lines=())
    composer = Composer(profile(name))
    commands = [
        [byte for byte in composer.compose(chunk(made.sections[0], composer.profile.columns)) if byte < 0x20]
        for made in (compose(receipt, SHOP, wording("de")) for receipt in (ILL_NAMED, plain))
    ]
    only_new_lines = [byte for byte in commands[0] if byte != 0x0A]
    assert only_new_lines == [byte for byte in commands[1] if byte != 0x0A]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_these_bytes(name: str) -> None:
    composer = Composer(profile("default"))
    chunks = [composer.compose(chunk(section, composer.profile.columns)) for section in page(name, "de").sections]
    assert_golden(f"{name}.hex", "".join(hex_lines(data) for data in chunks))


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_the_longest_receipt_that_a_till_can_ring_is_printed(name: str) -> None:
    """As many lines as a sale takes, with the longest names, each with three rules and a price that was changed."""
    long = "Katzenspielzeug " * 7
    rules = tuple(LineDiscount("promotion", long[:MAX_NAME_LENGTH], 10) for _ in range(3))
    line = ReceiptLine(
        1, "sale", long[:MAX_NAME_LENGTH], 2000, "Stk", 100, 170, "x" * 40, vat_key="1", vat_rate_bp=1900,
        discounts=rules, list_price_minor=120, reference="1-000001", reference_line=1, reason=long,
    )  # fmt: skip
    sold = msgspec.structs.replace(FULL, lines=(line,) * MAX_LINES)
    shop = msgspec.structs.replace(SHOP, article_nos=True)
    composer = Composer(profile(name))
    columns = composer.profile.columns
    for section in compose(sold, shop, wording("de")).sections:
        assert len(composer.compose(chunk(section, columns))) <= MAX_CHUNK_BYTES


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_these_bytes_on_every_profile(name: str) -> None:
    """As digests: what they are made of is in the text, and byte for byte for one profile."""
    rows = []
    for called in sorted(PROFILES):
        composer = Composer(profile(called))
        sections = page(name, "de").sections
        data = b"".join(composer.compose(chunk(section, composer.profile.columns)) for section in sections)
        rows.append(f"{called:<9} {len(data):>6} {hashlib.sha256(data).hexdigest()[:32]}\n")
    assert_golden(f"{name}.digests.txt", "".join(rows))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_printer_that_shares_nothing_with_us_prints_what_the_text_says(name: str, language: str) -> None:
    """Letter for letter, of every document: what the simulated printer makes of the bytes on each profile."""
    composer = Composer(profile(name))
    columns = composer.profile.columns
    for called in DOCUMENTS:
        for section in page(called, language).sections:
            machine = PrinterMachine(columns)
            machine.receive(composer.compose(chunk(section, columns)))
            paper = machine.take_paper().replace(CUT_MARK[:columns], "").splitlines()
            symbols = ("[QR ", "[BARCODE ", "[PICTURE ")
            printed = [row.strip() for row in paper if row.strip() and not row.strip().startswith(symbols)]
            laid = [printable(each.text).strip() for each in lay(section, columns) if isinstance(each, LaidLine)]
            assert printed == [row for row in laid if row], f"{called}, {section.name}"
            assert machine.unknown == []


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
    slip = EnrolmentSlip(((2, "Kasse 2"),), "", "Messe", code, "2026-11-22T09:32:11.000Z", "2026-11-21T09:32:11.000Z")
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
