"""What the settings want on paper reaches the paper."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from app import text
from app.config import ConfigError, PrinterSettings, Settings
from app.domain.sale import OpenSale, SaleLine
from app.engine.spool import Spool
from app.receipt_settings import AdvertSetting, HeadLine, ReceiptSettings
from app.till.completing import receipt_line
from app.till.keeping import write_sale
from app.wiring_paper import nameless, nobody, page_of, profile_of, shop_of
from app.wiring_printer import printing
from peripherals.line import Line
from receipts import Page, ShopHead, letterhead
from receipts.page import Section, Symbol
from receipts.security import Seals, unsealed
from tests.golden.documents import FULL


def test_the_shops_head_is_what_the_settings_say() -> None:
    said = ReceiptSettings(
        (HeadLine("Zoo Neumann", red=True), "Messestand 4", HeadLine("Neu", bold=True)),
        ("Umtausch binnen 14 Tagen",),
        (AdvertSetting("Bis 14 Uhr", date(2026, 12, 1)),),
        article_nos=True,
        voucher_terms="Drei Jahre",
        till_serial="ZN-0042",
    )
    assert shop_of(said, "Halle 4") == ShopHead(
        (
            letterhead.HeadLine("Zoo Neumann", bold=True, red=True),
            "Messestand 4",
            letterhead.HeadLine("Neu", bold=True),
        ),
        ("Umtausch binnen 14 Tagen",),
        "ZN-0042",
        "Halle 4",
        (letterhead.Advert("Bis 14 Uhr", "2026-12-01"),),
        article_nos=True,
        voucher_terms="Drei Jahre",
    )


def test_a_branch_that_the_head_names_is_not_named_again() -> None:
    said = ReceiptSettings((HeadLine("Zoo Neumann"), "Filiale Köln, Domplatz 1"))
    assert shop_of(said, "Köln").branch == ""
    assert shop_of(said, "Bonn").branch == "Bonn"


def test_the_printer_is_red_if_the_settings_say_so() -> None:
    assert profile_of(Settings(printer=PrinterSettings(red=True))).red
    assert not profile_of(Settings()).red


SHORTEST = Settings(receipt=ReceiptSettings(logo="logo.png"), printer=PrinterSettings(simulated=True))


def printing_with(
    folder: Path, settings: Settings = SHORTEST, seals: Seals = unsealed
) -> AbstractAsyncContextManager[Spool | None]:
    """A running spool that keeps nothing."""

    async def keep(_values: dict[str, str | None]) -> None:
        """Nobody restarts."""

    return printing(settings, folder / "paper.txt", {}, keep, lambda: None, seals=seals)


async def test_a_logo_of_the_wrong_size_is_an_error_at_the_start_that_says_what_to_do(tmp_path: Path) -> None:
    for image, said in ((None, "there is no file"), ((800, 20), "800 dots wide, the paper 504"), ((9, 900), "400 or")):
        if image is not None:
            Image.new("1", image).save(tmp_path / "logo.png")
        text.use("en")
        with pytest.raises(ConfigError, match=said) as refused:
            async with printing_with(tmp_path):
                pass
        assert str(refused.value).startswith("till.toml: receipt.logo: ")


async def test_the_logo_stands_at_the_head_of_what_is_printed(tmp_path: Path) -> None:
    Image.new("1", (64, 16)).save(tmp_path / "logo.png")
    head = shop_of(SHORTEST.receipt, "")
    assert head.logo
    async with printing_with(tmp_path) as spool:
        assert spool is not None
        await spool.test_page(Page((Section("test", tuple(letterhead.head_of(head))),)))
        async with asyncio.timeout(30):
            while spool.status()["waiting"]:
                await asyncio.sleep(0.01)
    assert "[PICTURE 64 × 16]" in (tmp_path / "paper.txt").read_text("utf-8")


def test_the_line_and_the_drawer_are_what_the_settings_say() -> None:
    said = PrinterSettings(address="/dev/ttyS0", baud=38_400, frame="7E1", rtscts=True, drawer_open_level="low")
    assert said.line == Line(38_400, "7E1", rtscts=True)
    assert said.open_level_high is False
    assert PrinterSettings().open_level_high is None
    assert list(said.faults()) == []


@pytest.mark.parametrize("wanted", [False, True])
def test_receipts_are_sealed_where_the_shop_wants_it(wanted: bool) -> None:
    settings = Settings(receipt=ReceiptSettings(security=wanted))
    made = page_of(settings, nobody, nameless, FULL, seals=lambda said: f"{said}\nsealed")
    assert made is not None
    sealed = [each.data for each in made.sections[0].blocks if isinstance(each, Symbol)]
    assert [each.endswith("\nsealed") for each in sealed] == [True] * wanted


async def test_what_is_printed_while_it_is_rung_carries_the_same_and_its_copy_is_whole(tmp_path: Path) -> None:
    said = ReceiptSettings(
        (HeadLine("Zoo Neumann"),), ("Umtausch binnen 14 Tagen",), article_nos=True, copies=1, security=True
    )
    settings = Settings(receipt=said, printer=PrinterSettings(simulated=True, while_ringing=True))
    line = SaleLine(1, "sale", "Leine", 1000, "Stk", 990, 990, ident_no="4711", vat_key="1", vat_rate_bp=1900)
    sale = OpenSale(FULL.sale_id, FULL.started_at, "EUR", (line,))
    sold = msgspec.structs.replace(FULL, lines=(receipt_line(line), *FULL.lines), sale_id=sale.sale_id)
    paper = tmp_path / "paper.txt"
    async with printing_with(tmp_path, settings, seals=lambda text: f"{text}\nTMR1") as spool:
        assert spool is not None

        async def all_printed() -> None:
            async with asyncio.timeout(30):
                while spool.status()["waiting"]:
                    await asyncio.sleep(0.01)

        spool.rung(write_sale(sale))
        await all_printed()
        assert "Art. 4711" in paper.read_text("utf-8")
        assert "SUMME" not in paper.read_text("utf-8")
        spool.entries_for(sold)
        spool.enqueue(sold)
        spool.rung(None)
        await all_printed()
    first, copy, *slips = paper.read_text("utf-8").split("- - cut - -")
    for needed in ("Beginn", "SUMME", "Umtausch", "Sicherheitsdaten", "[QR Zoo Neumann"):
        assert needed in first, needed
    assert first.count("× Leine   ") == 2
    assert "ZWEITDRUCK" not in first
    assert "ZWEITDRUCK" in copy
    assert copy.count("× Leine   ") == 2
    assert "Beginn" not in copy
    assert len(slips) > 1


async def test_what_the_shop_wants_on_its_paper_is_printed_in_order(tmp_path: Path) -> None:
    """Through the real driver: the receipt, its copy, then the slips, which are worth money, once."""
    said = ReceiptSettings(
        (HeadLine("Zoo Neumann", red=True),),
        ("Umtausch binnen 14 Tagen",),
        (AdvertSetting("Bis 14 Uhr", date(2026, 11, 1), date(2026, 11, 30)), AdvertSetting("Ostern", date(2027, 3, 1))),
        article_nos=True,
        copies=1,
        security=True,
        voucher_terms="Drei Jahre",
    )
    settings = Settings(receipt=said, printer=PrinterSettings(simulated=True, red=True))
    async with printing_with(tmp_path, settings, seals=lambda text: f"{text}\nTMR1") as spool:
        assert spool is not None
        spool.entries_for(FULL)
        spool.enqueue(FULL)
        async with asyncio.timeout(30):
            while spool.status()["waiting"]:
                await asyncio.sleep(0.01)
    pieces = (tmp_path / "paper.txt").read_text("utf-8").split("- - cut - -")
    order = ["SUMME", "Umtausch", "Bis 14 Uhr", "Sicherheitsdaten", "[QR Zoo Neumann"]
    for piece in pieces[:2]:
        found = [piece.find(each) for each in order]
        assert found == sorted(found)
        assert min(found) > 0
        assert "Ostern" not in piece
    assert ["ZWEITDRUCK" in piece for piece in pieces[:5]] == [False, True, False, False, False]
    assert ["Drei Jahre" in piece for piece in pieces[:5]] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("said", "ahead"),
    [({}, True), ({"head_ahead": False}, False), ({"while_ringing": False}, False), ({"profile": "58mm-32"}, False)],
    ids=["while ringing", "switched off", "not while ringing", "no knife to cut the receipt off from it"],
)
async def test_the_next_head_is_printed_behind_the_cut(tmp_path: Path, said: dict[str, Any], ahead: bool) -> None:
    printer = PrinterSettings(**{"simulated": True, "while_ringing": True, **said})
    settings = Settings(receipt=ReceiptSettings((HeadLine("Zoo Neumann"),)), printer=printer)
    paper = tmp_path / "paper.txt"
    async with printing_with(tmp_path, settings) as spool:
        assert spool is not None
        spool.entries_for(FULL)
        spool.enqueue(FULL)
        async with asyncio.timeout(30):
            while spool.status()["waiting"] or spool._wanted_head is not None:
                await asyncio.sleep(0.01)
    assert (paper.read_text("utf-8").strip().endswith("Zoo Neumann")) is ahead
