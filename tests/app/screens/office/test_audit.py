"""The audit at the screens: asked for, listed, read, down to the receipt's text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import text
from app.books.writer import BooksWriter
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from replication.identity import found_network
from replication.store import Store
from tests.app.office.audit.house import new_id
from tests.app.office.audit.sins import Writing
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk

HERE = 1 + [entry.title for entry in MENU].index("Audit")


@pytest.fixture(autouse=True)
def english(german: None) -> None:
    text.use("en")


async def until(walking: Walk, said: str) -> None:
    """An audit takes as long as it takes, with a bar."""
    for _ in range(200):
        if said in walking.text:
            return
        await walking.rest()
    raise AssertionError(walking.text)


@pytest.fixture
def shop(office: Office, tmp_path: Path) -> Iterator[Writing]:
    """Who writes into the office's books; its home belongs to a network."""
    found_network(tmp_path, "Bird fair", 1, "centre", ids=new_id)
    Store.open(tmp_path / "store.sqlite").close()
    writer = BooksWriter(office.database)
    yield Writing(writer)
    writer.close()


async def test_from_the_list_to_the_receipt(office: Office, shop: Writing) -> None:
    for number in (1, 3, 5):
        shop.sell(2, receipt_no=f"2-{number:06d}")
    shop.move("difference", -1250)
    shop.flush()
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{HERE}\r<f8>")
        await until(walking, "Audit: 3 findings")
        assert all(len(line.rstrip()) <= 80 for line in walking.lines)
        assert "number 2-000004 is missing before 2-000005" in walking.text
        assert "12.50 EUR" in walking.text
        await walking.press("<f2>2\r")
        assert "Cash difference: 1" in walking.lines[0]
        await walking.press("\x1b2\r")
        assert "Receipt 2-000003, of member a" in walking.text
        assert "-> look for passed-over records" in walking.text
        await walking.press("<f2>")
        assert "Receipt 2-000003, of member a" in walking.lines[0]
        assert "Ware" in walking.text
        assert "10.00" in walking.text
        await walking.press("\r\r\x1b")
        assert "Until" in walking.text


async def test_where_nothing_is_wrong_that_is_said_and_asked_again(office: Office, shop: Writing) -> None:
    shop.sell(2, receipt_no="2-000003")
    shop.flush()
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{HERE}\r20.11.2026\r20.11.2026\r\r")
        await until(walking, "nothing found")
        await walking.press("22.11.2026\r<f8>")
        assert "the period ends before it begins" in walking.text


async def test_what_cannot_be_read_is_told(office: Office) -> None:
    async with walk(OfficeApp(office.services()), (200, 50)) as walking:
        await walking.press(f"{HERE}\r<f8>")
        await until(walking, "belongs to no network")
        await walking.press("\x1b")
        assert "Bird fair" in walking.lines[0]


async def test_two_receipts_of_one_number_are_told_apart(office: Office, shop: Writing) -> None:
    shop.sell(1, 100, "a", receipt_no="1-000001")
    shop.sell(1, 77700, "b", receipt_no="1-000001")
    shop.flush()
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{HERE}\r<f8>1\r<f2>")
        await until(walking, "of member b")
        await walking.press("2\r")
        await until(walking, "777.00")


async def test_an_export_for_an_auditor(office: Office, shop: Writing, tmp_path: Path) -> None:
    number = 1 + [entry.title for entry in MENU].index("For an auditor")
    async with walk(OfficeApp(office.services()), (200, 50)) as walking:
        await walking.press(f"{number}\r{tmp_path}/nowhere/out.zip\r")
        await until(walking, "this is no folder")
        await walking.press(f"{tmp_path}/out.zip\r")
        await until(walking, "told to the auditor by another way")
        await walking.press("\r")
        assert "Bird fair" in walking.lines[0]
    assert (tmp_path / "out.zip").stat().st_size > 100
