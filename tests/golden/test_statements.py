"""What the symbols of slips say: printed, read back by a decoder that is not ours, and checked with the root alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from stdnum.iso7064 import mod_37_36

from app.domain import statement
from app.domain.statement import Statement
from app.engine.printing import chunk
from peripherals.escpos import Composer, profile
from receipts import page_of, wording
from receipts.page import Section, Symbol
from replication import certificates
from replication.core.model import Member
from replication.vouching import Vouching, check
from tests.golden.documents import AT, DOCUMENTS
from tests.golden.test_paper import BERLIN_IN_WINTER, SHOP, assert_golden, hex_lines

NETWORK, MEMBER = "5e" * 16, "1d" * 16
ROOT_KEY, KEY = (Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"r", b"m"))
ROOT = certificates.issue_root(NETWORK, MEMBER, ROOT_KEY)
ISSUER = Member(MEMBER, 1, "Kasse 1", "till", "Filiale 1", certificates.raw_public(KEY.public_key()))
PEN = Vouching(certificates.issue_member(ISSUER, NETWORK, ROOT, ROOT_KEY), KEY, ROOT, NETWORK)
CODES = {
    code: code[:12] + str(mod_37_36.calc_check_digit(code[:12]))
    for code in ("7K3M9QXA0PWTB", "3HJK8WWP2D41T", "5ABCDEFGH1230", "6ABCDEFGH1238")
}
"""The samples' codes, with the check characters that codes of our making have."""
VOUCHER = Statement("multi_purpose", CODES["7K3M9QXA0PWTB"], AT, 2500, "EUR", valid_until="2029-12-31")
TOKEN = Statement("token", CODES["3HJK8WWP2D41T"], AT, 250, "EUR", vat_key="1", vat_rate_bp=1900)
COUPON = Statement("coupon", CODES["5ABCDEFGH1230"], AT, valid_until="2026-12-31", campaign_id="dank")


def states(said: Statement) -> str:
    return statement.written(msgspec.structs.replace(said, code=CODES[said.code]), PEN.seal)


def slips(name: str) -> list[Section]:
    made = page_of(DOCUMENTS[name], SHOP, wording("de"), zone=BERLIN_IN_WINTER, states=states)
    assert made is not None
    return [section for section in made.sections if section.name != "receipt"]


def picture(data: bytes) -> Any:
    """The first raster of the bytes, as it comes off a printer of 58 mm, with the paper around it."""
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no picture to read from")
    raster = data[data.index(b"\x1dv0\x00") + 4 :]
    across, down = int.from_bytes(raster[:2], "little"), int.from_bytes(raster[2:4], "little")
    assert across * 8 <= 384, "wider than the paper of the narrowest printers"
    bits = bytes(byte ^ 0xFF for byte in raster[4 : 4 + across * down])
    margin = (384 - across * 8) // 2
    paper = image.new("1", (384, down + 80), 1)
    paper.paste(image.frombytes("1", (across * 8, down), bits), (margin, 40))
    return paper.convert("L")


@pytest.mark.parametrize(("name", "said"), [("full", [VOUCHER, TOKEN, COUPON]), ("coupons", [COUPON])])
def test_the_printed_symbol_proves_itself_to_an_independent_reader(name: str, said: list[Statement]) -> None:
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: QR codes cannot be read back")
    composer = Composer(profile("58mm-32"))
    for slip, expected in zip(slips(name), said, strict=False):
        (found,) = zxingcpp.read_barcodes(picture(composer.compose(chunk(slip, composer.profile.columns))))
        scanned = statement.read(found.text)
        assert check(scanned.body, scanned.seal, ROOT, NETWORK) == ISSUER
        assert scanned.statement == expected


@pytest.mark.parametrize("shrunk", [0.5, 0.7])
def test_it_is_read_from_a_coarser_picture_too(shrunk: float) -> None:
    """A camera that sees two dots and a half of each module's five; and a slip with a crease across."""
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: QR codes cannot be read back")
    composer = Composer(profile("58mm-32"))
    paper = picture(composer.compose(chunk(slips("full")[0], composer.profile.columns)))
    width, height = paper.size
    for row in range(height // 2, height // 2 + 5):
        for column in range(width):
            paper.putpixel((column, row), 128)
    (found,) = zxingcpp.read_barcodes(paper.resize((int(width * shrunk), int(height * shrunk))))
    assert statement.read(found.text).statement == VOUCHER


def test_the_code_is_there_for_people_and_for_scanners_that_read_only_bars() -> None:
    (slip, *_others) = slips("full")
    symbols = [(each.kind, each.data) for each in slip.blocks if isinstance(each, Symbol)]
    assert symbols == [("qr", statement.written(VOUCHER, PEN.seal)), ("code128", "7K3M9QXA0PWTB")]
    assert "7K3M-9QXA-0PWT-B" in [getattr(each, "text", "") for each in slip.blocks]


@pytest.mark.parametrize("name", ["default", "58mm-32"])
def test_slips_with_statements_are_these_bytes(name: str) -> None:
    composer = Composer(profile(name))
    data = composer.compose(chunk(slips("full")[0], composer.profile.columns))
    assert_golden(f"stated-{name}.hex", hex_lines(data))
