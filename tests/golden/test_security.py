"""The signed end of a receipt: printed, read back by a decoder that is not ours, checked with the root alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.domain import receipt_seal
from app.engine.printing import chunk
from app.facts.sales import ReceiptCompleted
from peripherals.escpos import Composer, profile
from receipts import Page, compose, text, wording
from receipts.page import Symbol
from receipts.security import SYMBOL_BYTES, secured, unsealed
from replication.vouching import NotVouched, check
from tests.golden.documents import FULL, ILL_NAMED, TRAINING, VOID
from tests.golden.test_paper import BERLIN_IN_WINTER, SHOP, assert_golden, hex_lines
from tests.golden.test_statements import ISSUER, NETWORK, PEN, ROOT, picture


def seals(said: str) -> str:
    return receipt_seal.written(said, PEN.seal(receipt_seal.body(said)))


def page(receipt: ReceiptCompleted, language: str = "de", made_by: Any = seals) -> Page:
    words = wording(language)
    plain = compose(receipt, SHOP, words, zone=BERLIN_IN_WINTER)
    return secured(plain, receipt, SHOP, words, BERLIN_IN_WINTER, made_by)


def symbol(made: Page) -> str:
    (found,) = [block.data for block in made.sections[0].blocks if isinstance(block, Symbol)]
    return found


@pytest.mark.parametrize("receipt", [FULL, VOID, ILL_NAMED], ids=["full", "void", "ill-named"])
def test_the_printed_code_proves_what_the_receipt_says(receipt: ReceiptCompleted) -> None:
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: QR codes cannot be read back")
    composer = Composer(profile("58mm-32"))
    data = composer.compose(chunk(page(receipt).sections[0], composer.profile.columns))
    (found,) = zxingcpp.read_barcodes(picture(data))
    read = receipt_seal.read(found.text)
    assert check(read.body, read.seal, ROOT, NETWORK) == ISSUER
    assert receipt.receipt_no in read.text
    assert wording("de").amount(receipt.total_minor, "EUR") in read.text
    altered = receipt_seal.body(read.text.replace(receipt.receipt_no, "1-999999"))
    with pytest.raises(NotVouched):
        check(altered, read.seal, ROOT, NETWORK)


def test_the_code_says_as_much_as_fits_the_narrowest_paper() -> None:
    sold = tuple(msgspec.structs.replace(FULL.lines[1], line=no) for no in range(1, 51))
    whole = symbol(page(msgspec.structs.replace(FULL, lines=sold)))
    assert SYMBOL_BYTES - 60 < len(whole.encode()) <= SYMBOL_BYTES


def test_a_till_that_cannot_sign_prints_the_receipt_all_the_same() -> None:
    plain = compose(FULL, SHOP, wording("de"), zone=BERLIN_IN_WINTER)
    assert page(FULL, made_by=unsealed) == plain
    assert page(FULL, made_by=lambda said: said + "x" * SYMBOL_BYTES) == plain, "the seal leaves no room"


def test_what_training_makes_proves_nothing() -> None:
    assert page(TRAINING) == compose(TRAINING, SHOP, wording("de"), zone=BERLIN_IN_WINTER)


@pytest.mark.parametrize(("language", "width"), [("de", 42), ("en", 48)])
def test_a_secured_receipt_is_this_text(language: str, width: int) -> None:
    assert_golden(f"secured.{language}-{width}.txt", text(page(VOID, language), width))


def test_a_secured_receipt_is_these_bytes() -> None:
    composer = Composer(profile("default"))
    assert_golden("secured.hex", hex_lines(composer.compose(chunk(page(VOID).sections[0], composer.profile.columns))))
