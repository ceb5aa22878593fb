"""``tillmesh receipt``: every document by its number, as text, PDF, picture and signed text; and ``receipt check``."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app import config, wiring
from app.__main__ import main
from app.cli.receipt import FAULTS
from app.domain.statement import ALTERED, DAMAGED
from app.engine.control import Refused
from app.engine.remote import Client, RemoteDevices
from app.home import Home
from app.text import gettext
from app.till.drive import drive
from app.till.ports import JournalRefused
from receipts import qr
from tests.receipts.reading import sheets

ARTICLES = """ident_no,barcode,name,price,vat_key,unit
1001,4006381333931,Hundefutter Rind & Möhre 800 g,3.49,2,Stk
1002,,Leine,9.90,1,Stk
"""
SETTINGS = '[receipt]\nhead = ["Zoohandlung Bärenstark GmbH", "Königsallee 12"]\nlogo = "logo.png"\n'
SOLD: tuple[dict[str, Any], ...] = (
    {"do": "set_customer", "no": "1000", "name": "Gärtnerei Grün", "credit_limit": "500"},
    {"do": "scan", "code": "1001", "quantity": "2"},
    {"do": "sell_voucher", "value": "25"},
    {"do": "pay", "amount": "50"},
    {"do": "scan", "code": "1002"},
    {"do": "park", "name": "Tisch 4"},
    {"do": "scan", "code": "1002"},
    {"do": "order", "note": "bitte anrufen"},
    {"do": "customer", "no": "1000"},
    {"do": "scan", "code": "1002"},
    {"do": "pay", "tender": "delivery_note"},
    {"do": "collect_invoice", "customer": "1000"},
    {"do": "receipt", "receipt_no": "1-000001", "pdf": True},
    {"do": "z_report"},
)


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[dict[str, Any]]]:
    """A home that has sold, parked, taken an order, delivered, invoiced and closed its day; and what it answered."""
    home = Home(tmp_path_factory.mktemp("till") / "home")
    assert main(["network", "found", "--name", "Messe", "--home", str(home.path)]) == 0
    (home.path / "till.toml").write_text(SETTINGS, encoding="utf-8")
    Image.new("1", (96, 48)).save(home.path / "logo.png")
    articles = home.path.parent / "articles.csv"
    articles.write_text(ARTICLES, encoding="utf-8")
    assert main(["import", "articles", str(articles), "--home", str(home.path)]) == 0
    answers = [json.loads(line) for line in asyncio.run(sold(home))][1:]
    assert all(answer["ok"] for answer in answers), answers
    return home, answers


async def sold(home: Home) -> list[str]:
    async def lines() -> AsyncIterator[bytes]:
        for command in SOLD:
            yield json.dumps(command).encode()

    settings = config.load(home.settings)
    written: list[str] = []
    async with wiring.opened(home, settings, network=False) as parts:
        await drive(lines(), written.append, await wiring.runner(parts, settings), network="Messe")
    return written


def said(till: tuple[Home, Any], *arguments: str, status: int = 0) -> str:
    """What the command prints: on standard output, or its one line on standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert main(["receipt", *arguments, "--home", str(till[0].path), "--lang", "de"]) == status, err.getvalue()
    assert err.getvalue().count("\n") == (1 if status else 0)
    return err.getvalue() if status else out.getvalue()


def number(till: tuple[Home, list[dict[str, Any]]], field: str) -> str:
    found = next(answer[field] for answer in till[1] if field in answer)
    return str(found[0] if isinstance(found, list) else found)


@pytest.mark.parametrize(
    ("field", "prefix", "shown"),
    [
        ("receipt_no", "", "Hundefutter"),
        ("park_no", "", "Tisch 4"),
        ("park_no", "parked-", "Tisch 4"),
        ("order_no", "", "bitte anrufen"),
        ("order_no", "order-", "bitte anrufen"),
        ("invoice_no", "", "Rechnung"),
        ("invoice_no", "invoice-", "Rechnung"),
        ("delivery_notes", "", "LIEFERSCHEIN"),
        ("z_no", "z_report-1-", "TAGESABSCHLUSS"),
    ],
)
def test_every_document_is_found_by_its_number(till: Any, field: str, prefix: str, shown: str) -> None:
    text = said(till, prefix + number(till, field))
    assert shown in text
    assert "Zoohandlung Bärenstark GmbH" in text


def test_a_receipt_is_what_the_till_printed_but_for_slips_that_are_worth_money(till: Any) -> None:
    receipt_no, voucher = (
        number(till, "receipt_no"),
        next(each["vouchers"][0] for each in till[1] if "vouchers" in each),
    )
    printed = next(each["text"] for each in till[1] if each.get("receipt_no") == receipt_no)
    text = said(till, receipt_no)
    assert printed.startswith(text)
    assert voucher[:4] not in text


