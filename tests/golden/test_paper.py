"""The sample receipt with a voucher's slip, byte for byte and letter for letter.

``TILLMESH_GOLDEN=write pytest tests/golden`` writes the files anew; look at the difference
(and at the picture that ``tools`` of the shared folder makes of the bytes) before committing.
"""

from __future__ import annotations

import os
from datetime import timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from app.engine.printing import chunk
from app.facts.sales import ReceiptCompleted
from peripherals.escpos import PROFILES, Composer, profile
from receipts import Page, ShopHead, compose, marked, text, wording

HERE = Path(__file__).parent
BERLIN_IN_WINTER = timezone(timedelta(hours=1))
SHOP = ShopHead(("Zoohandlung Bärenstark GmbH", "Königsallee 12", "40212 Düsseldorf", "USt-IdNr. DE123456789"))


def sample(language: str) -> Page:
    receipt = msgspec.json.decode((HERE / "receipt.json").read_bytes(), type=ReceiptCompleted)
    return compose(receipt, SHOP, wording(language), zone=BERLIN_IN_WINTER)


def assert_golden(name: str, actual: str) -> None:
    path = HERE / name
    if os.environ.get("TILLMESH_GOLDEN") == "write":
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


def hex_lines(data: bytes) -> str:
    """Hex, a line per printed line, so that a difference can be read."""
    lines = data.split(b"\n")
    return "".join(f"{line.hex(' ')} 0a\n".lstrip() for line in lines[:-1]) + lines[-1].hex(" ") + "\n"


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_the_sample_receipt_is_these_bytes(name: str) -> None:
    composer = Composer(profile(name))
    chunks = [composer.compose(chunk(section, composer.profile.columns)) for section in sample("de").sections]
    assert_golden(f"{name}.hex", "".join(hex_lines(data) for data in chunks))


@pytest.mark.parametrize(("language", "width"), [("de", 32), ("de", 42), ("de", 56), ("en", 42), ("en", 48)])
def test_the_sample_receipt_is_this_text(language: str, width: int) -> None:
    assert_golden(f"{language}-{width}.txt", text(sample(language), width))


def test_a_second_print_says_so_on_every_piece() -> None:
    assert_golden("de-42-copy.txt", text(marked(sample("de"), wording("de").copy_mark)))
