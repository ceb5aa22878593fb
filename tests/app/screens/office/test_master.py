"""Master data at the office's screens, over a real home: searched, edited, taken back, and two who edit one article."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app import text, wiring
from app.config import NetworkSettings, Settings
from app.engine.control import Refused
from app.home import Home
from app.screens.office.app import OfficeApp
from app.screens.office.services import OfficeServices
from app.till.ports import JournalRefused
from tests.app.screens.walking import Walk, walk

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))
CSV = "ident_no,name,price,vat_key\n1,Leine,9.99,1\n2,Napf,3.50,1\n"


class Office:
    """A founder's home, whose operations the screens ask."""

    def __init__(self, parts: wiring.Parts) -> None:
        self.parts = parts

    async def ask(self, op: str, /, **args: Any) -> Any:
        try:
            return await self.parts.operations[op](args)
        except Refused as refused:
            raise JournalRefused(refused.code, str(refused)) from None

    def services(self) -> OfficeServices:
        home = self.parts.home
        return OfficeServices(home.path, "Messe", self.ask, self.parts.books, str(home.books), datetime.now)

    def price(self, ident_no: str) -> int | None:
        found = self.parts.books.article(ident_no)
        return None if found is None else found.price_minor


@pytest.fixture
async def office(tmp_path: Path, german: None) -> AsyncIterator[Office]:
    text.use("en")
    home = Home(tmp_path / "office")
    await wiring.found(home, SETTINGS, "Messe", 1, "centre")
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        await parts.operations["imports"]({"what": "articles", "text": CSV})
        yield Office(parts)


async def articles(walking: Walk) -> None:
    """To the list of articles."""
    for number, line in enumerate(walking.text.splitlines()):
        if "Master data" in line:
            await walking.press(f"{line.split()[0].lstrip('>') or line.split()[1]}\r")
            break
        assert number < 24
    assert "Articles" in walking.text
    await walking.press("1\r")


async def test_an_article_is_found_edited_and_taken_back(office: Office) -> None:
    async with walk(OfficeApp(office.services())) as walking:
        await articles(walking)
        await walking.press("leine")
        assert "Leine" in walking.text
        assert "Napf" not in walking.text
        await walking.press("\r")
        assert "Purchase price" in walking.text
        await walking.press("\r1099<f8>")
        assert "1 is saved" in walking.text
        assert office.price("1") == 1099
        await walking.press("<f6>")
        assert "Price 9.99 -> 10.99" in walking.text
        await walking.press("2<f6>\r")
        assert "as it was" in walking.text
        assert office.price("1") == 999
        await walking.press("\r")
        assert "Price" in walking.text
        await walking.press("\x1b\x1b<f3>\r")
        assert "is removed" in walking.text
        assert office.price("1") is None


async def test_who_was_slower_sees_what_the_other_changed_and_loses_nothing(office: Office) -> None:
    async with walk(OfficeApp(office.services())) as walking:
        await articles(walking)
        await walking.press("leine\r")
        await walking.press("Leine lang\r")
        await office.ask("master_set", kind="article", key="1", values={"price": "12"}, by="anna")
        await walking.press("<f8>")
        assert "anna has changed article 1 meanwhile" in " ".join(walking.text.split())
        await walking.press("\r")
        assert "Leine lang" in walking.text, "what was typed is there again"
        assert "12.00" in walking.text, "and what the other has set"
        await walking.press("<f8>")
        article = office.parts.books.article("1")
        assert article is not None
        assert (article.name, article.price_minor) == ("Leine lang", 1200)


async def test_a_new_one_is_made_and_what_is_wrong_is_told_with_the_form_as_it_was(office: Office) -> None:
    async with walk(OfficeApp(office.services())) as walking:
        await articles(walking)
        await walking.press("<f2>")
        await walking.press("77\rKorb\r500\r9\r<f8>")
        assert "VAT key 9 has no rate" in walking.text
        assert "Korb" in walking.text
        await walking.press("\r\r\r1<f8>")
        assert "77                     Korb, 5.00, 1" in walking.text
        assert office.price("77") == 500


async def test_an_import_is_taken_back_by_a_key(office: Office) -> None:
    async with walk(OfficeApp(office.services())) as walking:
        await articles(walking)
        await walking.press("\x1b<f7>")
        assert "import articles" in walking.text
        await walking.press("1<f6>")
        assert "2 values would be taken back." in walking.text
        await walking.press("\r")
        assert "2 values are taken back" in walking.text
        assert office.parts.books.all_articles() == []
        await walking.press("\x1b<f6>")
        assert "removed" in walking.text


async def test_a_change_is_planned_and_cancelled(office: Office) -> None:
    async with walk(OfficeApp(office.services())) as walking:
        await articles(walking)
        await walking.press("leine<f7>")
        await walking.press("\r1099<f8>")
        assert "When" in walking.text
        await walking.press("2026-01-01<f8>")
        assert "is over" in walking.text
        await walking.press("\r<f8>2090-01-01 06:00<f8>")
        assert [plan["values"] for plan in await office.ask("master_plans")] == [{"price_minor": 1099}]
        await walking.press("\x1b<f4>")
        assert "2090-01-01 06:00:00" in walking.text
        assert "Articles 1: Price" in walking.text
        await walking.press("1<f3>\r")
        assert await office.ask("master_plans") == []
        assert "Nothing is planned" in walking.text


async def test_a_copy_is_brought_back_by_a_key(office: Office) -> None:
    await office.ask("master_set", kind="article", key="1", values={"price": "12"})
    async with walk(OfficeApp(office.services())) as walking:
        await articles(walking)
        await walking.press("\x1b<f5>")
        assert "article 1" in walking.text
        await walking.press("1<f6>")
        assert "1 value would be as it was." in walking.text
        await walking.press("\r")
        assert office.price("1") == 999


async def test_a_group_is_renamed_in_all_its_articles(office: Office) -> None:
    for ident_no in ("1", "2"):
        await office.ask("master_set", kind="article", key=ident_no, values={"article_groups": "Hund"})
    async with walk(OfficeApp(office.services())) as walking:
        await articles(walking)
        await walking.press("\x1b<f3>")
        assert "Hund" in walking.text
        await walking.press("1\rHunde<f8>")
        assert "2 values name it." in walking.text
        await walking.press("\r")
        assert "Hunde " in walking.text
        article = office.parts.books.article("2")
        assert article is not None
        assert article.article_groups == ("Hunde",)


async def test_rights_are_seen_only_by_those_who_manage_users(office: Office) -> None:
    clara = {"user": "clara", "name": "Clara", "rights": ["office_master"]}
    real = office.ask

    async def asked(op: str, /, **args: Any) -> Any:
        return clara if op == "office_enter" else await real(op, **args)

    office.ask = asked  # type: ignore[method-assign]
    async with walk(OfficeApp(office.services()), (120, 50)) as walking:
        await articles_of(walking)
        assert "Roles" not in walking.text
        assert "Customers" in walking.text


async def articles_of(walking: Walk) -> None:
    """To the list of kinds."""
    line = next(line for line in walking.text.splitlines() if "Master data" in line)
    await walking.press(f"{line.split()[0].lstrip('>') or line.split()[1]}\r")