def test_text_pdf_and_picture_come_together(till: Any, tmp_path: Path) -> None:
    files = [str(tmp_path / "bon.pdf"), str(tmp_path / "bon.png")]
    receipt_no = number(till, "receipt_no")
    answer = json.loads(said(till, receipt_no, "--text", "--pdf", files[0], "--png", files[1], "--json"))
    assert (answer["document"], answer["pdf"], answer["png"]) == (receipt_no, *files)
    read = ["".join(letter.char for letter in line) for sheet in sheets(Path(files[0]).read_bytes()) for line in sheet]
    assert read == ["".join(line.split()) for line in answer["text"].splitlines() if line.strip()]
    assert Path(files[1]).read_bytes().startswith(b"\x89PNG")
    assert said(till, receipt_no, "--pdf", files[1]) == "", "a file is no text"
    driven = next(each["pdf"] for each in till[1] if "pdf" in each)
    assert Path(files[0]).read_bytes() == base64.b64decode(driven), "drive gives the same file"
    assert b"/Subtype /Image" in base64.b64decode(driven), "with the logo"


def test_a_logo_that_is_gone_is_one_line(till: Any, tmp_path: Path) -> None:
    logo = till[0].path / "logo.png"
    away = logo.rename(tmp_path / "logo.png")
    try:
        assert "receipt.logo" in said(till, number(till, "receipt_no"), "--pdf", str(tmp_path / "bon.pdf"), status=1)
    finally:
        away.rename(logo)


def test_a_signed_text_is_genuine_here_and_with_the_roots_certificate_alone(till: Any, tmp_path: Path) -> None:
    whole = said(till, number(till, "receipt_no"), "--signed")
    file = tmp_path / "beleg.txt"
    file.write_text(whole.replace("\n", "\r\n"), encoding="utf-8")
    answer = json.loads(said(till, "check", str(file), "--json"))
    assert (answer["fault"], answer["till_no"], answer["text"]) == ("", 1, whole.rpartition("TMR1")[0].strip())
    nowhere = (Home(tmp_path / "nowhere"), [])
    root = str(till[0].path / "identity" / "root.pem")
    assert "Kasse 1" in said(nowhere, "check", whole, "--root", root)
    assert not nowhere[0].path.exists()


def test_what_was_changed_or_is_no_receipt_is_said_to_be_so(
    till: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = said(till, number(till, "receipt_no"), "--signed")
    for text, fault in ((whole.replace("31,98", "1,98"), ALTERED), (whole[:-9], DAMAGED), ("Beleg\n", DAMAGED)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert gettext(FAULTS[fault]) in said(till, "check", "-", status=1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["4711"],
        ["z_report-1-99"],
        ["z_report-x"],
        ["z_report-99999999999999999999-1"],
        [" "],
        ["A" * 200],
        ["check"],
        ["check", "/nowhere/beleg.txt"],
        ["check", "x\ny", "--root", "/nowhere/root.pem"],
        ["check", "x\ny", "--root", __file__],
        ["4711", "beleg.txt"],
    ],
)
def test_what_cannot_be_is_one_line(till: Any, arguments: list[str]) -> None:
    assert said(till, *arguments, status=1).startswith("tillmesh: ")


def test_a_file_that_cannot_be_written_is_one_line(till: Any, tmp_path: Path) -> None:
    assert "nowhere" in said(till, number(till, "receipt_no"), "--pdf", str(tmp_path / "nowhere" / "x.pdf"), status=1)


def test_only_receipts_are_signed(till: Any) -> None:
    assert said(till, f"z_report-1-{number(till, 'z_no')}", "--signed", status=1)


async def test_a_screens_code_is_whole_where_there_is_room_and_short_where_not(till: Any) -> None:
    home, _ = till
    receipt_no = number(till, "receipt_no")
    async with wiring.opened(home, config.load(home.settings), network=False) as parts:
        sizes = []
        for modules in (45, 61, 77, 113, 10_000):
            told = await parts.operations["digital_receipt"]({"receipt_no": receipt_no, "modules": modules})
            text = told["text"].removesuffix(told["seal"])
            assert len(qr.matrix_of(text, told["seal"])) == told["modules"] <= modules
            checked = await parts.operations["check_receipt"]({"text": told["text"]})
            assert (checked["fault"], checked["till_no"]) == ("", 1)
            sizes.append((len(told["seal"]) > 200, told["modules"]))
        assert sizes == sorted(sizes)
        assert (sizes[0], sizes[-1][0]) == ((False, 45), True)
        with pytest.raises(Refused) as refused:
            await parts.operations["digital_receipt"]({"receipt_no": receipt_no, "modules": 25})
        assert refused.value.code == "screen_too_small"


async def test_the_screens_get_it_over_the_homes_socket(till: Any) -> None:
    home, _ = till
    async with wiring.opened(home, config.load(home.settings), network=False) as parts:
        await parts.control.start()
        client = await Client.connect(home)
        try:
            far = RemoteDevices(client)
            told = await far.digital_receipt(number(till, "receipt_no"), 45)
            assert told["text"].endswith(told["seal"])
            with pytest.raises(JournalRefused) as refused:
                await far.digital_receipt("4711", 45)
            assert refused.value.code == "unknown_document"
        finally:
            await client.close()
            await parts.control.stop()
