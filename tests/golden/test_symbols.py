"""Every symbol of every document, as each profile's printer is told it, read back by a decoder that is not ours.

Where the printer draws the symbol itself, what it is told is drawn here by a writer that is not ours either; where we
draw it, the picture is read as it comes off the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from app.engine.printing import chunk
from peripherals.escpos import PROFILES, Composer, profile
from receipts import page_of, wording
from receipts.page import Symbol
from tests.golden.documents import BUYER, DOCUMENTS
from tests.golden.test_paper import BERLIN_IN_WINTER, SHOP
from tests.golden.test_statements import picture, states

zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: symbols cannot be read back")
_TOLD = re.compile(
    rb"\x1d\(k(?P<qr>..)1P0|\x1dkI(?P<bars>.)\{B|\x1dv0\x00(?P<raster>..)(?P<rows>..)", re.DOTALL
)  # fmt: skip


def symbols(data: bytes) -> Iterator[tuple[str, str]]:
    """Kind and text of each symbol that the printer is told to print."""
    at = 0
    while found := _TOLD.search(data, at):
        at = found.end()
        if found["qr"]:
            told = data[at : at + int.from_bytes(found["qr"], "little") - 3]
            yield "qr", read_back(zxingcpp.BarcodeFormat.QRCode, told.decode())
        elif found["bars"]:
            told = data[at : at + found["bars"][0] - 2].replace(b"{{", b"{")
            yield "code128", read_back(zxingcpp.BarcodeFormat.Code128, told.decode("ascii"))
        else:
            (read,) = zxingcpp.read_barcodes(picture(data[found.start() :]))
            yield "qr", read.text
            at += int.from_bytes(found["raster"], "little") * int.from_bytes(found["rows"], "little")
            continue
        at += len(told)


@cache
def read_back(kind: Any, told: str) -> str:
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(told, kind), scale=4, add_quiet_zones=True)
    (read,) = zxingcpp.read_barcodes(drawn)
    assert read.format == kind
    return str(read.text)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_symbol_says_what_its_page_says(name: str) -> None:
    composer = Composer(profile(name))
    seen = []
    for called, document in DOCUMENTS.items():
        buyer = BUYER if called.startswith("invoice") else None
        page = page_of(document, SHOP, wording("de"), zone=BERLIN_IN_WINTER, buyer=buyer, states=states)
        assert page is not None
        for section in page.sections:
            meant = [(block.kind, block.data) for block in section.blocks if isinstance(block, Symbol)]
            told = list(symbols(composer.compose(chunk(section, composer.profile.columns))))
            assert told == meant, f"{called}, {section.name}"
            seen += told
    assert {kind for kind, _ in seen} == {"qr", "code128"}
    assert len(seen) > 15
