"""Who sits in the office: nobody sees more of the menu than is theirs, and who leaves is asked for again."""

from __future__ import annotations

import dataclasses
from typing import Any
from unittest.mock import AsyncMock

import pytest

from app import text
from app.books.postgres import BooksUnavailable
from app.facts.master import UserSet
from app.screens.office import menu
from app.screens.office.app import OfficeApp
from app.screens.office.desk import OfficeDesk
from app.screens.tasks import showing
from app.till.ports import JournalRefused
from tests.app.books.shelf import records_of
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk


@pytest.fixture(autouse=True)
def english(german: None) -> None:
    text.use("en")


async def shows(walking: Walk, words: str) -> None:
    """Look again until it is on the screen."""
    for _ in range(500):
        if words in walking.text:
            return
        await walking.rest()
    raise AssertionError(walking.text)


def users(office: Office, *rights: str) -> None:
    """A user whose password is checked by the engine."""
    office.say(records_of([("a", UserSet("clara"))]))

    def entered(user: str, secret: str) -> dict[str, Any]:
        if secret not in ("good enough", "04A1B2C3"):
            raise JournalRefused("login_refused", "name or password wrong")
        return {"user": user or "clara", "name": "Clara Kern", "rights": list(rights)}

    office.answers |= {"office_enter": entered, "office_leave": None, "office_did": None}


async def test_a_wrong_password_is_told_and_the_right_one_opens_what_is_hers(office: Office) -> None:
    users(office, "office_reports")
    async with walk(OfficeApp(office.services())) as walking:
        assert "log in" in walking.lines[0]
        await walking.press("clara\rbad one\r")
        assert "name or password wrong" in walking.text
        assert "bad one" not in walking.text
        await walking.press("\rgood enough\r")
        assert "Clara Kern" in walking.lines[0]
        await walking.press("1\r")
        assert ("office_did", {"user": "clara", "what": "Reports"}) in office.asked


async def test_an_office_that_may_not_write_is_opened_all_the_same_and_says_so(office: Office) -> None:
    office.answers["office_enter"] |= {"warning": "recovering"}
    async with walk(OfficeApp(office.services())) as walking:
        assert "Nothing can be changed" in walking.lines[0]
        assert "The office is still fetching its own past records" in walking.text
        assert "tillmesh network confirm" in walking.text
        await walking.press("\r")
        assert "Live" in walking.text


async def test_an_office_that_nobody_may_enter_says_why_before_it_closes(office: Office) -> None:
    def gone(**_args: Any) -> Any:
        raise JournalRefused("engine_gone", "a sentence about a till")

    office.answers["office_enter"] = gone
    async with walk(OfficeApp(office.services())) as walking:
        assert "The office's engine has ended; close the office and open it again." in walking.text
        await walking.press("\r")
        assert walking.app.return_code == 0


async def test_books_that_are_away_are_told_until_they_are_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "LOOK_AGAIN_S", 0.01)
    away = "the database cannot be reached; check that it runs"
    services = dataclasses.replace(office.services(), books_away=AsyncMock(side_effect=lambda: away))
    async with walk(OfficeApp(services)) as walking:
        assert "books cannot be reached" in walking.lines[0]
        assert "check that it runs" in walking.text
        assert not office.asked, "nobody has entered"
        await walking.press("\x1b")
        assert "Close the office?" in walking.text
        await walking.press("\x1b")
        away = "the database does not let this user in"
        await shows(walking, away)
        away = ""
        await shows(walking, "Tills")


async def test_who_asks_books_that_go_away_reads_why(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    why = "the database cannot be reached (nobody answers at 10.1.2.3, port 5432, which is long); check that it runs"

    async def asks(desk: OfficeDesk) -> None:
        raise BooksUnavailable(why)

    async def is_refused(desk: OfficeDesk) -> None:
        await desk.ask("tills")

    def refused(**_args: Any) -> Any:
        raise JournalRefused("books_unavailable", why)

    office.answers["tills"] = refused
    monkeypatch.setattr(menu, "MENU", (menu.Entry("Asks", "", asks), menu.Entry("Refused", "", is_refused)))
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("1\r")
        assert "check that it runs" in walking.text
        await walking.press("\r2\r")
        assert "The books cannot be reached now; “Live” says why" in walking.text


async def test_the_live_view_says_what_to_do_when_the_engine_is_gone(office: Office) -> None:
    def gone(**_args: Any) -> Any:
        raise JournalRefused("engine_gone", "a sentence about a till")

    office.answers["live"] = gone
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("1\r")
        assert "The office's engine has ended; close the office and open it again." in walking.text
        assert "till" not in walking.text


async def test_a_sentence_that_is_too_long_for_its_line_ends_between_words_and_shows_it(office: Office) -> None:
    users(office)

    def gone(**_args: Any) -> Any:
        raise JournalRefused("refused", "the books cannot be written: " + "the database is away " * 9)

    office.answers["office_enter"] = gone
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("clara\rgood enough\r")
        line = next(line for line in walking.lines if line.startswith("!the books")).rstrip()
        assert line.endswith(" …")


async def test_a_badge_is_enough_and_the_lock_asks_again(office: Office) -> None:
    users(office)
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("04A1B2C3\r")
        assert "Clara Kern" in walking.lines[0]
        await walking.press("<f9>")
        assert "log in" in walking.lines[0]
        assert office.asked[-1] == ("office_leave", {"user": "clara"})
        await walking.press("\x1b\r")
        assert walking.app.return_code == 0


async def test_what_somebody_may_not_do_is_not_in_the_menu(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def task(_desk: object) -> None: ...

    entries = (menu.Entry("Tills", "all of them", task, "office_tills"), menu.Entry("Reports", "any", task))
    monkeypatch.setattr(menu, "MENU", entries)
    users(office, "office_reports")
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("clara\rgood enough\r")
        assert "Reports" in walking.text
        assert "Tills" not in walking.text


async def test_who_hands_over_accounting_does_not_deliver_to_other_programs(office: Office) -> None:
    users(office, "office_reports", "office_audit")
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("clara\rgood enough\r")
        await walking.press("2\r")
        assert "Accounting" in walking.text
        assert "Customers' statements" in walking.text
        assert "Sales" not in walking.text


async def test_the_day_is_shown_and_looked_at_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LOOK_AGAIN_S", 0.01)
    day: dict[str, Any] = {
        "day": "2026-11-22",
        "currency": "EUR",
        "gross": "0.00",
        "receipts": 0,
        "online": 1,
        "members": 1,
        "tills": [],
        "hours": [],
        "queue": [],
        "warnings": [],
    }
    office.answers |= {"office_enter": {"user": "", "name": "", "rights": ["office_live"]}, "live": lambda: dict(day)}
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("1\r")
        assert "No receipt on this day so far" in walking.text
        till = {"till_no": 3, "name": "Bar", "receipts": 1, "gross": "4.99", "gross_minor": 499}
        day |= {"gross": "4.99", "receipts": 1, "tills": [till]}
        for _ in range(500):
            await walking.rest()
            if "3 Bar" in walking.text:
                break
        assert "4.99" in walking.text
        office.answers["live"] = _gone
        for _ in range(500):
            await walking.rest()
            if "has gone away" in walking.text:
                break
        assert "start it, or wait" in walking.text
        office.answers["live"] = lambda: dict(day)
        for _ in range(500):
            await walking.rest()
            if "3 Bar" in walking.text:
                break
        assert "4.99" in walking.text


def _gone() -> None:
    raise JournalRefused("books_unavailable", "the database has gone away; start it, or wait until it is back")
